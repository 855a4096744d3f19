"""What padding and cropping of borders share."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.convolutional.arguments import data_format_name
from bigdl_keras.layers.input_spec import InputSpec


def border_widths(value: Any, rank: int, name: str) -> Any:
    """``(before, after)`` of each axis, from an int, an int an axis or a pair an axis.

    One axis has a single pair, as Keras has it.
    """
    message = (
        f"`{name}` should be a non-negative int, or a tuple of {rank} of them or of pairs (before, after). "
        f"Received: {name}={value}"
    )
    if rank == 1 and isinstance(value, list | tuple):
        value = (value,)
    per_axis = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(per_axis) != rank:
        raise ValueError(message)
    pairs = tuple((v, v) if isinstance(v, int) else tuple(v) for v in per_axis)
    if any(len(p) != 2 or any(not isinstance(v, int) or v < 0 for v in p) for p in pairs):
        raise ValueError(message)
    return pairs[0] if rank == 1 else pairs


class BaseBorder(BuiltinLayer):
    """A layer that changes the borders of the spatial axes."""

    rank: int

    def __init__(self, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def _by_axis(self, widths: Any) -> list[tuple[int, int]]:
        pairs = [widths] if self.rank == 1 else list(widths)
        if self.data_format == "channels_first":
            return [(0, 0), (0, 0), *pairs]
        return [(0, 0), *pairs, (0, 0)]


class BaseZeroPadding(BaseBorder):
    """Adds zeros."""

    def __init__(self, padding: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = border_widths(padding, self.rank, "padding")

    def call(self, inputs: Any) -> Any:
        """Pad with zeros."""
        return ops.pad(inputs, self._by_axis(self.padding))


class BaseCropping(BaseBorder):
    """Cuts values off."""

    def __init__(self, cropping: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping = border_widths(cropping, self.rank, "cropping")

    def call(self, inputs: Any) -> Any:
        """Crop."""
        kept = []
        for (before, after), size in zip(self._by_axis(self.cropping), inputs.shape, strict=True):
            if isinstance(size, int) and before + after >= size > 0 and before + after > 0:
                raise ValueError(
                    f"Values in `cropping` must be smaller than the axis they crop: {self.cropping} "
                    f"does not fit inputs of shape {inputs.shape} (layer {self.name!r})."
                )
            kept.append(slice(before, -after if after else None))
        return inputs[tuple(kept)]
