"""Gradients that a user writes, against what stock Keras's own decorator gives under JAX."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace
from bigdl_keras import ops
from tests.keras.ops.case import f


def log1pexp(o: Any) -> Any:
    @o.custom_gradient
    def function(x: Any) -> Any:
        e = o.exp(x)
        return o.log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    return function


def swapped(o: Any) -> Any:
    """Two outputs, and gradients that are not the true ones."""

    @o.custom_gradient
    def function(x: Any, y: Any) -> Any:
        def gradient(upstream: Any) -> Any:
            left, right = upstream
            return right * y, left + 3 * right

        return (o.sum(x * y), o.square(x)), gradient

    return function


def gradients(function: Any, *arrays: np.ndarray) -> list[np.ndarray]:
    specs = [TensorSpec(x.shape, x.dtype) for x in arrays]
    return evaluate(trace(lambda *xs: grad(function(*xs), xs), specs), arrays)


def test_gradient_is_the_one_given() -> None:
    x = np.array([-2, 0.5, 100], "float32")
    (got,) = gradients(lambda x: ops.sum(log1pexp(ops)(x) * 2), x)
    np.testing.assert_allclose(got, 2 / (1 + np.exp(-x)), rtol=1e-6)


def test_several_outputs_are_stock_keras() -> None:
    def loss(o: Any, uses: str) -> Any:
        def function(x: Any, y: Any) -> Any:
            total, squares = swapped(o)(x * 2, y)
            first = o.tanh(total) if "0" in uses else 0.0
            second = o.sum(o.sin(squares)) if "1" in uses else 0.0
            return first + second + o.sum(y)

        return function

    x, y = f(4), f(4, seed=1)
    for uses in ("0", "1", "01"):
        expected = jax.grad(loss(keras.ops, uses), (0, 1))(x, y)
        for g, e in zip(gradients(loss(ops, uses), x, y), expected, strict=True):
            np.testing.assert_allclose(g, np.asarray(e), rtol=1e-5, atol=1e-6)


def test_arrays_and_symbolic_inputs() -> None:
    x = f(3)
    np.testing.assert_allclose(log1pexp(ops)(x), np.log1p(np.exp(x)), rtol=1e-6)
    inputs = bigdl_keras.Input((3,))
    outputs = bigdl_keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(
        log1pexp(ops)(bigdl_keras.layers.Dense(3, kernel_initializer="identity")(inputs))
    )
    model = bigdl_keras.Model(inputs, outputs)
    before = model.layers[1].get_weights()[0]
    model.compile(bigdl_keras.optimizers.SGD(1.0), lambda y, p: ops.mean(p))
    model.fit(x[None], np.zeros((1, 1)), verbose=0)
    slope = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(
        before - model.layers[1].get_weights()[0], np.outer(x, slope), rtol=1e-5
    )


def test_wrong_number_of_gradients() -> None:
    @ops.custom_gradient
    def product(x: Any, y: Any) -> Any:
        return x * y, lambda upstream: upstream * y

    with pytest.raises(ValueError, match="'product' returned 1 tensors for 2 arguments"):
        gradients(lambda x, y: ops.sum(product(x, y)), f(3), f(3))


def test_no_custom_gradient_within_a_loop() -> None:
    def loss(x: Any) -> Any:
        return ops.sum(ops.map(log1pexp(ops), x))

    with pytest.raises(ValueError, match="custom gradient was used inside a loop"):
        gradients(loss, f(3))


def test_jvp_refuses_what_does_not_fit() -> None:
    with pytest.raises(TypeError, match="tangents"):
        ops.jvp(ops.sin, (f(3),), f(3))
    with pytest.raises(ValueError, match="same shapes"):
        ops.jvp(ops.sin, (f(3),), (f(2),))


def test_vectorize_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="callable"):
        ops.vectorize(3)
    with pytest.raises(ValueError, match="signature"):
        ops.vectorize(ops.matmul, signature="m,n")
    with pytest.raises(ValueError, match="2 arguments"):
        ops.vectorize(ops.matmul, signature="(m,n),(n)->(m)")(f(3, 3))
    with pytest.raises(ValueError, match="too low a rank"):
        ops.vectorize(ops.matmul, signature="(m,n),(n)->(m)")(f(3), f(3))
    with pytest.raises(ValueError, match="broadcast"):
        ops.vectorize(ops.add)(f(3), f(2))


def test_complex_numbers() -> None:
    size, turn = f(2, 3, low=0.1), f(2, 3, seed=1)
    expected = keras.ops.polar(size, turn)
    got = ops.polar(size, turn)
    assert got.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(got, np.asarray(expected), rtol=1e-6)
    pairs = ops.view_as_real(got)
    assert pairs.dtype == "float32"
    np.testing.assert_array_equal(ops.view_as_complex(pairs), got)
    with pytest.raises(ValueError, match="size 2"):
        ops.view_as_complex(f(2, 3))
    with pytest.raises(ValueError, match="its tensors are real"):
        bigdl_keras.ops.view_as_complex(bigdl_keras.Input((2,)))


def test_i0_of_large_and_small_numbers() -> None:
    for dtype, tolerance in (("float32", 2e-6), ("float64", 1e-14)):
        x = np.linspace(-80, 80, 33).astype(dtype)
        np.testing.assert_allclose(ops.i0(x), np.i0(x.astype("float64")), rtol=20 * tolerance)
    np.testing.assert_allclose(ops.i0(np.array([700.0])), np.i0(700.0), rtol=1e-12)
