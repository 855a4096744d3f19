"""Colour and mixing layers, made by the same function from either library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

COLOR_CASES: dict[str, Callable[[Any], Any]] = {
    "AutoContrast": lambda k: k.layers.AutoContrast(),
    "AutoContrast 0 to 1": lambda k: k.layers.AutoContrast(value_range=(0, 1)),
    "CLAHE": lambda k: k.layers.ContrastLimitedAdaptiveHistogramEqualization(
        tile_grid_size=(2, 3), clip_limit=2.0
    ),
    "CLAHE no limit": lambda k: k.layers.ContrastLimitedAdaptiveHistogramEqualization(
        value_range=(0, 1), tile_grid_size=(5, 2), clip_limit=0
    ),
    "CutMix": lambda k: k.layers.CutMix(0.7, seed=1),
    "CutMix factors": lambda k: k.layers.CutMix((0.3, 0.9), seed=2),
    "MixUp": lambda k: k.layers.MixUp(0.4, seed=1),
    "Equalization": lambda k: k.layers.Equalization(),
    "Equalization 0 to 1": lambda k: k.layers.Equalization(value_range=(0, 1), bins=32),
    "RandomBrightness": lambda k: k.layers.RandomBrightness(0.4, seed=1),
    "RandomBrightness -1 to 1": lambda k: k.layers.RandomBrightness(
        (-0.1, 0.6), value_range=(-1, 1), seed=1
    ),
    "RandomColorDegeneration": lambda k: k.layers.RandomColorDegeneration(0.8, seed=1),
    "RandomContrast": lambda k: k.layers.RandomContrast(0.6, seed=1),
    "RandomContrast 0 to 1": lambda k: k.layers.RandomContrast(
        (0.2, 0.7), value_range=(0, 1), seed=1
    ),
    "RandomErasing": lambda k: k.layers.RandomErasing((0.5, 1.0), seed=1),
    "RandomErasing to a value": lambda k: k.layers.RandomErasing(
        1.0, scale=(0.2, 0.5), fill_value=7, seed=1
    ),
    "RandomErasing to a colour": lambda k: k.layers.RandomErasing(
        1.0, scale=(0.2, 0.5), fill_value=[3, 2, 1], value_range=(0, 2), seed=1
    ),
    "RandomGaussianBlur": lambda k: k.layers.RandomGaussianBlur((0.4, 1.0), seed=1),
    "RandomGaussianBlur oblong": lambda k: k.layers.RandomGaussianBlur(
        1.0, kernel_size=(5, 3), sigma=(0.2, 0.9), seed=1
    ),
    "RandomGrayscale": lambda k: k.layers.RandomGrayscale(0.6),
    "RandomHue": lambda k: k.layers.RandomHue(0.9, seed=1),
    "RandomHue 0 to 1": lambda k: k.layers.RandomHue((0.2, 0.4), value_range=(0, 1), seed=1),
    "RandomInvert": lambda k: k.layers.RandomInvert((0.3, 0.8), seed=1),
    "RandomPosterization": lambda k: k.layers.RandomPosterization((2, 6), seed=1),
    "RandomPosterization 0 to 1": lambda k: k.layers.RandomPosterization(
        (3, 3), value_range=(0, 1), seed=1
    ),
    "RandomSaturation": lambda k: k.layers.RandomSaturation((0.1, 0.8), seed=1),
    "RandomSharpness": lambda k: k.layers.RandomSharpness(0.9, seed=1),
    "Solarization": lambda k: k.layers.Solarization(0.3, (0.2, 0.6), seed=1),
    "Solarization 0 to 1": lambda k: k.layers.Solarization(
        (0.1, 0.2), 0.5, value_range=(0, 1), seed=1
    ),
    "RandomColorJitter": lambda k: k.layers.RandomColorJitter(
        brightness_factor=0.3, contrast_factor=0.4, saturation_factor=(0.3, 0.6), seed=1
    ),
    "RandAugment": lambda k: k.layers.RandAugment(factor=0.4, num_ops=3, seed=1),
    "AugMix": lambda k: k.layers.AugMix(num_chains=2, factor=0.4, alpha=0.8, seed=1),
    "AugMix some": lambda k: k.layers.AugMix(all_ops=False, value_range=(0, 1), seed=1),
}
