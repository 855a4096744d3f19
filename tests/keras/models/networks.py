"""Functional models made by the same code from either library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def two_towers(k: Any) -> Any:
    """A shared layer, two inputs, two outputs."""
    left, right = k.Input((4,), name="left"), k.Input((4,), name="right")
    shared = k.layers.Dense(3, activation="relu", name="shared")
    both = k.layers.Concatenate(name="both")([shared(left), shared(right)])
    return k.Model(
        [left, right], [k.layers.Dense(1, name="score")(both), k.layers.Dense(2, name="kind")(both)]
    )


def named_structures(k: Any) -> Any:
    """Dicts in and out, in an order that is not the alphabetical one."""
    inputs = {"z": k.Input((2,), name="z"), "a": k.Input((3,), name="a")}
    x = k.layers.Concatenate(name="join")([inputs["z"], inputs["a"]])
    return k.Model(inputs, {"second": k.layers.Dense(2, name="d")(x), "first": x})


def nested(k: Any) -> Any:
    """A model used twice within another, and a Sequential."""
    x = k.Input((4,), name="inner_in")
    inner = k.Model(x, k.layers.Dense(4, name="inner_dense")(x) + x, name="inner")
    row = k.Sequential([k.layers.Dense(4, activation="tanh", name="r")], name="row")
    y = k.Input((4,), name="outer_in")
    out = k.layers.Add(name="sum")([inner(row(inner(y))), y])
    return k.Model(y, out, name="outer")


def operations(k: Any) -> Any:
    """Bare operations with settings, constants and operators."""
    x = k.Input((4, 3), name="x")
    y = k.ops.transpose(x, (0, 2, 1)) @ k.layers.Dense(3, name="d")(x)
    y = k.ops.softmax(y / 2.0 - 1, axis=-1)
    y = k.ops.concatenate([y, k.ops.mean(y, axis=1, keepdims=True)], axis=1)
    y = k.ops.where(y > 0.3, y, 0.0)[:, 1:, ::2]
    return k.Model(x, k.ops.reshape(k.ops.expand_dims(y, -1), (-1, 6)), name="operations")


def shared_in_depth(k: Any) -> Any:
    """One layer applied to its own results."""
    x = k.Input((3,), name="x")
    a, b = k.layers.Dense(3, name="a"), k.layers.Dense(3, activation="tanh", name="b")
    return k.Model(x, a(b(a(b(x)))), name="depth")


NETWORKS: dict[str, Callable[[Any], Any]] = {
    network.__name__: network
    for network in (two_towers, named_structures, nested, operations, shared_in_depth)
}


def data_for(model: Any, rows: int = 5) -> Any:
    """Random inputs of the structure that `model` was made with."""
    generator = np.random.default_rng(0)

    def fill(x: Any) -> Any:
        if isinstance(x, dict):
            return {key: fill(value) for key, value in x.items()}
        if isinstance(x, (list, tuple)):
            return [fill(value) for value in x]
        return generator.normal(size=(rows, *x.shape[1:])).astype("float32")

    return fill(model.input)


def randomise(model: Any) -> None:
    """Give all weights random values, so that zeros and ones cannot hide mistakes."""
    generator = np.random.default_rng(1)
    model.set_weights([generator.normal(size=w.shape) * 0.5 for w in model.get_weights()])
