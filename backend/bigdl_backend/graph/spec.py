"""The shape and dtype of a tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ml_dtypes  # noqa: F401  (registers bfloat16 and float8 names with NumPy)
import numpy as np

from bigdl_backend.graph.dims import DimLike, evaluate, is_static, product


@dataclass(frozen=True)
class TensorSpec:
    """Shape (ints and `Dim`s) and NumPy dtype of a tensor."""

    shape: tuple[DimLike, ...]
    dtype: np.dtype

    @staticmethod
    def of(shape: Sequence[DimLike], dtype: np.dtype | str | type) -> TensorSpec:
        """A spec from any sequence and anything that names a dtype."""
        return TensorSpec(tuple(shape), np.dtype(dtype))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> DimLike:
        return product(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements; `DimError` while a dimension is symbolic."""
        return int(self.size) * self.dtype.itemsize

    @property
    def is_static(self) -> bool:
        return is_static(self.shape)

    def with_shape(self, shape: Sequence[DimLike]) -> TensorSpec:
        return TensorSpec(tuple(shape), self.dtype)

    def with_dtype(self, dtype: np.dtype | str | type) -> TensorSpec:
        return TensorSpec(self.shape, np.dtype(dtype))

    def concrete(self, sizes: Mapping[str, int]) -> TensorSpec:
        """The same spec with every symbolic dimension replaced by its value."""
        return TensorSpec(tuple(evaluate(dim, sizes) for dim in self.shape), self.dtype)

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"
