"""Whether a row of a table gives the same in both libraries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import keras
import numpy as np

import bigdl_keras
from tests.parity.layers.evaluate import Call, here, is_float, states_of, stock
from tests.parity.layers.row import Row

_RANDOM_INITIALIZERS = (
    keras.initializers.VarianceScaling,
    keras.initializers.RandomUniform,
    keras.initializers.RandomNormal,
    keras.initializers.TruncatedNormal,
    keras.initializers.Orthogonal,
)


def without_compiling_initial_values() -> ExitStack:
    """Stock Keras makes zeros for random initial values, which are replaced before they matter."""
    stack = ExitStack()

    def zeros(self: Any, shape: Any, dtype: Any = None, **_: Any) -> np.ndarray:
        return np.zeros(shape, keras.backend.standardize_dtype(dtype))

    for cls in _RANDOM_INITIALIZERS:
        stack.enter_context(patch.object(cls, "__call__", zeros))
    return stack


def check_row(row: Row) -> None:
    """Names and shapes of weights, symbolic outputs, values, losses, state and derivatives."""
    bigdl_keras.backend.clear_session()  # so that automatic names agree
    keras.utils.clear_session(free_memory=False)
    call, arrays = invocation(row)
    with without_compiling_initial_values():
        theirs = row.make(keras)
        their_symbols = symbols(keras, theirs, call, arrays, row.batch)
    ours = row.make(bigdl_keras)
    our_symbols = symbols(bigdl_keras, ours, call, arrays, row.batch)
    for found, wanted in zip(our_symbols, their_symbols, strict=True):
        assert found == wanted or not row.infers or refines(found, wanted), (found, wanted)
    assert described(ours) == described(theirs)
    set_values(theirs)
    ours.set_weights(theirs.get_weights())
    for _ in range(row.calls):
        expected = stock(theirs, call, arrays, row.gradients)
        result = here(ours, call, arrays, row.gradients)
        assert result.leaves().keys() == expected.leaves().keys()
        for name, value in result.leaves().items():
            compare(name, value, expected.leaves()[name], row.tolerance)
        eager = bigdl_keras.tree.flatten(call(ours, *arrays))
        for i, (value, wanted) in enumerate(zip(eager, expected.outputs, strict=True)):
            compare(f"eager outputs[{i}]", np.asarray(value), wanted, row.tolerance)
        for variables in (states_of(theirs), states_of(ours)):
            for variable, value in zip(variables, expected.state, strict=True):
                variable.assign(value)


def invocation(row: Row) -> tuple[Call, list[np.ndarray]]:
    """How a layer of this row is called, and on which arrays: its inputs, then those among its other arguments."""
    arrays = row.arrays()
    count = len(arrays)

    def call(layer: Any, *inputs: Any) -> Any:
        arguments = with_arrays(row.call, iter(inputs[count:]))
        inputs = inputs[:count]
        if row.spread or count == 1:
            return layer(*inputs, **arguments)
        return layer(list(inputs), **arguments)

    return call, arrays + arrays_in(row.call)


def arrays_in(value: Any) -> list[np.ndarray]:
    """The arrays among the arguments of a call."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [x for item in items for x in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


def with_arrays(value: Any, replacements: Iterator[Any]) -> Any:
    """``value`` with others in place of its arrays."""
    if isinstance(value, dict):
        return {key: with_arrays(item, replacements) for key, item in value.items()}
    if isinstance(value, list):
        return [with_arrays(item, replacements) for item in value]
    return next(replacements) if isinstance(value, np.ndarray) else value


def symbols(
    library: Any, layer: Any, call: Any, arrays: list[np.ndarray], rows: int | None
) -> list[Any]:
    """Shapes and dtypes of the outputs for that number of rows; the layer is built by it."""
    inputs = [library.KerasTensor((rows, *x.shape[1:]), str(x.dtype)) for x in arrays]
    outputs = call(layer, *inputs)
    return [(tuple(x.shape), x.dtype) for x in library.tree.flatten(outputs)]


def refines(found: Any, wanted: Any) -> bool:
    """Whether ``found`` is ``wanted`` with more sizes known, as for EinsumDense."""
    same = len(found[0]) == len(wanted[0]) and found[1] == wanted[1]
    return same and all(w in (None, f) for f, w in zip(found[0], wanted[0], strict=True))


def described(layer: Any) -> list[Any]:
    """Its weights without their values."""
    return [(w.path, tuple(w.shape), str(w.dtype), w.trainable) for w in layer.weights]


def set_values(layer: Any) -> None:
    """Values unlike any initial ones, so that a weight that is ignored or swapped shows."""
    rng = np.random.default_rng(2)
    for weight in layer.weights:
        if is_float(weight):
            value = 0.4 * rng.standard_normal(weight.shape)
            weight.assign(np.abs(value) + 0.5 if "variance" in weight.name else value)


def compare(name: str, value: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Equal dtype and shape, values close."""
    assert str(value.dtype) == str(expected.dtype), name
    assert value.shape == expected.shape, name
    if not expected.size:
        return
    wanted = expected.astype("float64")
    scale = max(1.0, float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0)))
    np.testing.assert_allclose(
        value.astype("float64"), wanted, rtol=tolerance, atol=tolerance * scale, err_msg=name
    )
