"""Checkpoints of Orbax, which only stock Keras has."""

import os

from bigdl_keras.callbacks.callback import Callback


class OrbaxCheckpoint(Callback):
    """Not available: Orbax stores JAX arrays, for which there is no use here.

    Raises:
        ImportError: always; it names the callbacks to use instead.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        max_to_keep: int = 1,
        save_on_background: bool = True,
        save_weights_only: bool = False,
    ) -> None:
        raise ImportError(
            "OrbaxCheckpoint stores JAX arrays, and this library does not run on JAX. Use "
            f"ModelCheckpoint({os.path.join(directory, '{epoch}.keras')!r}) for models or weights "
            "by epoch, or BackupAndRestore to go on after an interruption."
        )
