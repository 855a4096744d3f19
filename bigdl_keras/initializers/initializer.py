"""Base class of all initializers."""

from typing import Any, Self

import numpy as np


class Initializer:
    """Makes the first value of a variable: `initializer(shape, dtype) -> ndarray`."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        """Return an array of `shape` and `dtype` (default `floatx()`)."""
        raise NotImplementedError(
            f"{type(self).__name__} must define `__call__(self, shape, dtype=None)`."
        )

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this initializer."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)

    def clone(self) -> Self:
        """A new initializer with the same config."""
        return self.from_config(self.get_config())
