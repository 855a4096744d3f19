"""A row of a table of layers: plain data that makes the same layer and the same inputs in two libraries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Made:
    """An object of either library: ``Made("layers.Dense", units=3)``."""

    path: str
    settings: dict[str, Any]

    def __init__(self, path: str, **settings: Any) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "settings", settings)

    def __repr__(self) -> str:
        return f"{self.path.rsplit('.', 1)[-1]}({_text(self.settings)})"


def in_library(library: Any, value: Any) -> Any:
    """``value`` with what is :class:`Made` made by ``library``."""
    if isinstance(value, Made):
        target = library
        for name in value.path.split("."):
            target = getattr(target, name)
        return target(**{k: in_library(library, v) for k, v in value.settings.items()})
    if isinstance(value, list | tuple):
        return type(value)(in_library(library, item) for item in value)
    return value


@dataclass(frozen=True)
class Row:
    """One layer, its inputs and how it is called.

    Attributes:
        layer: the class.
        config: arguments of its constructor.
        inputs: arrays, or shapes of random float32 arrays.
        call: arguments of the call by name. Arrays among them are inputs too.
        spread: whether inputs are arguments of their own instead of a list.
        tolerance: relative, and absolute times the largest expected value.
        gradients: whether derivatives are compared.
        calls: how often it is called, state going from one call to the next.
        batch: the number of rows if it must be known when the layer is built.
        infers: whether stock Keras infers the shapes of the results rightly.
    """

    layer: str
    config: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Any, ...] = ()
    call: dict[str, Any] = field(default_factory=dict)
    spread: bool = False
    tolerance: float = 2e-5
    gradients: bool = True
    calls: int = 1
    batch: int | None = None
    infers: bool = True

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, np.shape(x))) for x in self.arrays())
        call = f" {_text(self.call)}" if self.call else ""
        return f"{self.layer}({_text(self.config)}) {shapes}{call}".replace("'", "")

    def arrays(self) -> list[np.ndarray]:
        """The inputs."""
        return [x if isinstance(x, np.ndarray) else floats(*x) for x in self.inputs]

    def in_float64(self, tolerance: float) -> Row:
        """The same with all floats in double precision."""
        inputs = tuple(x.astype("float64") if is_float(x) else x for x in self.arrays())
        config = {**self.config, "dtype": "float64"}
        return replace(self, inputs=inputs, config=config, tolerance=tolerance)

    def make(self, library: Any) -> Any:
        """The layer."""
        config = {key: in_library(library, value) for key, value in self.config.items()}
        return getattr(library.layers, self.layer)(**config)


def rows(
    layer: str,
    inputs: Any,
    configs: Iterable[Mapping[str, Any]] = ({},),
    **attributes: Any,
) -> list[Row]:
    """One row a config. ``inputs`` is a list of inputs, or the shape or array of the only one."""
    inputs = tuple(inputs) if isinstance(inputs, list) else (inputs,)
    return [Row(layer, dict(config), inputs, **attributes) for config in configs]


def floats(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal float32."""
    rng = np.random.default_rng([seed, *shape])
    return rng.standard_normal(shape).astype("float32")


def integers(*shape: int, high: int) -> np.ndarray:
    """Uniform int32 below ``high``."""
    return np.random.default_rng(shape).integers(0, high, shape).astype("int32")


def is_float(x: Any) -> bool:
    """Whether the dtype of ``x`` is a floating one."""
    return "float" in str(x.dtype)


def lengths_mask(length: int, *lengths: int) -> np.ndarray:
    """``(rows, length)`` bool: row ``i`` is true in its first ``lengths[i]`` steps."""
    return np.arange(length)[None, :] < np.array(lengths)[:, None]


def _text(settings: Mapping[str, Any]) -> str:
    return ",".join(f"{key}={_short(value)}" for key, value in settings.items())


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return "array" + "x".join(map(str, value.shape))
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_short, value))}]"
    return repr(value)
