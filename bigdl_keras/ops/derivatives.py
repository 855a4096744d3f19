"""Gradients that a user writes, and forward-mode derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.gradient import is_differentiable, vjp, with_gradient
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import as_tensor, bind, evaluate, trace
from bigdl_backend.primitives import functional as F
from bigdl_keras import tree
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.core.variable import Variable


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with the values of `f` and a gradient of its own.

    ``f(*args)`` returns ``(output, grad)``, both maybe structures; ``grad(upstream)``, given the gradient of the
    output, returns those of the arguments: a tuple, or for one argument the gradient itself.
    """

    @functools.wraps(f)
    def function(*args: Any) -> Any:
        args = tree.map_structure(_value, args)
        output, grad = f(*args)
        flat = tree.flatten(output)
        traced = [x for x in (*tree.flatten(args), *flat) if isinstance(x, Tensor)]
        if not traced:
            return output
        graph = max((x.graph for x in traced), key=lambda graph: graph.depth)
        arguments = [as_tensor(graph, F.as_value(x)) for x in tree.flatten(args)]

        def rule(*cotangents: Any) -> Sequence[Any]:
            made = grad(tree.pack_sequence_as(output, list(cotangents)))
            gradients = tree.flatten(made if isinstance(made, list | tuple) else [made])
            if len(gradients) != len(arguments):
                raise ValueError(
                    f"The gradient of the custom function {f.__name__!r} returned {len(gradients)} tensors for "
                    f"{len(arguments)} arguments: it must return one for each, in order"
                )
            return [_fitted(g, x) for g, x in zip(gradients, arguments, strict=True)]

        values = [as_tensor(graph, F.as_value(x)) for x in flat]
        return tree.pack_sequence_as(output, with_gradient(values, arguments, rule))

    return keras_op(function)


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Variable) else x


def _fitted(gradient: Any, argument: Tensor) -> Any:
    """A gradient that a user computed, as one of this argument."""
    if gradient is None or not is_differentiable(argument.dtype):
        return None
    return F.broadcast_to(F.cast(gradient, argument.dtype), argument.shape)


@keras_op
def jvp(
    fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
    """``fun(*primals)`` and its derivative along `tangents`.

    Args:
        fun: a function of (structures of) tensors; with `has_aux` it returns a pair whose second part is passed on.
        primals: its arguments.
        tangents: directions, structures of the same shapes.
        has_aux: whether there is a third result, what `fun` returned besides.

    Raises:
        TypeError: `primals` or `tangents` are no lists or tuples.
        ValueError: they do not fit each other.
    """
    for name, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, list | tuple):
            raise TypeError(f"`{name}` of `jvp` must be a list or a tuple. Received: {value}")
    points = [F.as_value(x) for x in tree.flatten(primals)]
    directions = [F.as_value(x) for x in tree.flatten(tangents)]
    if [tuple(x.shape) for x in points] != [tuple(x.shape) for x in directions]:
        raise ValueError(
            "`primals` and `tangents` of `jvp` must have the same shapes. Received: "
            f"{[tuple(x.shape) for x in points]} and {[tuple(x.shape) for x in directions]}"
        )
    form: list[Any] = []

    def derived(*tensors: Any) -> list[Any]:
        inputs, along = tensors[: len(points)], tensors[len(points) :]
        made = fun(*tree.pack_sequence_as(primals, list(inputs)))
        form.append(made)
        output = made[0] if has_aux else made
        graph = inputs[0].graph
        values = [as_tensor(graph, F.as_value(x)) for x in tree.flatten(output)]
        # J t is the derivative of u -> J' u, which is linear, along t.
        nothing = [
            as_tensor(graph, bind("broadcast_to", np.zeros((), y.dtype), shape=y.shape))
            for y in values
        ]
        pulled = vjp(values, nothing, inputs)
        kept = [i for i, x in enumerate(inputs) if is_differentiable(x.dtype)]
        slopes = vjp([pulled[i] for i in kept], [along[i] for i in kept], nothing)
        rest = [F.as_value(x) for x in tree.flatten(made[1])] if has_aux else []
        return [*values, *slopes, *rest]

    if any(isinstance(x, Tensor) for x in (*points, *directions)):
        # A point of its own for each argument: one may be computed from another.
        graph = max(
            (x.graph for x in (*points, *directions) if isinstance(x, Tensor)),
            key=lambda graph: graph.depth,
        )
        operands = [as_tensor(graph, x) for x in (*points, *directions)]
        results = derived(*(bind("reshape", x, shape=x.shape) for x in operands))
    else:
        specs = [TensorSpec(x.shape, x.dtype) for x in (*points, *directions)]
        results = evaluate(trace(derived, specs), [*points, *directions])
    output = form[0][0] if has_aux else form[0]
    count = len(tree.flatten(output))
    parts = (results[:count], results[count : 2 * count])
    values, slopes = (tree.pack_sequence_as(output, list(part)) for part in parts)
    if not has_aux:
        return values, slopes
    return values, slopes, tree.pack_sequence_as(form[0][1], list(results[2 * count :]))
