"""The table of layers: ``python -m tests.conformance.layers``.

One row a public layer class of stock Keras: how many configurations are compared with stock Keras and where, and which
operations of a forward and backward pass native kernels run. What NumPy runs is named.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

import bigdl_keras
from bigdl_backend.graph.executable import has_kernel
from bigdl_backend.graph.gradient import grad, is_differentiable
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.specialise import specialise
from bigdl_backend.graph.trace import as_tensor
from bigdl_keras.core.trace_scope import TraceScope
from tests.keras.layers import check_layer
from tests.keras.layers.image.color_cases import COLOR_CASES
from tests.keras.layers.image.geometric_cases import GEOMETRIC_CASES
from tests.keras.layers.test_layers import CASES, ELSEWHERE
from tests.parity.layers.check_row import invocation
from tests.parity.layers.test_layers import ROWS

_IMAGES = (2, 8, 9, 3)
_INTEGERS = np.array([[1, 2], [3, 1]], "int32")
_SOUND = np.random.default_rng(1).standard_normal((2, 4000)).astype("float32")
# Layers of numbers among those whose tests are in `preprocessing`.
_NUMBERS: list[tuple[Any, list[np.ndarray]]] = [
    (lambda k: k.layers.CategoryEncoding(5), [_INTEGERS]),
    (lambda k: k.layers.Discretization([-1.0, 0.5]), [_SOUND]),
    (lambda k: k.layers.Hashing(7), [_INTEGERS]),
    (lambda k: k.layers.HashedCrossing(7), [_INTEGERS[:, :1], _INTEGERS[:, 1:]]),
    (lambda k: k.layers.IntegerLookup(vocabulary=[3, 1]), [_INTEGERS]),
    (lambda k: k.layers.MelSpectrogram(), [_SOUND]),
    (lambda k: k.layers.STFTSpectrogram(), [_SOUND[..., None]]),
    (lambda k: k.layers.Pipeline([k.layers.Rescaling(2.0)]), [_SOUND]),
]
# Primitives that are no work: other kernels read through them, or they are known when the plan is made.
_FREE = {"reshape", "scan", "psum", "iota", "dim_value", "stop_gradient"}
_FOREIGN = "refused"
_NONE = "computes nothing itself"
_HOST = "on texts, before the step"
# What is to be said of layers without an example.
_WITHOUT = {
    "FlaxLayer": _FOREIGN,
    "InputLayer": _NONE,
    "JaxLayer": _FOREIGN,
    "Lambda": "those of its function",
    "Layer": _NONE,
    "MaxNumBoundingBoxes": "on boxes, before the step",
    "StackedRNNCells": "those of its cells",
    "StringLookup": _HOST,
    "TFSMLayer": _FOREIGN,
    "TextVectorization": _HOST,
    "TorchModuleWrapper": _FOREIGN,
    "Wrapper": _NONE,
}


@dataclass(frozen=True)
class Example:
    """A layer as a test makes it, and how the test calls it on arrays."""

    test: str
    layer: Any
    call: Callable[..., Any]
    arrays: list[np.ndarray]


def examples() -> Iterator[Example]:
    """What the tests compare with stock Keras."""
    for case in CASES.values():
        inputs = check_layer.make_inputs(case)
        yield Example(
            "tests/keras/layers",
            case.make(bigdl_keras),
            lambda layer, *x, case=case: check_layer.call(layer, list(x), case),
            inputs,
        )
    for row in ROWS:
        yield Example("tests/parity/layers", row.make(bigdl_keras), *invocation(row))
    images = np.random.default_rng(0).uniform(0, 255, _IMAGES).astype("float32")
    for make in (*COLOR_CASES.values(), *GEOMETRIC_CASES.values()):
        yield Example(
            "tests/keras/layers/image",
            make(bigdl_keras),
            lambda layer, x: layer(x, training=True),
            [images],
        )
    for make, arrays in _NUMBERS:
        yield Example(
            "tests/keras/layers/preprocessing",
            make(bigdl_keras),
            lambda layer, *x: layer(x[0] if len(x) == 1 else list(x)),
            arrays,
        )


def in_numpy(example: Example) -> set[str]:
    """The primitives of an example, forward and backward, for which there is no native kernel."""
    example.call(example.layer, *example.arrays)
    graph = Graph()
    with TraceScope(graph) as scope:
        tensors = [graph.input(TensorSpec(x.shape, x.dtype)) for x in example.arrays]
        outputs = bigdl_keras.tree.flatten(example.call(example.layer, *tensors))
        wrt = [v.value for v in example.layer.trainable_variables] + tensors
        wrt = [x for x in wrt if "float" in str(x.dtype)]
        losses = [x for x in outputs if "float" in str(x.dtype)]
        total = sum((bigdl_keras.ops.sum(x) for x in losses), np.zeros((), "float32"))
        total = as_tensor(graph, total)
        derivatives = grad(total, wrt) if wrt and is_differentiable(total) else []
    graph.inputs = [*scope.reads.values(), *tensors]
    graph.outputs = [as_tensor(graph, x) for x in (*outputs, *derivatives)]
    optimised = optimise(specialise(graph, {}), alone=True, has_kernel=has_kernel)
    return {n.primitive for n in optimised.nodes if n.primitive not in _FREE and not has_kernel(n)}


def rows() -> list[str]:
    """A Markdown table."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    slow: dict[str, set[str]] = defaultdict(set)
    for example in examples():
        if not all(array.size for array in example.arrays):
            continue  # nothing to compute, so no kernel
        name = type(example.layer).__name__
        counts[name][example.test] += 1
        slow[name] |= in_numpy(example)
    lines = ["| layer | compared with stock Keras | native kernels |", "|---|---|---|"]
    for name in sorted(public_layers()):
        tests = [f"`{test}` ({count})" for test, count in counts[name].items()]
        where = ", ".join(tests) or ELSEWHERE.get(name, "nowhere")
        native = f"but {', '.join(sorted(slow[name]))}" if slow[name] else "all"
        lines.append(f"| {name} | {where} | {native if counts[name] else _WITHOUT.get(name)} |")
    return lines


def public_layers() -> list[str]:
    """The layer classes of stock Keras by the names of their classes: second names are not counted."""
    found = [value for value in vars(keras.layers).values() if isinstance(value, type)]
    return sorted({cls.__name__ for cls in found if issubclass(cls, keras.Layer)})


if __name__ == "__main__":
    print("\n".join(rows()))  # noqa: T201
