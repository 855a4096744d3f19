"""The learning rates of a model, by their names in logs."""

from typing import Any


def rated_optimizers(model: Any) -> dict[str, Any]:
    """The optimizers that have a rate, by the name of that rate in logs.

    "learning_rate" for one optimizer; "learning_rate_<name>" where parts of a `MultiOptimizer` have
    their own.
    """
    optimizer = model.optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    parts = getattr(optimizer, "optimizers", None)
    if parts is None:
        return {"learning_rate": optimizer}
    return {f"learning_rate_{part.name}": part for part in parts}


def learning_rates(model: Any) -> dict[str, float]:
    """The present rates by their names in logs."""
    return {
        name: float(optimizer.learning_rate) for name, optimizer in rated_optimizers(model).items()
    }
