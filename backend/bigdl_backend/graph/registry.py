"""The table of primitives: one row each, with its truth in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from bigdl_backend.graph.spec import TensorSpec

ShapeRule = Callable[..., TensorSpec | Sequence[TensorSpec]]
GradientRule = Callable[..., Sequence[Any]]


@dataclass(frozen=True)
class Primitive:
    """A row of the table.

    Attributes:
        name: unique; kernels of `bigdl_native` register under the same name.
        truth: ``truth(*arrays, **attrs)`` -> array or tuple of arrays. Plain NumPy; what every kernel must equal.
        shape: ``shape(*specs, **attrs)`` -> spec or sequence of specs; works on symbolic dimensions.
        gradient: ``gradient(g, out, *inputs, **attrs)`` -> one cotangent (or None) an input, written in primitives.
            With several outputs `g` and `out` are tuples, and entries of `g` may be None (no gradient flows there).
            None: not differentiable.
    """

    name: str
    truth: Callable[..., Any]
    shape: ShapeRule
    gradient: GradientRule | None = None

    def specs(self, inputs: Sequence[TensorSpec], attrs: dict[str, Any]) -> tuple[TensorSpec, ...]:
        """The output specs for these inputs."""
        result = self.shape(*inputs, **attrs)
        return (result,) if isinstance(result, TensorSpec) else tuple(result)


PRIMITIVES: dict[str, Primitive] = {}


def primitive(
    name: str, *, shape: ShapeRule, gradient: GradientRule | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated NumPy function as the truth of a primitive."""

    def register(truth: Callable[..., Any]) -> Callable[..., Any]:
        if name in PRIMITIVES:
            raise ValueError(f"the primitive {name!r} is registered twice")
        # Infinities and NaNs are results, as in native kernels: no warnings.
        silent = np.errstate(all="ignore")(truth)
        PRIMITIVES[name] = Primitive(name, silent, shape, gradient)
        return truth

    return register


def find(name: str) -> Primitive:
    """The row called `name`; KeyError names the unknown primitive."""
    row = PRIMITIVES.get(name)
    if row is None:
        load_all()
        row = PRIMITIVES.get(name)
        if row is None:
            raise KeyError(f"no primitive is called {name!r}")
    return row


@cache
def load_all() -> None:
    """Import every module of `bigdl_backend.primitives`, so that the table is complete."""
    package = import_module("bigdl_backend.primitives")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
