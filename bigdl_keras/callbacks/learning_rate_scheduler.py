"""A learning rate for every epoch."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.learning_rates import learning_rates, rated_optimizers
from bigdl_keras.utils.messages import show


class LearningRateScheduler(Callback):
    """Sets the rate before every epoch.

    Args:
        schedule: `schedule(epoch, rate)` or `schedule(epoch)` returns the new rate.
        verbose: 1 tells the rate of every epoch.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for name, optimizer in rated_optimizers(self.model).items():
            arguments = [epoch, float(optimizer.learning_rate)]
            rate = self.schedule(*arguments[: _positional_arguments(self.schedule)])
            if not isinstance(rate, (float, np.floating)):
                raise ValueError(f"The schedule must return a float; got {rate!r}.")
            optimizer.learning_rate = rate
            if self.verbose:
                show(f"\nEpoch {epoch + 1}: LearningRateScheduler sets {name} to {rate}.")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None:
            logs.update(learning_rates(self.model))


def _positional_arguments(function: Callable[..., Any]) -> int:
    parameters = inspect.signature(function).parameters.values()
    kinds = [parameter.kind for parameter in parameters]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return 2
    named = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(kind in named for kind in kinds)
