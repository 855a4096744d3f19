"""Lowering the learning rate when a value stops improving."""

import warnings
from typing import Any

import numpy as np

from bigdl_keras.callbacks.learning_rates import learning_rates, rated_optimizers
from bigdl_keras.callbacks.monitor_callback import MonitorCallback
from bigdl_keras.utils.messages import show


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the rate by `factor` when `monitor` has not improved for `patience` epochs.

    Args:
        monitor: name of the log to watch.
        factor: below 1.
        patience: epochs without improvement to wait.
        verbose: 1 tells about every reduction.
        mode: "min", "max" or "auto".
        min_delta: smaller changes are no improvement.
        cooldown: epochs to wait after a reduction.
        min_lr: lowest rate.
        **kwargs: arguments of older Keras releases, which have no effect.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"`factor` must be below 1; got {factor}.")
        if kwargs:
            warnings.warn(
                f"ReduceLROnPlateau does not know {sorted(kwargs)}: they have no effect.",
                stacklevel=2,
            )
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._begin()

    def _begin(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None:
            logs.update(learning_rates(self.model))
        current = self._monitored(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def in_cooldown(self) -> bool:
        """Whether a reduction was made less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def _reduce(self, epoch: int) -> None:
        for name, optimizer in rated_optimizers(self.model).items():
            rate = float(optimizer.learning_rate)
            if rate > np.float32(self.min_lr):
                rate = max(rate * self.factor, self.min_lr)
                optimizer.learning_rate = rate
                self.cooldown_counter = self.cooldown
                self.wait = 0
                if self.verbose:
                    show(f"\nEpoch {epoch + 1}: ReduceLROnPlateau sets {name} to {rate}.")
