"""What a case of an operation is, and the arrays that cases share.

The size 5 stands for the batch; it is made unknown where shapes are inferred.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """``call(ops, *arrays)``.

    Attributes:
        traces: also recorded and run as a graph.
        symbolic: also called on symbolic inputs with an unknown batch size.
        tolerance: relative and absolute.
    """

    call: Callable[..., Any]
    arrays: tuple[np.ndarray, ...]
    traces: bool = True
    symbolic: bool = True
    tolerance: float = 2e-5


def f(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    """Uniform float32."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape).astype("float32")


def i(*shape: int, high: int = 4, low: int = 0, dtype: str = "int32") -> np.ndarray:
    """Integers."""
    return np.random.default_rng([high, *shape]).integers(low, high, shape).astype(dtype)


def b(*shape: int, seed: int = 0) -> np.ndarray:
    """Booleans."""
    return np.random.default_rng([seed, *shape]).integers(0, 2, shape).astype(bool)


def named(names: str, *arrays: np.ndarray, tolerance: float = 2e-5) -> dict[str, Case]:
    """Operations called on the arrays alone."""
    return {
        f"{name} {arrays[0].dtype}": Case(
            lambda o, *xs, name=name: getattr(o, name)(*xs), arrays, tolerance=tolerance
        )
        for name in names.split()
    }


NAN = np.array([[1, np.nan, 3], [np.nan, np.nan, np.nan], [0.5, -2, np.nan]], "float32")
TIES = np.round(f(5, 6), 1)
X, Y, Z = f(5, 3), f(5, 3, seed=1), f(5, 4, 6)
IMAGE, VOLUME, SERIES = f(5, 9, 8, 4), f(2, 5, 6, 4, 3), f(5, 7, 4)
ROWS = f(5, 4, low=0.1, high=1.0)
PICTURES = f(2, 7, 6, 3, low=0.0, high=1.0)
POSITIVE = np.matmul(f(2, 3, 3), f(2, 3, 3).swapaxes(1, 2)) + np.eye(3, dtype="float32")
