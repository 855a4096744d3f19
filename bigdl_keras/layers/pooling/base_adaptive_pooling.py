"""What pooling to a given size shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name
from bigdl_keras.layers.input_spec import InputSpec


class BaseAdaptivePooling(BuiltinLayer):
    """The largest or mean value of windows laid out so that `output_size` of them cover the input.

    Input: ``(batch, *spatial, channels)``, or channels second with ``data_format="channels_first"``; the spatial
    sizes must be known.
    """

    rank: int
    mode: str

    def __init__(
        self, output_size: int | Sequence[int], data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        sizes = (output_size,) * self.rank if isinstance(output_size, int) else output_size
        if not isinstance(sizes, list | tuple) or not all(isinstance(n, int) for n in sizes):
            raise TypeError(
                f"`output_size` must be an integer or a tuple of {self.rank} integers. "
                f"Received: {output_size} of type {type(output_size)}"
            )
        if len(sizes) != self.rank:
            # Keras raises one or the other.
            kind = ValueError if self.rank == 1 else TypeError
            raise kind(
                f"`output_size` must have one integer for each of {self.rank} spatial axes. "
                f"Received: {output_size}"
            )
        self.output_size = tuple(sizes)
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Pool."""
        pool = ops.adaptive_max_pool if self.mode == "max" else ops.adaptive_average_pool
        return pool(inputs, self.output_size, data_format=self.data_format)
