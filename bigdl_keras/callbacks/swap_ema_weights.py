"""Evaluating with averaged weights."""

from typing import Any

import numpy as np

from bigdl_keras.callbacks.callback import Callback


class SwapEMAWeights(Callback):
    """Exchanges weights and their moving averages for evaluation and prediction.

    Args:
        swap_on_epoch: also exchange them at the end of each epoch, so that checkpoints hold the
            averages.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def _optimizer(self) -> Any:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not optimizer.use_ema:
            raise ValueError("SwapEMAWeights needs an optimizer with `use_ema=True`.")
        return optimizer

    def _swap(self, to: bool) -> None:
        if self._swapped == to:
            return
        optimizer = self._optimizer()
        for variable, average in optimizer._averaged(optimizer._trainable_variables):
            value = np.array(variable.value)
            variable.assign(average)
            average.assign(value)
        self._swapped = to

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self.swap_on_epoch:
            return
        self._swap(True)
        if self.params is not None and epoch == self.params["epochs"] - 1:
            # Training ends by putting the averages into the weights, where they are already.
            optimizer = self._optimizer()
            for variable, average in optimizer._averaged(optimizer._trainable_variables):
                average.assign(variable)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._swap(True)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        self._swap(False)

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._swap(True)

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        self._swap(False)
