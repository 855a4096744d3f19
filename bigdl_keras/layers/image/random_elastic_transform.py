"""Images bent at random."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_geometric import BaseGeometricLayer
from bigdl_keras.ops.image.warping import bent
from bigdl_keras.random import draw_seed


class RandomElasticTransform(BaseGeometricLayer):
    """Bends each image by a smooth random field of its own.

    Args:
        factor: the probability that an image is changed, or (lower, upper) to draw it from, from 0 to 1.
        scale: how strong, or (lower, upper) to draw it from for each batch, from 0 to 1.
        interpolation: "bilinear" or "nearest".
        fill_mode: what is outside: "reflect", "mirror", "wrap", "constant" or "nearest".
        fill_value: the value of "constant".
        value_range: the smallest and the largest value of a pixel.
        seed: an int or None.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_elastic_transform/
    """

    _USE_BASE_FACTOR = False
    _FACTOR_BOUNDS = (0, 1)
    _FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self._set_factor(factor)
        self.scale = self._checked_range(scale, "scale", self._FACTOR_BOUNDS)
        self._set_sampling(interpolation, fill_mode, fill_value)
        self.value_range = value_range
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """``apply_transform`` [B], ``distortion_factor``, and the ``seed`` of the fields."""
        if not training or self.scale[1] == 0 or self.factor[1] == 0:
            return None
        batch, _, _ = self._batch_height_width(data)
        seed = self._seed_or_own(seed)
        apply = self._chosen(batch, seed)
        distortion = random.uniform((), *self.scale, seed=seed, dtype=self.compute_dtype)
        # A key, and not the generator: masks are bent by the same fields.
        return {
            "apply_transform": apply,
            "distortion_factor": distortion,
            "seed": draw_seed(seed),
        }

    def get_elastic_transform_params(self, height: int, width: int, factor: Any) -> tuple[Any, Any]:
        """``alpha`` and ``sigma`` of `ops.image.elastic_transform`."""
        return max(height, width) * 0.1 * factor, min(height, width) * 0.05 * factor

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """Bend, within the range of values."""
        images = super().transform_images(images, transformation, training)
        if not training or transformation is None:
            return images
        return ops.clip(images, *self.value_range)

    def _transform_images(self, images: Any, transformation: Any, interpolation: str) -> Any:
        height, width = images.shape[self.height_axis], images.shape[self.width_axis]
        if not isinstance(height, int) or not isinstance(width, int):
            raise ValueError(
                "RandomElasticTransform requires the input to have a fully defined height and width. "
                f"Received: images.shape={tuple(images.shape)}"
            )
        factor = ops.cast(transformation["distortion_factor"], "float32")
        alpha, sigma = self.get_elastic_transform_params(height, width, factor)
        moved = bent(
            images,
            alpha,
            sigma,
            self.get_elastic_transform_params(height, width, self.scale[1])[1],
            interpolation,
            self.fill_mode,
            self.fill_value,
            transformation["seed"],
            self.data_format,
        )
        apply = transformation["apply_transform"]
        return ops.where(ops.reshape(apply, (-1, *(1,) * (images.ndim - 1))), moved, images)
