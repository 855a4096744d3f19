"""A program sent by spark-submit, to executors that have nothing of ours but what comes with it."""

import json
import os
import shutil
import subprocess
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import numpy as np
import pyspark
import pytest

import bigdl_backend
import bigdl_keras
import bigdl_native
from bigdl_backend.spark.java import ensure_java

pytestmark = [pytest.mark.spark, pytest.mark.slow]

HERE = Path(__file__).parent
FILES = shutil.ignore_patterns("__pycache__", "*.cpp", "*.hpp", "*.pyx", "kernels")


def environment(folder):
    """A virtual environment with our packages in it; NumPy and the like come from where we have them."""
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for package in (bigdl_keras, bigdl_backend, bigdl_native):
        for part in package.__path__:  # an editable installation keeps libraries apart from sources
            shutil.copytree(part, packages / package.__name__, ignore=FILES, dirs_exist_ok=True)
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder


def test_modules_and_an_environment_travel_with_a_program(tmp_path):
    ensure_java()
    ours = environment(tmp_path / "ours")
    # Spark unpacks other kinds of archives without the permission to run what is in them.
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz", compresslevel=1) as packed:
        packed.add(ours, ".")
    with zipfile.ZipFile(tmp_path / "modules.zip", "w") as modules:
        modules.write(HERE / "own_layers.py", "own_layers.py")
    home = Path(pyspark.__file__).parent
    settings = {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.default.parallelism": "3"}  # fmt: skip
    # Two executors for two workers each.
    command = [
        *(home / "bin" / "spark-submit", "--master", "local-cluster[2,2,1024]"),
        *("--py-files", tmp_path / "modules.zip"),
        *("--archives", f"{tmp_path / 'packed.tar.gz'}#environment"),
        *(f"--conf={name}={value}" for name, value in settings.items()),
        *(HERE / "submitted.py", "4"),
    ]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    pythons = {
        "PYSPARK_DRIVER_PYTHON": str(ours / "bin" / "python"),
        "PYSPARK_PYTHON": "./environment/bin/python",
        "SPARK_HOME": str(home),
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=clean | pythons, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr[-4000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["workers"] == 4
    np.testing.assert_allclose(result["found"], result["expected"], rtol=1e-5)
    np.testing.assert_allclose(result["scores"], result["of_one_process"], rtol=1e-5)
    places = result["places"]
    assert any("modules.zip" in place for place in places)
    unpacked = [place for place in places if "modules.zip" not in place]
    assert all("/environment/" in place for place in unpacked)
    # Spark leaves what it unpacked.
    shutil.rmtree(Path(unpacked[0].partition("/environment/")[0]).parent)
