"""Rectangles erased (Zhong et al. 2017)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_patch import BasePatchLayer


class RandomErasing(BasePatchLayer):
    """A rectangle of some images filled with a value or with noise.

    Args:
        factor: the probability, or the two it is drawn between.
        scale: the shares of width and height that the rectangle takes are roots of numbers drawn within this.
        fill_value: a number, three of them (one a channel), or None for normal noise.
        value_range: fillings are clipped to it.
        seed: of the random numbers.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://arxiv.org/abs/1708.04896
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        self.scale = self._checked_range(scale, "scale", self._FACTOR_BOUNDS)
        self.fill_value = fill_value

    def _drawn(self, data: Any, seed: Any) -> Any:
        wide, tall = (ops.sqrt(self._uniform(data, self.scale, seed)) for _ in range(2))
        masks, _ = self._patch(data, wide, tall, seed)
        chosen = self._chosen(data, self.factor, seed)
        filling = self._clipped(self._filling(data, seed))
        return {"apply_erasing": chosen, "batch_masks": masks, "fill_value": filling}

    def _filling(self, data: Any, seed: Any) -> Any:
        """What is put into rectangles; broadcasts to [B, H, W, C]."""
        fill = self.fill_value
        if fill is None:
            shape = self._images_shape(data)
            shape = shape if len(shape) == 4 else (1, *shape)
            return random.normal(shape, dtype=self.compute_dtype, seed=seed) * self.value_range[1]
        if isinstance(fill, list | tuple) and len(fill) == 3:
            along = [1, 1, 1, 1]
            along[self.channel_axis] = 3
            return ops.reshape(ops.cast(fill, self.compute_dtype), along)
        if isinstance(fill, int | float):
            return ops.cast(fill, self.compute_dtype)
        raise ValueError(
            "The `fill_value` argument should be a number (or a list of three numbers). "
            f"Received: fill_value={fill}"
        )

    def _changed(self, images: Any, transformation: Any) -> Any:
        chosen = ops.reshape(transformation["apply_erasing"], (-1, 1, 1, 1))
        erased = ops.logical_and(chosen, transformation["batch_masks"])
        return ops.where(erased, transformation["fill_value"], images)
