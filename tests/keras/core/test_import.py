import subprocess
import sys

import pytest

import bigdl_keras as ours


def loaded_after(code):
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_next_to_nothing():
    loaded = loaded_after("import bigdl_keras")
    assert not {"numpy", "h5py", "pyspark", "bigdl_backend.graph", "bigdl_keras.layers"} & loaded


def test_models_need_neither_files_nor_spark():
    loaded = loaded_after(
        "import bigdl_keras as k; k.Sequential([k.Input((2,)), k.layers.Dense(1)]); k.models.Model"
    )
    assert not {"h5py", "pyspark", "py4j", "pandas"} & loaded
    assert "bigdl_keras.layers.convolutional.conv2d" not in loaded


def test_names():
    assert ours.version() == ours.__version__
    assert {"layers", "Model", "spark"} <= set(dir(ours))
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = ours.absent
    with pytest.raises(AttributeError, match="no attribute 'Absent'"):
        _ = ours.layers.Absent
    assert ours.layers.MaxPool2D is ours.layers.MaxPooling2D
    assert ours.layers.Convolution2D is ours.layers.Conv2D
    assert {"Dense", "LSTMCell", "ReLU", "Input"} <= set(dir(ours.layers))
    with ours.device("cpu:0"):
        pass
    with pytest.raises(ValueError, match="no device 'gpu'"), ours.device("gpu"):
        pass
