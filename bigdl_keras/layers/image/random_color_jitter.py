"""Brightness, contrast, saturation and hue changed one after another."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer
from bigdl_keras.layers.image.random_brightness import RandomBrightness
from bigdl_keras.layers.image.random_contrast import RandomContrast
from bigdl_keras.layers.image.random_hue import RandomHue
from bigdl_keras.layers.image.random_saturation import RandomSaturation


class RandomColorJitter(BaseRandomColorLayer):
    """`RandomBrightness`, `RandomContrast`, `RandomSaturation` and `RandomHue`, those that have a factor.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = value_range
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        self._set_seed(seed)
        self.random_brightness = self._part(RandomBrightness, brightness_factor)
        self.random_contrast = self._part(RandomContrast, contrast_factor)
        self.random_saturation = self._part(RandomSaturation, saturation_factor)
        self.random_hue = self._part(RandomHue, hue_factor)

    def _part(self, cls: type[Any], factor: Any) -> Any:
        if factor is None:
            return None
        return cls(
            factor=factor,
            value_range=self.value_range,
            seed=self.seed,
            data_format=self.data_format,
            dtype=self.dtype_policy,
        )

    def _parts(self) -> dict[str, Any]:
        """The layers in use, in order."""
        names = ("random_brightness", "random_contrast", "random_saturation", "random_hue")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def _drawn(self, data: Any, seed: Any) -> Any:
        return {
            name: layer.get_random_transformation(data, seed=seed)
            for name, layer in self._parts().items()
        }

    def _changed(self, images: Any, transformation: Any) -> Any:
        for name, layer in self._parts().items():
            images = layer.transform_images(images, transformation[name])
        return images
