"""Layers of tables and audio, compared with stock Keras in everything a layer does."""

import keras
import numpy as np
import pytest

import bigdl_keras
from tests.keras.layers.check_layer import (
    Case,
    call,
    check_config,
    check_files,
    check_training,
    close,
    make_inputs,
    model_of,
)

pytestmark = pytest.mark.parity

BOUNDS = [-0.5, 0.0, 1.0]
SPECTRUM = {"frame_length": 16, "frame_step": 5, "fft_length": 32}
MEL = {"fft_length": 32, "sequence_stride": 16, "num_mel_bins": 8, "sampling_rate": 8000}


def encoding(mode):
    return lambda k: k.layers.CategoryEncoding(num_tokens=5, output_mode=mode)


def ranges(mode):
    return lambda k: k.layers.Discretization(BOUNDS, output_mode=mode)


def spectrum(**settings):
    return lambda k: k.layers.STFTSpectrogram(**{**SPECTRUM, **settings})


CASES = {
    "one_hot": Case(encoding("one_hot"), [(3, 1)], below=7, trains=False),
    "one_hot of two": Case(encoding("one_hot"), [(3, 2)], below=7, trains=False),
    "multi_hot": Case(encoding("multi_hot"), [(3, 4)], below=7, trains=False),
    "count": Case(encoding("count"), [(3, 4)], below=7, trains=False),
    "ranges": Case(ranges("int"), [(4, 2)], trains=False),
    "ranges one_hot": Case(ranges("one_hot"), [(4, 1)], trains=False),
    "ranges count": Case(ranges("count"), [(4, 3)], trains=False),
    "normalised": Case(
        lambda k: k.layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0]), [(3, 2)]
    ),
    "normalised back": Case(
        lambda k: k.layers.Normalization(axis=(1, 2), mean=1.0, variance=4.0, invert=True),
        [(3, 2, 2)],
    ),
    "mel": Case(lambda k: k.layers.MelSpectrogram(**MEL), [(2, 100)], tolerance=2e-4),
    "mel energies": Case(
        lambda k: k.layers.MelSpectrogram(
            **MEL, sequence_length=20, window="hamming", power_to_db=False, max_freq=3000.0
        ),
        [(2, 100)],
        tolerance=2e-4,
    ),
    "log": Case(spectrum(), [(2, 40, 2)], tolerance=2e-4),
    "magnitude": Case(spectrum(mode="magnitude", expand_dims=True), [(2, 40, 2)], tolerance=2e-4),
    "psd first": Case(
        spectrum(mode="psd", data_format="channels_first", padding="same"),
        [(2, 2, 40)],
        tolerance=2e-4,
    ),
    "stft first": Case(
        spectrum(mode="stft", data_format="channels_first", expand_dims=True, scaling="spectrum"),
        [(2, 2, 40)],
        tolerance=2e-4,
    ),
    "imag": Case(spectrum(mode="imag", periodic=True, scaling=None), [(2, 40, 2)], tolerance=2e-4),
}


@pytest.mark.parametrize("name", CASES)
def test_layer(name, tmp_path):
    # Not `check_layer`: these layers keep integers and float32 whatever the policy.
    case = CASES[name]
    for library in (keras, bigdl_keras):
        library.backend.clear_session()
    theirs, ours = case.make(keras), case.make(bigdl_keras)
    inputs = make_inputs(case)
    expected, found = np.asarray(call(theirs, inputs, case)), call(ours, inputs, case)
    assert found.dtype == expected.dtype
    assert tuple(ours.compute_output_shape(inputs[0].shape)) == found.shape
    close(found, expected, case.tolerance)
    check_config(theirs, ours)
    models = [model_of(*row, case) for row in ((keras, theirs), (bigdl_keras, ours))]
    check_files(*models, inputs, tmp_path, case)
    if case.trains:
        check_training(*models, inputs, case)


def test_pipeline(tmp_path):
    case = Case(
        lambda k: k.layers.Pipeline([k.layers.Rescaling(2.0), k.layers.Rescaling(0.5, 1.0)]),
        [(3, 2)],
    )
    theirs, ours = case.make(keras), case.make(bigdl_keras)
    inputs = make_inputs(case)
    np.testing.assert_allclose(ours(inputs[0]), theirs(inputs[0]))
    models = [model_of(*row, case) for row in ((keras, theirs), (bigdl_keras, ours))]
    check_files(*models, inputs, tmp_path, case)


def test_pipelines_train_unless_told_otherwise():
    x = np.ones((4, 8), "float32")
    for library in (keras, bigdl_keras):
        layer = library.layers.Pipeline([library.layers.Dropout(0.5)])
        assert (np.asarray(layer(x)) == 0).any()
        np.testing.assert_array_equal(layer(x, training=False), x)


def test_count_weights():
    numbers, weights = np.array([[1, 2, 2, 9]]), np.array([[0.1, 0.2, 0.5, 1.0]], "float32")
    for library in (keras, bigdl_keras):
        layer = library.layers.CategoryEncoding(4, output_mode="count")
        found = layer(numbers, count_weights=weights)
        np.testing.assert_allclose(found, [[0, 0.1, 0.7, 0]], rtol=1e-6)


@pytest.mark.parametrize("most", [1, 3])
def test_max_num_bounding_boxes(most):
    boxes = np.arange(16, dtype="float32").reshape(2, 2, 4)
    data = {
        "images": np.zeros((2, 5, 5, 3), "float32"),
        "bounding_boxes": {"boxes": boxes, "labels": np.array([[1, 2], [3, 4]])},
    }
    expected, found = (
        library.layers.MaxNumBoundingBoxes(most, bounding_box_format="xyxy")(data)["bounding_boxes"]
        for library in (keras, bigdl_keras)
    )
    for key in ("boxes", "labels"):
        np.testing.assert_array_equal(found[key], expected[key])
