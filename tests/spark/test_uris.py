"""Models, weights, checkpoints and logs on a Hadoop file system that is not this machine's own."""

import csv
from pathlib import Path

import numpy as np
import pytest

from bigdl_keras import callbacks, saving
from bigdl_keras.saving import places
from tests.spark.models import mlp, rows

pytestmark = pytest.mark.spark


@pytest.fixture(params=["viewfs", "tests"])
def store(spark, tmp_path, request):
    """A folder of a file system that Hadoop mounts on a folder that is here to look into.

    The second has a scheme of its own, without the FileContext that renames over files.
    """
    conf, scheme = spark.sparkContext._jsc.hadoopConfiguration(), request.param
    conf.set("fs.viewfs.mounttable.mounted.link./models", f"file://{tmp_path}")
    conf.set("fs.tests.impl", "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme")
    conf.set(f"fs.{scheme}.impl.disable.cache", "true")  # another folder every time
    return f"{scheme}://mounted/models"


def same_weights(ours, theirs):
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_models_and_weights(store, tmp_path):
    model = mlp()
    for _ in range(2):  # the second time over the first
        model.save(f"{store}/deep/m.keras")
        model.save_weights(f"{store}/m.weights.h5")
    visible = sorted(p.name for p in tmp_path.rglob("*") if not p.name.endswith(".crc"))
    assert visible == ["deep", "m.keras", "m.weights.h5"]
    same_weights(saving.load_model(f"{store}/deep/m.keras"), model)
    other = mlp(seed=8)
    other.load_weights(f"{store}/m.weights.h5")
    same_weights(other, model)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save(f"{store}/deep/m.keras", overwrite=False)
    with pytest.raises(FileNotFoundError, match=f"no file {store}/none.keras"):
        saving.load_model(f"{store}/none.keras")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        places.write_atomically(f"{store}/deep", lambda path: None)


def test_a_failed_save_leaves_the_old_file(store, tmp_path):
    def half(path):
        with open(path, "w") as file:
            file.write("half")
        raise OSError("disk full")

    places.write_atomically(f"{store}/file", lambda path: Path(path).write_text("old"))
    with pytest.raises(OSError, match="disk full"):
        places.write_atomically(f"{store}/file", half)
    with places.reading(f"{store}/file") as path:
        assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".crc")] == ["file"]


def test_an_unknown_scheme_names_the_mend(spark):
    with pytest.raises(OSError, match=r"nosuch://a/m.keras: .*nosuch.*spark.jars.packages"):
        mlp().save("nosuch://a/m.keras")


def test_callbacks(store, tmp_path):
    x, y = rows(40)
    model, log = mlp(), f"{store}/log.csv"
    kept = callbacks.ModelCheckpoint(f"{store}/{{epoch}}-{{batch}}.keras", save_freq=3)
    backup = callbacks.BackupAndRestore(
        f"{store}/backup", double_checkpoint=True, delete_checkpoint=False
    )
    told = [kept, backup, callbacks.CSVLogger(log)]
    model.fit(x, y, batch_size=10, epochs=2, verbose=0, callbacks=told)
    assert {p.name for p in tmp_path.glob("*.keras")} == {"1-3.keras", "2-2.keras"}
    again = mlp(seed=8)
    restored = callbacks.BackupAndRestore(f"{store}/backup")
    told = [restored, callbacks.CSVLogger(log, append=True)]
    history = again.fit(x, y, batch_size=10, epochs=3, verbose=0, callbacks=told)
    assert history.epoch == [2]
    assert int(again.optimizer.iterations) == 12
    assert not (tmp_path / "backup").exists()
    with places.reading(log) as path:
        lines = list(csv.DictReader(path.read_text().splitlines()))
    assert [line["epoch"] for line in lines] == ["0", "1", "2"]
