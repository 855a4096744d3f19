"""Which primitives compute each element of the result from the same element of the operands."""

from __future__ import annotations


def _names(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split())


UNARY = _names(
    "neg abs sign exp log log1p expm1 sqrt rsqrt square reciprocal sigmoid softplus",
    "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfinv lgamma digamma",
    "floor ceil round trunc logical_not bitwise_not isfinite isnan isinf cast stop_gradient",
)
BINARY = _names(
    "add sub mul div floor_divide mod pow maximum minimum atan2 eq ne lt le gt ge",
    "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor shift_left shift_right",
)
ELEMENTWISE = UNARY | BINARY | {"select"}
