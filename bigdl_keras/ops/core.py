"""Conversion, shapes, control flow."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.valued import ValuedTensor
from bigdl_backend.primitives import functional as F
from bigdl_keras import tree
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.core.variable import Variable
from bigdl_keras.ops.indexing import no_sparse


@keras_op
def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None
) -> Any:
    """`x` as an array (or the tensor it is), of `dtype` if it is given."""
    no_sparse(sparse or ragged)
    return F.as_value(x, None if dtype is None else standardize_dtype(dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as an array; TypeError for what has no value yet."""
    return np.asarray(x.value if isinstance(x, Variable) else x)


def is_tensor(x: Any) -> bool:
    """Whether `x` is an array or a traced tensor."""
    return isinstance(x, np.ndarray | Tensor)


def shape(x: Any) -> tuple[Any, ...]:
    """The shape, symbolic where it is not known (None for symbolic inputs of a functional model)."""
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def dtype(x: Any) -> str:
    """The name of the dtype."""
    return standardize_dtype(x.dtype if hasattr(x, "dtype") else F.as_value(x).dtype)


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(shape(x))


@keras_op
def size(x: Any) -> Any:
    """The number of elements."""
    x = F.as_value(x)
    return F.size(x.size)


@keras_op
def cast(x: Any, dtype: Any) -> Any:
    """`x` converted to `dtype`."""
    return F.cast(F.as_value(x), standardize_dtype(dtype))


@keras_op
def saturate_cast(x: Any, dtype: Any) -> Any:
    """`x` converted to `dtype`, values beyond its range becoming its limits."""
    x, target = F.as_value(x), np.dtype(standardize_dtype(dtype))
    if target.kind in "iu":
        limits = np.iinfo(target)
        x = F.clip(x, int(limits.min), int(limits.max)) if x.dtype != np.bool_ else x
    return F.cast(x, target)


@keras_op
def view(x: Any, dtype: Any = None) -> Any:
    """The bytes of an array as another dtype; arrays only."""
    x = F.as_value(x)
    if isinstance(x, Tensor):
        raise ValueError("`view` works on arrays, outside of a traced model")
    return x if dtype is None else x.view(standardize_dtype(dtype))


@keras_op
def stop_gradient(variable: Any) -> Any:
    """The same values, through which no gradient flows."""
    return F.stop_gradient(variable)


def _flat(structure: Any) -> list[Any]:
    return [F.as_value(_value(x)) for x in tree.flatten(structure)]


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Variable) else x


@keras_op
def scan(
    f: Callable[..., Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int = 1,
) -> tuple[Any, Any]:
    """``carry, y = f(carry, x)`` for every entry of `xs`; the last carry and the stacked ys.

    `f` is traced once. `unroll` is a hint that changes nothing here.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    del unroll
    collected: list[Any] = []

    def step(carries: list[Any], slices: list[Any]) -> tuple[list[Any], list[Any]]:
        x = tree.pack_sequence_as(xs, slices) if xs is not None else None
        carry, y = f(tree.pack_sequence_as(init, carries), x)
        collected.append(y)
        return _flat(carry), _flat(y) if y is not None else []

    ends, ys = F.scan(step, _flat(init), _flat(xs) if xs is not None else [], length, reverse)
    carry = tree.pack_sequence_as(init, ends)
    return carry, None if collected[0] is None else tree.pack_sequence_as(collected[0], ys)


@keras_op
def map(f: Callable[..., Any], xs: Any) -> Any:
    """``f`` of every entry of `xs` along the first axis, stacked; traced once."""
    return scan(lambda carry, x: (carry, f(x)), np.zeros((), "int32"), xs)[1]


@keras_op
def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """``function`` of every entry of `elements` along the first axis, stacked."""
    return map(function, elements)


@keras_op
def fori_loop(lower: int, upper: int, body_fun: Callable[..., Any], init_val: Any) -> Any:
    """``val = body_fun(i, val)`` for i from `lower` to `upper` (both known)."""
    counts = np.arange(lower, upper, dtype="int32")
    return scan(lambda val, i: (body_fun(i, val), None), init_val, counts)[0]


def _is_open(x: Any) -> bool:
    """Whether `x` has no value before the graph being traced runs."""
    return isinstance(x, Tensor) and not isinstance(x, ValuedTensor)


@keras_op
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """``loop_vars = body(*loop_vars)`` while ``cond(*loop_vars)``.

    In a traced model `maximum_iterations` is needed: all of them run, and those after the end
    change nothing.
    """
    several = isinstance(loop_vars, list | tuple)
    values = tuple(loop_vars) if several else (loop_vars,)

    def advanced(current: tuple[Any, ...]) -> tuple[Any, ...]:
        made = body(*current)
        return tuple(made) if several else (made,)

    goes_on = cond(*values)
    if builtins.any(_is_open(x) for x in (goes_on, *tree.flatten(values))):
        if maximum_iterations is None:
            raise ValueError(
                "a `while_loop` in a traced model needs `maximum_iterations`: how often it runs "
                "must be known before data comes"
            )

        def step(current: Any, _: Any) -> Any:
            on = cond(*current)
            new = tree.map_structure(lambda a, b: F.where(on, a, b), advanced(current), current)
            return new, None

        values = scan(step, values, length=maximum_iterations)[0]
    else:
        count = 0
        while goes_on and (maximum_iterations is None or count < maximum_iterations):
            values = advanced(values)
            goes_on, count = cond(*values), count + 1
    return tuple(values) if several else values[0]


@keras_op
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """``true_fn()`` or ``false_fn()``; for a traced `pred` both run and one result is taken."""
    if not _is_open(pred):
        return true_fn() if pred else false_fn()
    return tree.map_structure(lambda a, b: F.where(pred, a, b), true_fn(), false_fn())


@keras_op
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """``branches[index](*operands)``, the index clipped; for a traced index all branches run."""
    if not _is_open(index):
        return branches[builtins.min(builtins.max(int(index), 0), len(branches) - 1)](*operands)
    result = branches[0](*operands)
    for number, branch in enumerate(branches[1:], start=1):
        later = F.greater_equal(index, number)
        result = tree.map_structure(
            lambda a, b, later=later: F.where(later, a, b), branch(*operands), result
        )
    return result


@keras_op
def associative_scan(
    f: Callable[..., Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """The running combination of the entries along `axis` by an associative ``f``."""
    lines = tree.map_structure(lambda x: F.moveaxis(x, axis, 0), elems)
    if reverse:
        lines = tree.map_structure(lambda x: F.flip(x, 0), lines)
    length = tree.flatten(lines)[0].shape[0]
    reach = 1
    # Each round doubles how many entries every position has combined.
    while reach < length:
        before = tree.map_structure(lambda x, n=reach: F.slice_axis(x, 0, 0, length - n), lines)
        own = tree.map_structure(lambda x, n=reach: F.slice_axis(x, 0, n, length), lines)
        head = tree.map_structure(lambda x, n=reach: F.slice_axis(x, 0, 0, n), lines)
        lines = tree.map_structure(lambda a, b: F.concatenate([a, b], 0), head, f(before, own))
        reach *= 2
    if reverse:
        lines = tree.map_structure(lambda x: F.flip(x, 0), lines)
    return tree.map_structure(lambda x: F.moveaxis(x, 0, axis), lines)
