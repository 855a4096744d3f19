"""Initializers, regularizers and constraints against stock Keras."""

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import constraints, initializers, regularizers

RANDOM = [
    ("RandomNormal", {"mean": 1.0, "stddev": 0.5}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}),
    ("TruncatedNormal", {"stddev": 0.5}),
    ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform"}),
    ("VarianceScaling", {"distribution": "untruncated_normal"}),
    ("GlorotNormal", {}),
    ("GlorotUniform", {}),
    ("HeNormal", {}),
    ("HeUniform", {}),
    ("LecunNormal", {}),
    ("LecunUniform", {}),
]


@pytest.mark.parametrize(("name", "arguments"), RANDOM)
def test_distributions(name, arguments):
    shape = (3, 3, 40, 60)
    stock = np.asarray(getattr(keras.initializers, name)(seed=1, **arguments)(shape))
    ours = getattr(initializers, name)(seed=1, **arguments)(shape)
    assert ours.dtype == np.float32
    assert ours.mean() == pytest.approx(stock.mean(), abs=float(stock.std()) / 25)
    assert ours.std() == pytest.approx(stock.std(), rel=0.02)
    for share in (0.01, 0.25, 0.75, 0.99):
        expected = np.quantile(stock, share)
        assert np.quantile(ours, share) == pytest.approx(expected, abs=0.06 * float(stock.std()))


@pytest.mark.parametrize(("name", "arguments"), [*RANDOM, ("Orthogonal", {"gain": 2.0})])
def test_seeds_and_configs(name, arguments):
    make = getattr(initializers, name)
    first = make(seed=3, **arguments)
    np.testing.assert_array_equal(first((4, 5)), first((4, 5)))
    np.testing.assert_array_equal(first((4, 5)), first.clone()((4, 5)))
    assert not np.array_equal(first((4, 5)), make(seed=4, **arguments)((4, 5)))
    assert first.get_config() == getattr(keras.initializers, name)(seed=3, **arguments).get_config()
    again = initializers.deserialize(initializers.serialize(first))
    np.testing.assert_array_equal(again((4, 5)), first((4, 5)))
    generator = make(seed=bigdl_keras.random.SeedGenerator(3), **arguments)
    assert not np.array_equal(generator((4, 5)), generator((4, 5)))


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Zeros", {}, (2, 3)),
        ("Ones", {}, (2, 3)),
        ("Constant", {"value": 1.5}, (2, 3)),
        ("Constant", {"value": [1.0, 2.0, 3.0]}, (2, 3)),
        ("Identity", {"gain": 2.0}, (3, 3)),
        ("Identity", {}, (2, 3)),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_constants(name, arguments, shape, dtype):
    ours = getattr(initializers, name)(**arguments)(shape, dtype=dtype)
    stock = getattr(keras.initializers, name)(**arguments)(shape, dtype=dtype)
    assert ours.dtype.name == dtype
    np.testing.assert_array_equal(np.asarray(ours, "float32"), np.asarray(stock, "float32"))


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (2, 3, 4)])
def test_orthogonal(shape):
    matrix = initializers.Orthogonal(seed=1)(shape).reshape(-1, shape[-1])
    small = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-5)


@pytest.mark.parametrize("window", [None, "hann", "hamming"])
def test_stft(window):
    scipy_free = np.hanning(9) if window == "hann" else None
    kernel = initializers.STFT("real", window=window, scaling=None)((9, 1, 9))
    expected = np.cos(-2 * np.pi * np.outer(np.arange(9), np.arange(9) / 16))
    if scipy_free is not None:
        np.testing.assert_allclose(kernel[:, 0], expected * scipy_free[:, None], atol=1e-6)
    if window is None:
        np.testing.assert_allclose(kernel[:, 0], expected, atol=1e-6)
    assert initializers.STFT("imag", window=window)((9, 1, 9)).shape == (9, 1, 9)


def test_names_and_arrays():
    for name, cls in keras.src.initializers.ALL_OBJECTS_DICT.items():
        if name not in ("Initializer", "initializer"):
            assert type(initializers.get(name)).__name__ == cls.__name__
    given = initializers.get(np.arange(3.0))
    np.testing.assert_array_equal(given((3,)), np.arange(3, dtype="float32"))
    with pytest.raises(ValueError, match=r"\(3,\)"):
        given((4,))


X = np.random.default_rng(5).normal(size=(3, 4)).astype("float32")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("L1", {}),
        ("L2", {"l2": 0.3}),
        ("L1L2", {"l1": 0.1, "l2": 0.2}),
        ("L1L2", {}),
        ("OrthogonalRegularizer", {}),
        ("OrthogonalRegularizer", {"factor": 0.2, "mode": "columns"}),
    ],
)
def test_regularizers(name, arguments):
    ours = getattr(regularizers, name)(**arguments)
    stock = getattr(keras.regularizers, name)(**arguments)
    expected = float(stock(keras.ops.convert_to_tensor(X)))
    assert float(ours(X)) == pytest.approx(expected, rel=1e-5)
    assert ours.get_config() == pytest.approx(stock.get_config())
    assert regularizers.deserialize(regularizers.serialize(ours)).get_config() == ours.get_config()


def test_negative_strength_is_refused():
    with pytest.raises(ValueError, match="l2"):
        regularizers.L2(-1.0)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MaxNorm", {"max_value": 1.0}),
        ("MaxNorm", {"max_value": 1.0, "axis": [0, 1]}),
        ("NonNeg", {}),
        ("UnitNorm", {"axis": 1}),
        ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.2, "rate": 0.7}),
    ],
)
def test_constraints(name, arguments):
    ours = getattr(constraints, name)(**arguments)
    stock = getattr(keras.constraints, name)(**arguments)
    np.testing.assert_allclose(ours(X), np.asarray(stock(X)), rtol=1e-5)
    assert ours.get_config() == stock.get_config()
    assert constraints.deserialize(constraints.serialize(ours)).get_config() == ours.get_config()


@pytest.mark.parametrize(
    ("module", "name"),
    [(regularizers, "l2"), (regularizers, "l1_l2"), (constraints, "max_norm")],
)
def test_snake_case_names(module, name):
    assert type(module.get(name)).__name__.lower() == name.replace("_", "")
