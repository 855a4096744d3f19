"""Training, evaluating and predicting: what `Model` inherits."""
