"""Code of users, run with stock Keras and with this library."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras as ours

LIBRARIES = pytest.mark.parametrize("library", [ours, keras], ids=["ours", "keras"])


def same_in_both(code: Callable[..., Any]) -> Callable[..., None]:
    """The test that ``code(library)`` returns the same with both libraries.

    It may return nested dicts and lists of arrays, numbers, names and the like.
    """

    @functools.wraps(code)
    def test(**fixtures: Any) -> None:
        for library in (keras, ours):
            library.utils.clear_session(free_memory=False)  # so that automatic names agree
        expected = code(keras, **fixtures)
        found = code(ours, **fixtures)
        assert expected is not None, "the code returns nothing to compare"
        assert_alike(found, expected, "result")

    parameters = list(inspect.signature(code).parameters.values())[1:]
    test.__signature__ = inspect.Signature(parameters)
    return pytest.mark.parity(test)


def assert_alike(found: Any, expected: Any, where: str) -> None:
    """Same structure, dtypes and numbers."""
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key, value in expected.items():
            assert_alike(found[key], value, f"{where}[{key!r}]")
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected), (where, found, expected)
        for number, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
            assert_alike(mine, theirs, f"{where}[{number}]")
    elif expected is None or isinstance(expected, (str, bool, int)):
        assert found == expected, (where, found, expected)
    else:
        theirs = np.asarray(expected)
        mine = np.asarray(found)
        assert mine.shape == theirs.shape, (where, mine.shape, theirs.shape)
        if hasattr(expected, "dtype"):
            assert str(found.dtype) == str(expected.dtype), where
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5, err_msg=where)


def numbers(*shape: int, low: float = -1.0, high: float = 1.0) -> np.ndarray:
    """Float32 numbers of no particular order, the same at every call."""
    size = int(np.prod(shape))
    spread = np.modf(np.arange(1, size + 1) * 0.6180339887)[0]
    return (low + (high - low) * spread).reshape(shape).astype("float32")


def with_known_weights(layer: Any) -> Any:
    """``layer`` with weights that both libraries can be given."""
    layer.set_weights([numbers(*w.shape) * 0.5 for w in layer.get_weights()])
    return layer
