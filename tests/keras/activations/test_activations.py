"""Activation functions against stock Keras: values, gradients, names."""

from __future__ import annotations

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace
from bigdl_backend.primitives import functional as F

ARGUMENTS = {
    "threshold": (0.3, 1.5),
    "relu": (0.1, 1.2, 0.2),
    "leaky_relu": (0.3,),
    "elu": (0.7,),
    "celu": (0.7,),
    "gelu": (True,),
    "softmax": (0,),
    "squareplus": (2,),
}
# Sums of a stock result in two rows of three are not 1; see the test of `ops.sparsemax`.
NAMES = sorted(
    name
    for name in dir(keras.activations)
    if name not in ("get", "serialize", "deserialize", "sparsemax") and not name.startswith("_")
)
X = np.array([[-2.5, -0.9, -0.4, 0.0], [0.25, 0.7, 1.1, 3.3]], "float32")


@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients(name: str) -> None:
    ours, theirs = getattr(bigdl_keras.activations, name), getattr(keras.activations, name)
    for arguments in {(), ARGUMENTS.get(name, ())} - ({()} if name == "threshold" else set()):

        def reference(x, arguments=arguments):
            y = theirs(x, *arguments)
            return (y**2).sum(), y

        (expected, y), slope = jax.jit(jax.value_and_grad(reference, has_aux=True))(X)
        np.testing.assert_allclose(ours(X, *arguments), y, 2e-5, 2e-6)

        def loss(x, arguments=arguments):
            total = F.sum(F.square(ours(x, *arguments)))
            return [total, *grad(total, [x])]

        graph = trace(loss, [TensorSpec(X.shape, X.dtype)])
        value, gradient = evaluate(graph, [X])
        np.testing.assert_allclose(value, expected, 1e-5)
        np.testing.assert_allclose(gradient, slope, 2e-4, 2e-5)


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    function = getattr(bigdl_keras.activations, name)
    assert bigdl_keras.activations.get(name) is function
    serialized = bigdl_keras.activations.serialize(function)
    assert serialized == keras.activations.serialize(getattr(keras.activations, name))
    assert bigdl_keras.activations.deserialize(serialized) is function


def test_get() -> None:
    assert bigdl_keras.activations.get(None) is bigdl_keras.activations.linear
    assert bigdl_keras.activations.get(np.tanh) is np.tanh
    with pytest.raises(ValueError, match="no_such"):
        bigdl_keras.activations.get("no_such")
    with pytest.raises(ValueError, match="Could not interpret"):
        bigdl_keras.activations.get(3)
