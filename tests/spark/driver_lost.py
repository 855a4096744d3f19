"""A training whose driver somebody kills; `tests.spark.test_driver_lost` does, and starts it again.

Every line of the file `curve` is an epoch, a batch and the loss in hexadecimal.
"""

import sys
from pathlib import Path

from bigdl_keras import callbacks
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, frame_of, mlp, rows

EPOCHS, BATCHES = 6, 25


class Written(callbacks.Callback):
    """Appends every step to a file, in one write each: a kill leaves whole lines."""

    def __init__(self, path):
        super().__init__()
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115 - ends with the process
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.file.write(f"{self.epoch} {batch} {logs['loss'].hex()}\n".encode())


def train(spark, folder, more, seed, model_seed):
    model = mlp(dropout=0.3, seed=model_seed)
    frame = frame_of(spark, *rows(10 * BATCHES))
    model.fit(
        frame, batch_size=10, epochs=EPOCHS, num_workers=2, verbose=0, seed=seed,
        validation_data=frame, callbacks=[*more, Written(folder / "curve")], **COLUMNS,
    )  # fmt: skip
    return model


def main(folder, mounted):
    mount = {"spark.hadoop.fs.viewfs.mounttable.kept.link./backups": f"file://{mounted}"}
    spark = running(MASTERS["local"], **mount)
    backup = callbacks.BackupAndRestore(
        "viewfs://kept/backups/b", save_freq=7, delete_checkpoint=False
    )
    # Other seeds than the undisturbed training has: all of that must come from the backup.
    again = (mounted / "b").exists()
    model = train(spark, folder, [backup], 99 if again else 4, 8 if again else 7)
    model.save(folder / "done.keras")
    spark.stop()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
