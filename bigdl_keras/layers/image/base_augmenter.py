"""What the layers that choose among other image layers share."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.auto_contrast import AutoContrast
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer
from bigdl_keras.layers.image.equalization import Equalization
from bigdl_keras.layers.image.random_brightness import RandomBrightness
from bigdl_keras.layers.image.random_color_degeneration import RandomColorDegeneration
from bigdl_keras.layers.image.random_contrast import RandomContrast
from bigdl_keras.layers.image.random_posterization import RandomPosterization
from bigdl_keras.layers.image.random_rotation import RandomRotation
from bigdl_keras.layers.image.random_sharpness import RandomSharpness
from bigdl_keras.layers.image.random_shear import RandomShear
from bigdl_keras.layers.image.random_translation import RandomTranslation
from bigdl_keras.layers.image.solarization import Solarization


class BaseAugmenter(BaseRandomFactorLayer):
    """A layer that applies other image layers, all of the strength `factor`."""

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self, names: tuple[str, ...], factor: Any, interpolation: str, **kwargs: Any
    ) -> None:
        super().__init__(factor, **kwargs)
        self.interpolation = interpolation
        self._names = names
        self._make_parts()

    def _make_parts(self) -> None:
        """Make the layers of `names`, as attributes."""
        factor = self.factor
        moved = {"interpolation": self.interpolation}
        colored = {"value_range": self.value_range}
        seeded = {"seed": self.seed}
        classes: dict[str, tuple[type[Any], dict[str, Any]]] = {
            "random_shear": (
                RandomShear,
                {"x_factor": factor, "y_factor": factor, **moved, **seeded},
            ),
            "random_translation": (
                RandomTranslation,
                {"height_factor": factor, "width_factor": factor, **moved, **seeded},
            ),
            "random_rotation": (RandomRotation, {"factor": factor, **moved, **seeded}),
            "random_brightness": (RandomBrightness, {"factor": factor, **colored, **seeded}),
            "random_color_degeneration": (
                RandomColorDegeneration,
                {"factor": factor, **colored, **seeded},
            ),
            "random_contrast": (RandomContrast, {"factor": factor, **colored, **seeded}),
            "random_sharpness": (RandomSharpness, {"factor": factor, **colored, **seeded}),
            "solarization": (
                Solarization,
                {"addition_factor": factor, "threshold_factor": factor, **colored, **seeded},
            ),
            "random_posterization": (
                RandomPosterization,
                {"factor": max(1, int(8 * factor[1])), **colored, **seeded},
            ),
            "auto_contrast": (AutoContrast, colored),
            "equalization": (Equalization, colored),
        }
        for name in self._names:
            cls, arguments = classes[name]
            part = cls(
                **arguments,
                data_format=self.data_format,
                bounding_box_format=self.bounding_box_format,
                dtype=self.dtype_policy,
            )
            setattr(self, name, part)

    def _part(self, name: str) -> Any:
        return getattr(self, name)
