"""Colour and mixing layers against stock Keras: the same transformation, drawn here, given to both."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import bigdl_keras
from tests.keras.layers.image.color_cases import COLOR_CASES
from tests.keras.layers.image.test_color_layers import pictures, pictures_of

pytestmark = pytest.mark.parity

# Stock Keras draws inside of `transform_images`.
DRAWS_LATE = ("RandomColorJitter",)


@pytest.mark.parametrize("name", [name for name in COLOR_CASES if name not in DRAWS_LATE])
def test_images_are_stock_keras(name: str) -> None:
    ours, theirs = COLOR_CASES[name](bigdl_keras), COLOR_CASES[name](keras)
    images = pictures_of(ours)
    transformation = ours.get_random_transformation(images)
    got = ours.transform_images(images, transformation)
    expected = np.asarray(theirs.transform_images(images, transformation))
    assert got.dtype == expected.dtype
    scale = np.abs(images).max()
    np.testing.assert_allclose(got / scale, expected / scale, atol=2e-6)


@pytest.mark.parametrize("name", ["MixUp", "CutMix", "CutMix factors"])
def test_labels_are_stock_keras(name: str) -> None:
    ours, theirs = COLOR_CASES[name](bigdl_keras), COLOR_CASES[name](keras)
    transformation = ours.get_random_transformation(pictures())
    labels = np.random.default_rng(2).random((3, 5)).astype("float32")
    expected = theirs.transform_labels(labels, transformation)
    got = ours.transform_labels(labels, transformation)
    np.testing.assert_allclose(got, np.asarray(expected), rtol=1e-6)


def test_jitter_is_its_parts() -> None:
    layer = bigdl_keras.layers.RandomColorJitter((0, 255), 0.2, 0.3, 0.4, 0.5, seed=1)
    images = expected = pictures()
    transformation = layer.get_random_transformation(images)
    factors = {
        "random_brightness": keras.layers.RandomBrightness(0.2),
        "random_contrast": keras.layers.RandomContrast(0.3),
        "random_saturation": keras.layers.RandomSaturation(0.4),
        "random_hue": keras.layers.RandomHue(0.5),
    }
    for name, theirs in factors.items():
        expected = theirs.transform_images(expected, transformation[name])
    got = layer.transform_images(images, transformation)
    np.testing.assert_allclose(got, np.asarray(expected), rtol=1e-5, atol=1e-3)
