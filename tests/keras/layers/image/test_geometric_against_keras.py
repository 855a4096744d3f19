"""Layers that move pixels against stock Keras: the same transformation, drawn here, given to both."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from tests.keras.layers.image.geometric_cases import GEOMETRIC_CASES
from tests.keras.layers.image.test_geometric_layers import boxes, masks, pictures

pytestmark = pytest.mark.parity

# Its fields are drawn inside of `transform_images`.
COMPARED = [name for name in GEOMETRIC_CASES if "Elastic" not in name]
# Stock Keras has the boxes of these wrong: it mixes up rows and columns, or formats.
OWN_BOXES = ("RandomCrop",)


def pair(name: str, **more: Any) -> tuple[Any, Any, Any, Any]:
    """Our layer and theirs, and a transformation in the form of each."""
    ours = GEOMETRIC_CASES[name](bigdl_keras, **more)
    theirs = GEOMETRIC_CASES[name](keras, **more)
    images = pictures()
    if more.get("data_format") == "channels_first":
        images = images.transpose(0, 3, 1, 2)
    drawn = ours.get_random_transformation(images)
    known = drawn[:2] if name.startswith("RandomCrop") else drawn
    arrays = keras.tree.map_structure(
        lambda leaf: keras.ops.convert_to_tensor(leaf) if np.ndim(leaf) else leaf, known
    )
    return ours, theirs, drawn, arrays


@pytest.mark.parametrize("name", COMPARED)
def test_images_and_masks_are_stock_keras(name: str) -> None:
    ours, theirs, drawn, given = pair(name)
    for method, values in (
        ("transform_images", pictures()),
        ("transform_segmentation_masks", masks()),
    ):
        got = getattr(ours, method)(values, drawn)
        expected = np.asarray(getattr(theirs, method)(keras.ops.convert_to_tensor(values), given))
        assert got.dtype == expected.dtype
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=2e-2 / 255 * values.max())


@pytest.mark.parametrize(
    "name",
    ["Resizing", "CenterCrop", "RandomCrop", "RandomFlip", "RandomZoom", "RandomPerspective"],
)
def test_channels_first_is_stock_keras(name: str) -> None:
    ours, theirs, drawn, given = pair(name, data_format="channels_first")
    images = np.ascontiguousarray(pictures().transpose(0, 3, 1, 2))
    expected = np.asarray(theirs.transform_images(keras.ops.convert_to_tensor(images), given))
    np.testing.assert_allclose(ours.transform_images(images, drawn), expected, atol=2e-2)


@pytest.mark.parametrize("name", [n for n in COMPARED if not n.startswith(OWN_BOXES)])
def test_boxes_are_stock_keras(name: str) -> None:
    ours, theirs, drawn, given = pair(name, bounding_box_format="xyxy")
    expected = theirs.transform_bounding_boxes(
        keras.tree.map_structure(keras.ops.convert_to_tensor, boxes()), given
    )
    got = ours.transform_bounding_boxes(boxes(), drawn)
    np.testing.assert_allclose(got["boxes"], expected["boxes"], rtol=1e-5, atol=2e-4)
    np.testing.assert_array_equal(got["labels"], expected["labels"])
