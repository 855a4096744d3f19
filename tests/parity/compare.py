"""What the comparisons with stock Keras share: values, gradients and errors of both libraries, side by side."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import as_tensor, evaluate, trace

LIBRARIES: tuple[Any, Any] = (keras, bigdl_keras)


def close(found: Any, expected: Any, rtol: float = 2e-5, atol: float = 1e-6) -> None:
    """Same dtype, same shape and nearly the same values, undefined ones included."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.dtype.name == expected.dtype.name
    assert found.shape == expected.shape
    np.testing.assert_allclose(
        found.astype("float64"), expected.astype("float64"), rtol=rtol, atol=atol
    )


def seeded(*shape: int, seed: int = 1) -> np.ndarray:
    """Normal numbers, the same at each call, of float32."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def with_gradients(
    function: Callable[[Any, Any], Any], x: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Value of `function(library, x)` and gradient of its sum, differently weighted: ours, then stock's."""

    def weighted(library: Any, x: Any) -> tuple[Any, Any]:
        y = function(library, x)
        shape = tuple(y.shape)
        weights = np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape)
        total = library.ops.sum(y * library.ops.convert_to_tensor(weights, dtype=str(y.dtype)))
        return total, y

    def ours(x: Tensor) -> list[Tensor]:
        total, y = weighted(bigdl_keras, x)
        return [y, *grad(as_tensor(x.graph, total), [x])]

    graph = trace(ours, [TensorSpec(x.shape, x.dtype)])
    value, gradient = evaluate(graph, [x])
    stock = jax.grad(lambda x: weighted(keras, x), has_aux=True)
    expected_gradient, expected = stock(jax.numpy.asarray(x))
    return (value, gradient), (np.asarray(expected), np.asarray(expected_gradient))


def same_value_and_gradient(
    function: Callable[[Any, Any], Any], x: np.ndarray, rtol: float = 3e-5, atol: float = 2e-6
) -> None:
    """`function(library, x)` and its gradient agree, in a graph and (the value) at once."""
    found, expected = with_gradients(function, x)
    for a, b in zip(found, expected, strict=True):
        close(a, b, rtol, atol)
    close(function(bigdl_keras, x), expected[0], rtol, atol)


def same_config(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Equal where stock Keras has an entry (it leaves some out), but for numbers that it rounds to float32."""
    assert found.keys() >= expected.keys()
    for key, value in expected.items():
        if isinstance(value, jax.Array):
            value = np.asarray(value).tolist()
        same = pytest.approx(value) if isinstance(value, float | list) else value
        assert found[key] == same, key


def same_error(call: Callable[[Any], Any], names: str) -> None:
    """`call(library)` fails in both libraries with the same type, and our message names the thing."""
    with pytest.raises(Exception) as stock:  # noqa: PT011
        call(keras)
    with pytest.raises(stock.type, match=names):
        call(bigdl_keras)


def public(namespace: ModuleType) -> set[str]:
    """The public classes and functions of a namespace of stock Keras, each under one of its names."""
    kept: dict[int, str] = {}
    for name in dir(namespace):
        item = getattr(namespace, name)
        if name.startswith("_") or inspect.ismodule(item) or not callable(item):
            continue
        if id(item) not in kept or item.__name__ == name:
            kept[id(item)] = name
    return set(kept.values()) - {"get", "serialize", "deserialize"}
