"""What pooling over windows shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name, padding_name, per_axis
from bigdl_keras.layers.input_spec import InputSpec


class BasePooling(BuiltinLayer):
    """The largest or mean value of each window; ``strides=None`` means windows that do not overlap.

    Input: ``(batch, *spatial, channels)``, or channels second with ``data_format="channels_first"``.
    """

    rank: int
    mode: str

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = per_axis(pool_size, self.rank, "pool_size")
        self.strides = (
            self.pool_size if strides is None else per_axis(strides, self.rank, "strides")
        )
        self.padding = padding_name(padding)
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Pool."""
        pool = ops.max_pool if self.mode == "max" else ops.average_pool
        return pool(
            inputs,
            pool_size=self.pool_size,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
        )
