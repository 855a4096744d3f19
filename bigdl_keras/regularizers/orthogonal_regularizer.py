"""A penalty that pushes rows or columns of a matrix apart."""

from typing import Any

from bigdl_keras import ops
from bigdl_keras.regularizers.regularizer import Regularizer, non_negative


class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean absolute cosine between distinct rows (or columns).

    Args:
        factor: strength of the penalty, >= 0.
        mode: `"rows"` or `"columns"`.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = non_negative(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(f"`mode` must be 'rows' or 'columns'; got {mode!r}.")
        self.mode = mode

    def __call__(self, x: Any) -> Any:
        if len(x.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer needs a matrix; got shape {x.shape}.")
        vectors = x if self.mode == "rows" else ops.transpose(x)
        vectors = ops.normalize(vectors, axis=1)
        cosines = ops.matmul(vectors, ops.transpose(vectors))
        size = vectors.shape[0]
        others = cosines * ops.subtract(1.0, ops.eye(size, dtype=x.dtype))
        pairs = size * (size - 1.0) / 2.0
        return ops.multiply(ops.sum(ops.absolute(others)), self.factor * 0.5 / pairs)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
