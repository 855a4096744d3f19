"""AugMix (Hendrycks et al. 2020)."""

from __future__ import annotations

import random as python_random
from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_augmenter import BaseAugmenter

_SHAPES_AND_LEVELS = (
    "random_shear",
    "random_translation",
    "random_rotation",
    "random_posterization",
    "solarization",
    "auto_contrast",
    "equalization",
)
_COLORS = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")


class AugMix(BaseAugmenter):
    """Images mixed with weighted sums of differently augmented copies.

    Which layers make up a chain is drawn, as in stock Keras, in Python: at each call on arrays, and once where a
    model is traced. The weights and what the layers draw change at each step.

    Args:
        value_range: the lowest and highest value of a pixel.
        num_chains: how many augmented copies are mixed.
        chain_depth: how many layers (or none in their place) one after another make a copy.
        factor: the strength of all layers, from 0 to 1.
        alpha: of the Dirichlet distribution of the weights, and of the beta one of the share of the original.
        all_ops: whether brightness, colour, contrast and sharpness are among the layers.
        interpolation: of the layers that move pixels.
        seed: of the random numbers.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://arxiv.org/abs/1912.02781
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            (*_SHAPES_AND_LEVELS, *_COLORS) if all_ops else _SHAPES_AND_LEVELS,
            factor,
            interpolation,
            data_format=data_format,
            value_range=value_range,
            seed=seed,
            **kwargs,
        )
        self.num_chains = num_chains
        self.chain_depth = chain_depth
        self.alpha = alpha
        self.all_ops = all_ops
        self._choices = python_random.Random(self.generator.get_config()["seed"])

    def _drawn(self, data: Any, seed: Any) -> Any:
        shares = random.gamma((self.num_chains,), self.alpha, seed=seed)
        return {
            "chain_mixing_weights": shares / ops.sum(shares),
            "weight_sample": random.beta((), self.alpha, self.alpha, seed=seed),
            "chain_transforms": [self._chain(data, seed) for _ in range(self.num_chains)],
        }

    def _chain(self, data: Any, seed: Any) -> list[dict[str, Any]]:
        names = [self._choices.choice((*self._names, None)) for _ in range(self.chain_depth)]
        return [
            {
                "layer_name": name,
                "transformation": self._part(name).get_random_transformation(data, seed=seed),
            }
            for name in names
            if name is not None
        ]

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._clipped(self._mixed("transform_images", images, transformation))

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The masks moved and mixed as their images, in the compute dtype."""
        if not training:
            return segmentation_masks
        masks = ops.cast(segmentation_masks, self.compute_dtype)
        return self._mixed("transform_segmentation_masks", masks, transformation)

    def _mixed(self, method: str, value: Any, transformation: Any) -> Any:
        """`value` mixed with what the chains make of it."""
        shares = ops.cast(transformation["chain_mixing_weights"], self.compute_dtype)
        own = ops.cast(transformation["weight_sample"], self.compute_dtype)
        total = ops.zeros_like(value)
        for number, chain in enumerate(transformation["chain_transforms"]):
            copy = value
            for step in chain:
                layer = self._part(step["layer_name"])
                copy = getattr(layer, method)(copy, step["transformation"])
            total = total + shares[number] * copy
        return own * value + (1 - own) * total
