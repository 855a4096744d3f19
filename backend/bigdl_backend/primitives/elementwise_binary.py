"""Elementwise primitives of two and three operands, with NumPy broadcasting; they never promote."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import broadcast, broadcast_shapes, same_dtype


def _row(name, truth, by_a, by_b):
    """A row from its partial products ``(g, y, a, b)``, summed back over the broadcast axes."""

    def gradient(g, y, a, b):
        return (
            F.sum_to_shape(by_a(g, y, a, b), a.shape),
            F.sum_to_shape(by_b(g, y, a, b), b.shape),
        )

    primitive(name, shape=broadcast, gradient=gradient)(truth)


def _pow_base(g, y, a, b):
    # Where b = 0 the slope is 0, even if a**-1 is infinite.
    return g * F.where(F.equal(b, 0), 0, b * F.power(a, b - 1))


def _pow_exponent(g, y, a, b):
    positive = F.greater(a, 0)
    return g * y * F.where(positive, F.log(F.where(positive, a, 1)), 0)


def _extremum(wins):
    """Partial products of the operand that wins. Equal tensors share; a number takes a tie from a tensor.

    So relu, whose 0 is a number, has slope 0 at 0. `functional.maximum` and `minimum` give numbers an axis.
    """

    def first(g, y, a, b):
        tie = F.where(F.equal(a, b), g * 0.5, 0) if len(b.shape) else 0
        return F.where(wins(a, b), g, tie)

    def second(g, y, a, b):
        tie = F.where(F.equal(a, b), g * 0.5, g) if len(b.shape) else g
        return F.where(wins(a, b), 0, tie)

    return first, second


def _first(g, y, a, b):
    return g


_row("add", np.add, _first, _first)
_row("sub", np.subtract, _first, lambda g, y, a, b: -g)
_row("mul", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
_row("div", np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
_row("mod", np.mod, _first, lambda g, y, a, b: -g * F.floor(a / b))
_row("pow", np.power, _pow_base, _pow_exponent)
_row("maximum", np.maximum, *_extremum(F.greater))
_row("minimum", np.minimum, *_extremum(F.less))
_row(
    "atan2",
    np.arctan2,
    lambda g, y, a, b: g * b / (F.square(a) + F.square(b)),
    lambda g, y, a, b: -g * a / (F.square(a) + F.square(b)),
)

primitive("floor_divide", shape=broadcast)(np.floor_divide)
primitive("bitwise_and", shape=broadcast)(np.bitwise_and)
primitive("bitwise_or", shape=broadcast)(np.bitwise_or)
primitive("bitwise_xor", shape=broadcast)(np.bitwise_xor)
primitive("shift_left", shape=broadcast)(np.left_shift)
primitive("shift_right", shape=broadcast)(np.right_shift)


def _select_shape(condition: TensorSpec, a: TensorSpec, b: TensorSpec) -> TensorSpec:
    if condition.dtype != np.bool_:
        raise TypeError(f"select needs a bool condition, got {condition.dtype}: cast it first")
    return TensorSpec(broadcast_shapes(condition.shape, a.shape, b.shape), same_dtype(a, b))


def _select_gradient(g, y, condition, a, b):
    return (
        None,
        F.sum_to_shape(F.where(condition, g, 0), a.shape),
        F.sum_to_shape(F.where(condition, 0, g), b.shape),
    )


primitive("select", shape=_select_shape, gradient=_select_gradient)(np.where)
