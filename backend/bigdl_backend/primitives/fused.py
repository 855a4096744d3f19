"""Primitives that only the passes make: several nodes as one."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.registry import find, primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives.rules import broadcast_shapes

_ACTIVATIONS = {
    "": lambda x: x,
    "relu": lambda x: np.maximum(x, np.zeros((), x.dtype)),
    "tanh": lambda x: find("tanh").truth(x),
    "sigmoid": lambda x: find("sigmoid").truth(x),
}


def _fused_elementwise_shape(
    *inputs: TensorSpec,
    ops: tuple[str, ...],
    args: tuple[int, ...],
    dtypes: tuple[str, ...],
    results: tuple[int, ...],
    scalars: tuple[float, ...] = (),
    scalar_dtypes: tuple[str, ...] = (),
) -> tuple[TensorSpec, ...]:
    if not len(args) == 3 * len(ops) == 3 * len(dtypes):
        raise ValueError(f"{len(ops)} operations need as many dtypes and three arguments each")
    shape = broadcast_shapes(*(spec.shape for spec in inputs))
    registers = [*(spec.dtype.name for spec in inputs), *scalar_dtypes, *dtypes]
    return tuple(TensorSpec.of(shape, registers[result]) for result in results)


@primitive("fused_elementwise", shape=_fused_elementwise_shape)
def fused_elementwise(
    *inputs: np.ndarray,
    ops: tuple[str, ...],
    args: tuple[int, ...],
    dtypes: tuple[str, ...],
    results: tuple[int, ...],
    scalars: tuple[float, ...] = (),
    scalar_dtypes: tuple[str, ...] = (),
) -> Any:
    """A program of elementwise operations on registers.

    Registers are the inputs, then the scalars, then the result of every operation. Operation k is
    ``ops[k]`` on the registers ``args[3 * k : 3 * k + 3]`` (-1: no operand) and gives ``dtypes[k]``.
    The outputs are the registers `results`, in the shape to which the inputs broadcast.
    """
    registers: list[Any] = list(inputs)
    registers += [
        np.asarray(value, np.dtype(dtype))
        for value, dtype in zip(scalars, scalar_dtypes, strict=True)
    ]
    for k, (op, dtype) in enumerate(zip(ops, dtypes, strict=True)):
        operands = [registers[number] for number in args[3 * k : 3 * k + 3] if number >= 0]
        attrs = {"dtype": dtype} if op == "cast" else {}
        registers.append(np.asarray(find(op).truth(*operands, **attrs), np.dtype(dtype)))
    shape = np.broadcast_shapes(*(array.shape for array in inputs))
    outputs = tuple(np.broadcast_to(registers[result], shape) for result in results)
    return outputs[0] if len(outputs) == 1 else outputs


def _product_shape(name: str) -> Any:
    def shape(
        a: TensorSpec, b: TensorSpec, bias: TensorSpec, *, activation: str, **attrs: Any
    ) -> TensorSpec:
        if activation not in _ACTIVATIONS:
            raise ValueError(f"{activation!r} is none of the activations {sorted(_ACTIVATIONS)}")
        (product,) = find(name).specs([a, b], attrs)
        if bias != TensorSpec(product.shape[-1:], product.dtype):
            raise ValueError(f"the bias of {product} must have one value a channel, got {bias}")
        return product

    return shape


def _with_bias(name: str, a: Any, b: Any, bias: Any, activation: str, attrs: dict[str, Any]) -> Any:
    return _ACTIVATIONS[activation](find(name).truth(a, b, **attrs) + bias)


@primitive("matmul_bias_act", shape=_product_shape("matmul"))
def matmul_bias_act(a, b, bias, *, activation, **attrs):
    """``activation(matmul(a, b) + bias)``."""
    return _with_bias("matmul", a, b, bias, activation, attrs)


@primitive("conv_bias_act", shape=_product_shape("conv"))
def conv_bias_act(x, w, bias, *, activation, **attrs):
    """``activation(conv(x, w) + bias)``."""
    return _with_bias("conv", x, w, bias, activation, attrs)


def _adam_shape(
    w: TensorSpec, m: TensorSpec, v: TensorSpec, *_others: TensorSpec, **_attrs: float
) -> Any:
    if not w == m == v:
        raise ValueError(f"a weight {w} and its means {m} and {v} must be alike")
    return w, m, v


@primitive("adam_update", shape=_adam_shape)
def adam_update(w, m, v, g, alpha, *, rest_1, rest_2, epsilon):
    """The weight after a step of Adam, and the running means of gradients and of their squares.

    ``m += (g - m) rest_1``, ``v += (g^2 - v) rest_2``, ``w -= m alpha / (sqrt(v) + epsilon)``.
    """
    number = w.dtype.type
    m = m + (g - m) * number(rest_1)
    v = v + (g * g - v) * number(rest_2)
    return w - m * alpha / (np.sqrt(v) + number(epsilon)), m, v


@primitive("adam_update_rows", shape=_adam_shape)
def adam_update_rows(w, m, v, indices, updates, alpha, **attrs):
    """`adam_update` by a gradient that is zero but for `updates`, added to the rows that `indices` name."""
    g = find("scatter_add").truth(np.zeros_like(w), indices, updates, axis=0)
    return adam_update(w, m, v, g, alpha, **attrs)
