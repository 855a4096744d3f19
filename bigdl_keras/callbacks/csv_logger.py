"""Logs in a CSV file."""

import csv
import os
from typing import Any, TextIO

import numpy as np

from bigdl_keras.callbacks.callback import Callback


class CSVLogger(Callback):
    """Writes the logs of every epoch as a line.

    Args:
        filename: the file.
        separator: between fields.
        append: go on with an existing file.
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: TextIO | None = None
        self._writer: Any = None
        self._header = True
        self._keys: list[str] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        if self._file is not None:
            self._file.close()
        going_on = self.append and os.path.exists(self.filename)
        self._header = not (going_on and os.path.getsize(self.filename) > 0)
        self._file = open(self.filename, "a" if self.append else "w", newline="")  # noqa: SIM115
        self._writer = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._file is None:
            return
        logs = logs or {}
        if self._writer is None:
            self._keys = sorted(logs)
            if not any(key.startswith("val_") for key in self._keys):
                # Validation may only begin in a later epoch.
                self._keys += [f"val_{key}" for key in self._keys]
            self._writer = csv.DictWriter(
                self._file, ["epoch", *self._keys], delimiter=self.separator
            )
            if self._header:
                self._writer.writeheader()
        row = {key: _cell(logs.get(key, "NA")) for key in self._keys}
        self._writer.writerow({"epoch": epoch, **row})
        self._file.flush()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)) or np.ndim(value) > 0:
        return f'"[{", ".join(map(str, value))}]"'
    return value
