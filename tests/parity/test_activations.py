"""Activation functions against stock Keras: values, gradients, dtypes, axes, names, errors."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from tests.parity.compare import (
    LIBRARIES,
    close,
    public,
    same_error,
    same_value_and_gradient,
    seeded,
)

pytestmark = pytest.mark.parity

CASES: list[tuple[str, dict[str, Any]]] = [
    ("celu", {}),
    ("celu", {"alpha": 0.5}),
    ("elu", {}),
    ("elu", {"alpha": 0.3}),
    ("exponential", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("glu", {}),
    ("glu", {"axis": 0}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.0}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_tanh", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("linear", {}),
    ("log_sigmoid", {}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 0}),
    ("mish", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.2, "max_value": 0.5, "threshold": 0.1}),
    ("relu", {"max_value": 1.0}),
    ("relu", {"threshold": -0.3}),
    ("relu6", {}),
    ("selu", {}),
    ("sigmoid", {}),
    ("silu", {}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.1}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": [0, 1]}),
    ("softplus", {}),
    ("softsign", {}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 1.0}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.2, "default_value": -3.0}),
]
every_case = pytest.mark.parametrize(
    ("name", "arguments"), CASES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(CASES)]
)
# Stock Keras's result does not sum to one: ours is compared with the projection (tests of `ops`).
ELSEWHERE = {"sparsemax"}
# Where derivatives jump, and far out.
EDGES = np.array(
    [
        [-1e3, -20.0, -6.0, -3.0],
        [-1.0, -0.5, -0.2, 0.0],
        [0.2, 0.5, 1.0, 3.0],
        [3.5, 6.0, 20.0, 50.0],
    ],
    "float32",
)


def test_every_activation_has_a_case() -> None:
    assert public(keras.activations) == {name for name, _ in CASES} | ELSEWHERE


def applied(library: Any, name: str, arguments: dict[str, Any], x: Any) -> Any:
    return getattr(library.activations, name)(x, **arguments)


@every_case
def test_values_and_gradients(name: str, arguments: dict[str, Any]) -> None:
    for x in (seeded(4, 4), EDGES):
        same_value_and_gradient(lambda library, x: applied(library, name, arguments, x), x)
    x = seeded(2, 2, 4, seed=3)
    close(applied(bigdl_keras, name, arguments, x), applied(keras, name, arguments, x), 3e-5, 2e-6)


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
@every_case
def test_dtypes(name: str, arguments: dict[str, Any], dtype: str) -> None:
    x = seeded(4, 4)
    with jax.enable_x64(dtype == "float64"):
        tensor = keras.ops.cast(x, dtype)
        expected = np.asarray(applied(keras, name, arguments, tensor))
    found = applied(bigdl_keras, name, arguments, np.asarray(tensor))
    assert found.dtype.name == dtype
    tolerance = 2e-7 if dtype == "float64" else 5e-2
    # Stock Keras's tanh of float64 is a float32.
    close(found.astype(expected.dtype), expected, tolerance, tolerance)


@every_case
def test_names_and_configs(name: str, arguments: dict[str, Any]) -> None:
    theirs, ours = (library.activations for library in LIBRARIES)
    function = getattr(ours, name)
    assert ours.get(name) is function
    assert ours.get(function) is function
    assert ours.serialize(function) == theirs.serialize(getattr(theirs, name))
    assert ours.deserialize(ours.serialize(function)) is function


def test_other_names() -> None:
    theirs, ours = (library.activations for library in LIBRARIES)
    for name in keras.src.activations.ALL_OBJECTS_DICT:
        assert ours.get(name).__name__ == theirs.get(name).__name__
    for name in dir(theirs):
        item = getattr(theirs, name)
        if callable(item) and not name.startswith("_"):
            assert getattr(ours, name).__name__ == item.__name__
    assert ours.get(None).__name__ == theirs.get(None).__name__


def test_layers_as_activations() -> None:
    layers = [library.layers.LeakyReLU(0.3, name="mine") for library in LIBRARIES]
    configs = [
        library.activations.serialize(layer)
        for library, layer in zip(LIBRARIES, layers, strict=True)
    ]
    assert configs[1]["config"].keys() == configs[0]["config"].keys()
    again = bigdl_keras.activations.deserialize(configs[1])
    assert again.negative_slope == pytest.approx(0.3)
    assert bigdl_keras.activations.get(layers[1]) is layers[1]


@pytest.mark.parametrize("axis", [-1, 0])
def test_masked_and_infinite_rows(axis: int) -> None:
    x = np.array([[0.0, -np.inf, 1.0], [2.0, 2.0, -1e9]], "float32")
    for name in ("softmax", "log_softmax"):
        close(*(applied(library, name, {"axis": axis}, x) for library in reversed(LIBRARIES)))


def test_symbolic_inputs() -> None:
    for name, arguments in CASES:
        if arguments.get("axis") in (0, [0, 1]):
            continue
        y = applied(bigdl_keras, name, arguments, bigdl_keras.KerasTensor((None, 4)))
        assert tuple(y.shape) == (None, 2 if name == "glu" else 4), name
        assert y.dtype == "float32"


BAD: dict[str, tuple[Any, str]] = {
    "name": (lambda k: k.activations.get("reluu"), "reluu"),
    "identifier": (lambda k: k.activations.get(3), "3"),
    "scalar": (lambda k: k.activations.softmax(np.float32(1.0)), ""),
    "axis": (lambda k: k.activations.softmax(seeded(2, 3), axis=5), "5"),
    "text-slope": (lambda k: k.layers.ReLU(negative_slope=-1.0), "negative_slope"),
    "unknown": (lambda k: k.activations.relu(seeded(2, 3), alpha=1.0), "alpha"),
    "layer": (lambda k: k.layers.Dense(2, activation="nothing"), "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    same_error(*BAD[case])
