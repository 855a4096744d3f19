"""Runs a script with the library named, which is the only change to it.

    python tests/scripts/run.py keras|bigdl_keras SCRIPT [START]

START is a file: the first run writes there the weights with which training begins, later runs begin with them.
"""

import importlib
import re
import sys
from pathlib import Path

import numpy as np


def main(library: str, script: str, start: str | None = None) -> None:
    keras = importlib.import_module(library)
    if start:
        begin_fit_with(keras, Path(start))
    source = Path(script).read_text()
    if library != "keras":
        source = re.sub("^import keras$", f"import {library} as keras", source, flags=re.M)
        source = re.sub("^from keras import", f"from {library} import", source, flags=re.M)
    exec(compile(source, script, "exec"), {"__name__": "__main__"})


def begin_fit_with(keras, file: Path) -> None:
    """Let every ``fit`` begin with the weights in ``file``, or write it if there is none."""

    class Start(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            weights = self.model.weights
            if file.exists():
                with np.load(file) as saved:
                    assert list(saved) == [str(i) for i in range(len(weights))]
                    self.model.set_weights([saved[str(i)] for i in range(len(weights))])
            else:
                np.savez(file, **{str(i): w for i, w in enumerate(self.model.get_weights())})

    fit = keras.Model.fit

    def begun(self, *args, callbacks=None, **kwargs):
        return fit(self, *args, callbacks=[Start(), *(callbacks or ())], **kwargs)

    keras.Model.fit = begun


main(*sys.argv[1:])
