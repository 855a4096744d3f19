"""Softmax, as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class Softmax(BuiltinLayer):
    """Softmax over `axis`; what a mask drops gets no weight.

    Source: https://keras.io/api/layers/activation_layers/softmax/
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Softmax; `mask` is bool, of the shape of `inputs`, True where kept."""
        if mask is not None:
            # Far below any logit, yet finite, so that a row that is masked whole stays finite.
            low = -3e4 if inputs.dtype == "float16" else -1e9
            inputs = ops.add(inputs, ops.multiply(1.0 - ops.cast(mask, inputs.dtype), low))
        if isinstance(self.axis, list | tuple) and len(self.axis) > 1:
            return ops.exp(inputs - ops.logsumexp(inputs, axis=tuple(self.axis), keepdims=True))
        axis = self.axis[0] if isinstance(self.axis, list | tuple) else self.axis
        return ops.softmax(inputs, axis=axis)
