"""Training and scoring inside Spark: ingest, workers, coordinator, recovery. Knows Programs, never Keras classes."""
