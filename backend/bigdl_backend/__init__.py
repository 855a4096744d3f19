"""The graph runtime and the Spark engine. Knows nothing of Keras."""
