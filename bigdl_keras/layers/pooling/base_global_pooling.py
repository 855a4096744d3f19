"""What pooling over all positions shares."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name
from bigdl_keras.layers.input_spec import InputSpec


class BaseGlobalPooling(BuiltinLayer):
    """One value a channel: ``(batch, *spatial, channels)`` to ``(batch, channels)``; `keepdims` keeps axes of 1."""

    rank: int
    mode: str

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_name(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    @property
    def _axes(self) -> list[int]:
        first = 1 if self.data_format == "channels_last" else 2
        return list(range(first, first + self.rank))

    def call(self, inputs: Any) -> Any:
        """Pool over all spatial axes."""
        reduce = ops.max if self.mode == "max" else ops.mean
        return reduce(inputs, axis=self._axes, keepdims=self.keepdims)
