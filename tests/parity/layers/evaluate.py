"""What a layer computes once: outputs, losses, new state and derivatives, in stock Keras and here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import keras
import numpy as np

import bigdl_keras
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.session import Session
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import as_tensor
from bigdl_keras.core.trace_scope import TraceScope
from tests.parity.layers.row import is_float

Call = Callable[..., Any]


@dataclass
class Evaluation:
    """Arrays of one call.

    Attributes:
        outputs, losses: flat.
        state: new values of the variables that are not trained.
        gradients: of a weighted sum of the outputs plus the losses, by the trained variables and
            then by the inputs of a floating type.
    """

    outputs: list[np.ndarray]
    losses: list[np.ndarray]
    state: list[np.ndarray]
    gradients: list[np.ndarray]

    def leaves(self) -> dict[str, np.ndarray]:
        """All arrays by what they are."""
        kinds = ("outputs", "losses", "state", "gradients")
        return {f"{kind}[{i}]": x for kind in kinds for i, x in enumerate(getattr(self, kind))}


def importance(shape: Sequence[int]) -> np.ndarray:
    """How much each output counts in what is derived: all different, of both signs."""
    size = int(np.prod(shape))
    return np.cos(1.0 + 2.0 * np.arange(size)).reshape(shape).astype("float32")


def exact(*lists: list[Any]) -> str:
    """The dtype of the sum of everything in the lists."""
    double = any(str(x.dtype) == "float64" for values in lists for x in values)
    return "float64" if double else "float32"


def states_of(layer: Any) -> list[Any]:
    """The variables that are not trained, without random seeds; and states of stateful layers."""
    kept = keras.tree.flatten(getattr(layer, "states", None) or [])
    return [*(v for v in layer.non_trainable_variables if is_float(v)), *kept]


def stock(layer: Any, call: Call, inputs: list[np.ndarray], gradients: bool) -> Evaluation:
    """``call(layer, *inputs)`` in stock Keras, compiled as a whole."""
    trained, states = layer.trainable_variables, states_of(layer)
    places = [i for i, x in enumerate(inputs) if is_float(x)]

    def run(weights: list[Any], variable_inputs: list[Any]) -> Any:
        given = list(inputs)
        for i, x in zip(places, variable_inputs, strict=True):
            given[i] = x
        mapping = list(zip(trained, weights, strict=True))
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            outputs = keras.tree.flatten(call(layer, *map(jax.numpy.asarray, given)))
            losses = list(layer.losses)
            new = [scope.get_current_value(v) for v in states]
        new = [v.value if x is None else x for x, v in zip(new, states, strict=True)]
        total = sum((x.sum() for x in losses), jax.numpy.zeros((), exact(losses, outputs)))
        for x in outputs:
            if is_float(x):
                total = total + (x * importance(x.shape)).sum().astype(total.dtype)
        return total, (outputs, losses, new)

    arguments = ([np.asarray(v.value) for v in trained], [inputs[i] for i in places])
    if gradients:
        found, derivatives = jax.jit(jax.value_and_grad(run, argnums=(0, 1), has_aux=True))(
            *arguments
        )
        derivatives = [*derivatives[0], *derivatives[1]]
    else:
        found, derivatives = jax.jit(run)(*arguments), []
    lists = [[np.asarray(x) for x in part] for part in (*found[1], derivatives)]
    return Evaluation(*lists)


def here(layer: Any, call: Call, inputs: list[np.ndarray], gradients: bool) -> Evaluation:
    """The same in this library, as a step that a session runs."""
    trained, states = layer.trainable_variables, states_of(layer)
    graph = Graph()
    with TraceScope(graph) as scope:
        tensors = [
            graph.input(TensorSpec(x.shape, x.dtype), f"input_{i}") for i, x in enumerate(inputs)
        ]
        outputs = bigdl_keras.tree.flatten(call(layer, *tensors))
        losses = list(layer.losses)
        new = [v.value for v in states]
        derivatives = []
        wrt = [*(v.value for v in trained), *(x for x in tensors if is_float(x))]
        if gradients and wrt:
            ops = bigdl_keras.ops
            dtype = exact(losses, outputs)
            total = sum((ops.cast(ops.sum(x), dtype) for x in losses), np.zeros((), dtype))
            for x in outputs:
                if is_float(x):
                    total = total + ops.cast(ops.sum(x * importance(x.shape)), dtype)
            derivatives = grad(as_tensor(graph, total), wrt)
    parts = [outputs, losses, new, derivatives]
    variables = list(scope.reads)
    graph.inputs = [*scope.reads.values(), *tensors]
    graph.outputs = [as_tensor(graph, x) for part in parts for x in part]
    names = [f"state_{i}" for i in range(len(variables))]
    step = StepGraph(
        graph,
        state_in=names,
        batch=[x.name for x in tensors],
        outputs=[f"output_{i}" for i in range(len(graph.outputs))],
        state_out=[],
    )
    state = {name: v.storage for name, v in zip(names, variables, strict=True)}
    results = iter(Session(Program({"run": step}, state), threads=1).run("run", inputs))
    lists = [[next(results) for _ in part] for part in parts]
    return Evaluation(*lists)
