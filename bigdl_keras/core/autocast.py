"""The compute dtype that float variables are read in (mixed precision)."""

from __future__ import annotations

import threading
from typing import Any

from bigdl_backend.primitives import functional
from bigdl_keras.core.dtypes import is_float_dtype, standardize_dtype


class _Current(threading.local):
    def __init__(self) -> None:
        self.scope: AutocastScope | None = None


_current = _Current()


class AutocastScope:
    """Within it, variables made with ``autocast=True`` are read in ``dtype`` (``None``: as stored)."""

    def __init__(self, dtype: str | None) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        if self.dtype is not None and not is_float_dtype(self.dtype):
            raise ValueError(
                "`AutocastScope` can only be used with a floating-point target dtype, such as "
                f"'float16'. Received: dtype={dtype}"
            )

    def maybe_cast(self, value: Any) -> Any:
        """``value`` in the scope's dtype if both are floats."""
        if self.dtype is not None and is_float_dtype(value.dtype):
            return functional.cast(value, self.dtype)
        return value

    def __enter__(self) -> AutocastScope:
        self._outer = _current.scope
        _current.scope = self
        return self

    def __exit__(self, *error: object) -> None:
        _current.scope = self._outer


def get_autocast_scope() -> AutocastScope | None:
    """The innermost open scope."""
    return _current.scope
