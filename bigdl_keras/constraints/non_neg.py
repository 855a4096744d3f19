"""Non-negative weights."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.constraints.constraint import Constraint


class NonNeg(Constraint):
    """Negative elements become zero."""

    def __call__(self, w: Any) -> Any:
        return ops.maximum(ops.convert_to_tensor(w), 0)
