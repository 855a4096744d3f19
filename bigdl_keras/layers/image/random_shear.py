"""Images sheared at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseAffineLayer, affine_rows


class RandomShear(BaseAffineLayer):
    """Shifts the rows of each image in proportion to their height, and the columns likewise.

    Args:
        x_factor: how far rows move: a number f, meaning (-f, f), or (lower, upper), from 0 to 1. With
            probability 1/2 the drawn number changes sign.
        y_factor: how far columns move, likewise.
        interpolation: this and the others as for `RandomRotation`.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/
    """

    _USE_BASE_FACTOR = False

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.x_factor = self._signed_range(_as_given(x_factor), "x_factor", 0)
        self.y_factor = self._signed_range(_as_given(y_factor), "y_factor", 0)
        self._set_sampling(interpolation, fill_mode, fill_value)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``shear_factor`` [B, 2], for x and y."""
        if not training:
            return None
        batch, _, _ = self._batch_height_width(data)
        seed, dtype = self._seed_or_own(seed), self.compute_dtype
        sign = ops.where(random.uniform((batch, 1), seed=seed) > 0.5, -1.0, 1.0)
        shear_y = random.uniform((batch, 1), *self.y_factor, seed=seed, dtype=dtype)
        shear_x = random.uniform((batch, 1), *self.x_factor, seed=seed, dtype=dtype)
        shear = ops.concatenate([shear_x, shear_y], axis=1) * ops.cast(sign, dtype)
        return {"shear_factor": shear, "input_shape": self._images_shape(data)}

    def _matrix(self, transformation: Any, height: Any, width: Any) -> Any:
        shear_x, shear_y = ops.unstack(transformation["shear_factor"], axis=1)
        return affine_rows(1, shear_x, 0, shear_y, 1, 0)

    def _move_boxes(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        # As Keras: the factors count shares of the sides here, and y follows from x.
        shear = ops.cast(transformation["shear_factor"], "float32")
        shear_x, shear_y = shear[:, 0:1], shear[:, 1:2]
        x1, y1, x2, y2 = ops.unstack(boxes, axis=-1)
        x1, y1, x2, y2 = x1 / width, y1 / height, x2 / width, y2 / height
        left = ops.minimum(x1 - shear_x * y1, x1 - shear_x * y2)
        right = ops.maximum(x2 - shear_x * y1, x2 - shear_x * y2)
        top = ops.minimum(y1 - shear_y * left, y1 - shear_y * right)
        bottom = ops.maximum(y2 - shear_y * left, y2 - shear_y * right)
        return ops.stack([left * width, top * height, right * width, bottom * height], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, ranges (-f, f) as f, which alone is a valid argument."""
        settings = super().get_config()
        for name in ("x_factor", "y_factor"):
            settings[name] = _as_given(settings[name])
        return settings


def _as_given(factor: Any) -> Any:
    """The number f for a range (-f, f)."""
    pair = isinstance(factor, list | tuple) and len(factor) == 2
    return factor[1] if pair and factor[0] == -factor[1] else factor
