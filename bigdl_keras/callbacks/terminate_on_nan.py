"""Stopping when the loss is lost."""

import math
from typing import Any

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.utils.messages import show


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite.

    Args:
        raise_error: raise a RuntimeError instead.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"The loss of batch {batch} is {loss}.")
        show(f"Batch {batch}: the loss is {loss}, stopping training")
        self.model.stop_training = True
