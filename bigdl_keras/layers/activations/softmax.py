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
        """Softmax; what `mask` drops gets no weight, even where it drops all.

        Args:
            inputs: logits.
            mask: bool, or numbers of which those above 0.5 keep; broadcastable to `inputs`.

        Raises:
            ValueError: `mask` does not fit `inputs`.
        """
        if mask is None:
            return self._softmax(inputs)
        self._check_mask(inputs, mask)
        kept = mask if mask.dtype == "bool" else ops.greater(mask, 0.5)
        # Far below any logit, yet finite, so that a row that is masked whole stays finite.
        low = -3e4 if inputs.dtype == "float16" else -1e9
        return ops.where(kept, self._softmax(ops.where(kept, inputs, low)), 0.0)

    def _softmax(self, inputs: Any) -> Any:
        if isinstance(self.axis, list | tuple) and len(self.axis) > 1:
            return ops.exp(inputs - ops.logsumexp(inputs, axis=tuple(self.axis), keepdims=True))
        axis = self.axis[0] if isinstance(self.axis, list | tuple) else self.axis
        return ops.softmax(inputs, axis=axis)

    def _check_mask(self, inputs: Any, mask: Any) -> None:
        pairs = list(zip(mask.shape[::-1], inputs.shape[::-1], strict=False))
        known = [(m, n) for m, n in pairs if isinstance(m, int) and isinstance(n, int)]
        if len(mask.shape) > len(inputs.shape) or any(m not in (1, n) for m, n in known):
            raise ValueError(
                "The `mask` must be broadcastable to `inputs` and must not have more dimensions. Received: "
                f"inputs.shape={tuple(inputs.shape)}, mask.shape={tuple(mask.shape)} (layer {self.name!r})"
            )
