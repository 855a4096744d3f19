"""`model.profile`."""

import json

import numpy as np
import pytest

import bigdl_keras as keras
from bigdl_backend.graph import executable
from bigdl_native import make_kernel

X = np.random.default_rng(0).random((6, 5), np.float32)
Y = np.arange(6) % 2


@pytest.fixture
def model():
    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(4, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def state(model):
    return [
        np.array(variable)
        for variable in model.variables + model.optimizer.variables + model.metrics_variables
    ]


def test_a_training_step_is_told_and_not_taken(model):
    model.fit(X, Y, verbose=0)
    before = state(model)
    profile = model.profile(X, Y, batch_size=4)
    for old, new in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(old, new)
    # Forward and two gradients, of which the first layer's input needs none.
    assert profile.product_flops == 2 * 4 * (2 * 5 * 4 + 3 * 4 * 2)
    assert sum(kernel.flops for kernel in profile.kernels if kernel.is_product) == (
        profile.product_flops
    )
    assert profile.kernel_seconds > 0
    assert profile.outside > 0
    assert profile.kernel_seconds + profile.outside <= profile.seconds + 1e-9
    assert profile.share_of_peak == pytest.approx(
        profile.product_flops / profile.seconds / profile.peak
    )


def test_memory_is_told(model):
    memory = model.profile(X, Y, repeat=1).memory
    weights = 5 * 4 + 4 + 4 * 2 + 2
    assert memory.state >= 4 * 3 * weights  # with two moments of Adam each
    assert 0 < memory.arena <= memory.without_reuse + 64 * 100
    assert memory.batch == X.nbytes + Y.nbytes + 4 * 2  # loss and accuracy come out


def test_print_shows_kernels_and_memory(model):
    text = str(model.profile(X, Y, repeat=1))
    assert "train step" in text
    assert "matmul" in text
    assert "f32[6,5]" in text
    assert "arena" in text


def test_the_trace_holds_all_kernels_in_order(model, tmp_path):
    profile = model.profile(X, Y, repeat=1)
    profile.save(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert [event["name"] for event in events] == [kernel.name for kernel in profile.kernels]
    ends = [event["ts"] + event["dur"] for event in events]
    assert [event["ts"] for event in events] == pytest.approx([0, *ends[:-1]])
    assert ends[-1] == pytest.approx(1e6 * profile.kernel_seconds)


def test_predictions_need_no_labels_and_no_compilation():
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4)])
    profile = model.profile(X, batch_size=2, repeat=1)
    assert profile.step == "predict"
    assert profile.product_flops == 2 * 2 * 5 * 4
    with pytest.raises(ValueError, match="compile"):
        model.profile(X, Y)


def test_what_numpy_runs_is_marked(model, monkeypatch):
    def without_softmax(name, *operands, **attrs):
        return None if name == "softmax" else make_kernel(name, *operands, **attrs)

    monkeypatch.setattr(executable, "make_kernel", without_softmax)
    names = {kernel.name for kernel in model.profile(X, repeat=1).kernels}
    assert "softmax (NumPy)" in names
    assert "matmul_bias_act" in names


def test_models_without_kernels_are_refused(model, monkeypatch):
    with pytest.raises(ValueError, match="repeat is 0"):
        model.profile(X, Y, repeat=0)
    model.run_eagerly = True
    with pytest.raises(ValueError, match="run_eagerly=False"):
        model.profile(X, Y)
    model.run_eagerly = False
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    with pytest.raises(RuntimeError, match="BIGDL_KERAS_NATIVE"):
        model.profile(X, Y)
