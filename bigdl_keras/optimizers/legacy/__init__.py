"""Optimizers of Keras 2: the names exist, and say what to use instead."""

from typing import Any


class LegacyOptimizerWarning:
    """Cannot be made: `ImportError` names the optimizer of today."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ImportError(
            "The optimizers of Keras 2 under `optimizers.legacy` do not exist in Keras 3; use "
            "the optimizer of the same name in `optimizers`."
        )


Adagrad = Adam = Ftrl = Optimizer = RMSprop = SGD = LegacyOptimizerWarning

__all__ = ["SGD", "Adagrad", "Adam", "Ftrl", "LegacyOptimizerWarning", "Optimizer", "RMSprop"]
