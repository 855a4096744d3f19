"""Logs in a CSV file."""

import csv
import os
import shutil
import tempfile
from typing import Any, TextIO, cast

import numpy as np

from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.saving import places


class CSVLogger(Callback):
    """Writes the logs of every epoch as a line.

    Args:
        filename: the file: a path, or a URI that the running Spark session can reach. A URI gets the whole file anew
            after every epoch, because object stores cannot append.
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
        path = places.local_path(self.filename)
        if path is None:
            self._file = self._copy_of_remote()
        else:
            self._file = open(path, "a" if self.append else "w", newline="")  # noqa: SIM115
        self._header = self._file.tell() == 0
        self._writer = None

    def _copy_of_remote(self) -> TextIO:
        file = tempfile.NamedTemporaryFile("w+", newline="")  # noqa: SIM115 - lives as long as the training
        if self.append and places.exists(self.filename):
            with places.reading(self.filename) as path:
                file.write(path.read_text())
        return cast(TextIO, file)

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
        written = self._file.name
        if places.local_path(self.filename) is None:
            places.write_atomically(self.filename, lambda path: shutil.copyfile(written, path))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)) or np.ndim(value) > 0:
        return f'"[{", ".join(map(str, value))}]"'
    return value
