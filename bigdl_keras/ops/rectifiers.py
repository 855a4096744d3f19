"""Rectifiers, with the arguments that ``keras.ops`` has (``keras.activations`` has more)."""

from __future__ import annotations

from typing import Any

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


@keras_op
def relu(x: Any) -> Any:
    """max(x, 0)."""
    return F.relu(x)


@keras_op
def gelu(x: Any, approximate: bool = True) -> Any:
    """`x` times the normal distribution function at `x`."""
    return F.gelu(x, approximate)
