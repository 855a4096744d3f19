"""L1 and L2 penalties."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.regularizers.regularizer import Regularizer, non_negative


def _absolute_sum(factor: float, x: Any) -> Any:
    return ops.cast(factor, x.dtype) * ops.sum(ops.absolute(x))


def _square_sum(factor: float, x: Any) -> Any:
    return ops.cast(factor, x.dtype) * ops.sum(ops.square(x))


class L1(Regularizer):
    """`l1 * sum(|x|)`."""

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = non_negative(0.01 if l1 is None else l1, "l1")

    def __call__(self, x: Any) -> Any:
        return _absolute_sum(self.l1, x)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """`l2 * sum(x ** 2)`."""

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = non_negative(0.01 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        return _square_sum(self.l2, x)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x ** 2)`."""

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = non_negative(0.0 if l1 is None else l1, "l1")
        self.l2 = non_negative(0.0 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        penalty = ops.cast(0.0, x.dtype)
        if self.l1:
            penalty = penalty + _absolute_sum(self.l1, x)
        if self.l2:
            penalty = penalty + _square_sum(self.l2, x)
        return penalty

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}
