"""Images blurred."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_random_factor import BaseRandomFactorLayer


class RandomGaussianBlur(BaseRandomFactorLayer):
    """Some images convolved with a Gaussian, with a probability drawn within `factor`.

    Args:
        factor: a probability, or the two it is drawn between.
        kernel_size: an odd number, or two (columns, rows).
        sigma: the widths of the Gaussian, in pixels, are drawn within this.
        value_range: results are clipped to it.

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: Any = 3,
        sigma: Any = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        self.kernel_size = _two_odd(kernel_size)
        self.sigma = self._checked_range(sigma, "sigma", self._FACTOR_BOUNDS)

    def _drawn(self, data: Any, seed: Any) -> Any:
        chosen = self._chosen(data, self.factor, seed)
        low, high = self.sigma
        width = random.uniform((2,), low, high, dtype=self.compute_dtype, seed=seed) + 1e-6
        return {"should_apply_blur": chosen, "blur_factor": width}

    def _changed(self, images: Any, transformation: Any) -> Any:
        blurred = ops.image.gaussian_blur(
            images, self.kernel_size, transformation["blur_factor"], self.data_format
        )
        chosen = ops.reshape(transformation["should_apply_blur"], (-1, 1, 1, 1))
        return self._clipped(ops.where(chosen, blurred, images))


def _two_odd(size: Any) -> tuple[int, int]:
    pair = tuple(size) if isinstance(size, list | tuple) else (size, size)
    if len(pair) != 2 or not all(isinstance(one, int | float) and one % 2 == 1 for one in pair):
        raise ValueError(
            "The `kernel_size` argument should be an odd number (or a list of two odd numbers). "
            f"Received: kernel_size={size}"
        )
    return pair
