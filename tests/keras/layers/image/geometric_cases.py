"""Layers that move pixels, made by the same function from either library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GEOMETRIC_CASES: dict[str, Callable[..., Any]] = {
    "Resizing": lambda k, **more: k.layers.Resizing(5, 4, **more),
    "Resizing cropped": lambda k, **more: k.layers.Resizing(
        6, 13, "bicubic", crop_to_aspect_ratio=True, **more
    ),
    "Resizing padded": lambda k, **more: k.layers.Resizing(
        12, 6, "nearest", pad_to_aspect_ratio=True, fill_value=3.0, antialias=True, **more
    ),
    "CenterCrop": lambda k, **more: k.layers.CenterCrop(4, 5, **more),
    "CenterCrop enlarged": lambda k, **more: k.layers.CenterCrop(11, 7, **more),
    "RandomCrop": lambda k, **more: k.layers.RandomCrop(4, 5, seed=1, **more),
    "RandomCrop enlarged": lambda k, **more: k.layers.RandomCrop(6, 14, seed=1, **more),
    "RandomFlip": lambda k, **more: k.layers.RandomFlip(seed=3, **more),
    "RandomFlip horizontal": lambda k, **more: k.layers.RandomFlip("horizontal", seed=3, **more),
    "RandomFlip vertical": lambda k, **more: k.layers.RandomFlip("vertical", seed=3, **more),
    "RandomRotation": lambda k, **more: k.layers.RandomRotation(0.4, seed=1, **more),
    "RandomRotation wrap, nearest": lambda k, **more: k.layers.RandomRotation(
        (-0.1, 0.2), "wrap", "nearest", seed=1, **more
    ),
    "RandomTranslation": lambda k, **more: k.layers.RandomTranslation(0.3, 0.4, seed=1, **more),
    "RandomTranslation constant": lambda k, **more: k.layers.RandomTranslation(
        (0.1, 0.3), (-0.4, 0.2), "constant", fill_value=7.0, seed=1, **more
    ),
    "RandomZoom": lambda k, **more: k.layers.RandomZoom(0.4, seed=1, **more),
    "RandomZoom nearest": lambda k, **more: k.layers.RandomZoom(
        (-0.3, 0.1), (0.2, 0.5), "nearest", seed=1, **more
    ),
    "RandomShear": lambda k, **more: k.layers.RandomShear(0.3, 0.2, seed=1, **more),
    "RandomShear constant": lambda k, **more: k.layers.RandomShear(
        (0.1, 0.5), (0, 0.2), "nearest", "constant", 2.0, seed=1, **more
    ),
    "RandomPerspective": lambda k, **more: k.layers.RandomPerspective(seed=1, **more),
    "RandomPerspective some": lambda k, **more: k.layers.RandomPerspective(
        (0.3, 0.7), 0.5, "nearest", 5.0, seed=2, **more
    ),
    "RandomElasticTransform": lambda k, **more: k.layers.RandomElasticTransform(seed=2, **more),
    "RandomElasticTransform some": lambda k, **more: k.layers.RandomElasticTransform(
        (0.4, 0.6), (0.5, 0.9), "nearest", "mirror", 1.0, (0, 200), seed=1, **more
    ),
}
