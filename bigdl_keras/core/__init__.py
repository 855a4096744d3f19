"""What all layers, losses, metrics and optimizers stand on: variables, symbolic tensors, scopes."""
