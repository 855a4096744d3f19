"""What the colour layers of a random strength share."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer


class BaseRandomFactorLayer(BaseRandomColorLayer):
    """A colour layer whose strength, or probability, is drawn for each image.

    Args:
        factor: a number or a pair (lower, upper), within ``_FACTOR_BOUNDS``.
        value_range: the lowest and highest value of a pixel.
        data_format: "channels_last", "channels_first" or None for that of the config.
        seed: of the random numbers.
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self._set_factor(factor)
        self._set_value_range(value_range)
        self._set_seed(seed)
