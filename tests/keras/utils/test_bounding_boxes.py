"""``keras.utils.bounding_boxes``: known values, inverses, and stock Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras.utils import bounding_boxes
from bigdl_keras.utils.bounding_boxes.dense import densify_bounding_boxes
from bigdl_keras.utils.bounding_boxes.formats import SUPPORTED_FORMATS

HEIGHT, WIDTH = 40, 50
BOXES = np.array([[10, 5, 30, 25], [0, 0, 50, 40], [-5, 10, 12, 60]], "float32")
BATCH = np.stack([BOXES, BOXES[::-1] + 3])
LABELS = np.array([[1, 2, 3], [4, 5, 6]])

KNOWN = {
    "xyxy": [10, 5, 30, 25],
    "yxyx": [5, 10, 25, 30],
    "xywh": [10, 5, 20, 20],
    "center_xywh": [20, 15, 20, 20],
    "center_yxhw": [15, 20, 20, 20],
    "rel_xyxy": [0.2, 0.125, 0.6, 0.625],
    "rel_yxyx": [0.125, 0.2, 0.625, 0.6],
    "rel_xywh": [0.2, 0.125, 0.4, 0.5],
    "rel_center_xywh": [0.4, 0.375, 0.4, 0.5],
}


@pytest.mark.parametrize("source", SUPPORTED_FORMATS)
@pytest.mark.parametrize("target", SUPPORTED_FORMATS)
def test_formats(source: str, target: str) -> None:
    got = bounding_boxes.convert_format(
        np.array([KNOWN[source]]), source.upper(), target, HEIGHT, WIDTH
    )
    np.testing.assert_allclose(got, [KNOWN[target]], rtol=1e-6)
    assert got.dtype == np.float32


def test_dicts_come_back_as_new_dicts() -> None:
    given = {"boxes": BOXES, "labels": LABELS[0]}
    got = bounding_boxes.convert_format(given, "xyxy", "yxyx")
    np.testing.assert_array_equal(got["boxes"][:, 0], BOXES[:, 1])
    assert got["labels"] is given["labels"]
    assert given["boxes"] is BOXES


def test_traced_is_eager() -> None:
    inputs = bigdl_keras.Input((3, 4))
    outputs = bounding_boxes.convert_format(inputs, "xyxy", "rel_center_xywh", HEIGHT, WIDTH)
    got = bigdl_keras.Model(inputs, outputs).predict(BATCH, verbose=0)
    expected = bounding_boxes.convert_format(BATCH, "xyxy", "rel_center_xywh", HEIGHT, WIDTH)
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_overlap_of_known_boxes() -> None:
    one = np.array([[0, 0, 4, 4], [10, 10, 12, 12]], "float32")
    other = np.array([[2, 0, 6, 4], [0, 0, 4, 4], [-1, -1, -1, -1]], "float32")
    iou = bounding_boxes.compute_iou(one, other, "xyxy")
    np.testing.assert_allclose(iou, [[1 / 3, 1, 0], [0, 0, 0]], atol=1e-6)
    masked = bounding_boxes.compute_iou(one, other, "xyxy", use_masking=True, mask_val=-7)
    np.testing.assert_allclose(masked[:, 2], -7)
    # Centres 2 apart, in a hull of 6 by 4; of one form.
    ciou = bounding_boxes.compute_ciou(one[:1], other[:1], "xyxy")
    np.testing.assert_allclose(ciou, [1 / 3 - 4 / 52], atol=1e-5)


@pytest.mark.parametrize("encoding", ["center_xywh", "center_yxhw"])
def test_decoding_undoes_encoding(encoding: str) -> None:
    anchors = np.array([[0.1, 0.1, 0.5, 0.6], [0.2, 0.3, 0.9, 0.8], [0, 0, 1, 1]], "float32")
    settings = (encoding, [0.1, 0.1, 0.2, 0.2], (HEIGHT, WIDTH, 3))
    boxes = np.abs(BATCH) + np.array([0, 0, 40, 30], "float32")
    deltas = bounding_boxes.encode_box_to_deltas(anchors, boxes, "rel_xyxy", "xyxy", *settings)
    levels = bounding_boxes.decode_deltas_to_boxes(
        {"low": anchors}, {"low": deltas}, "rel_xyxy", "xyxy", *settings
    )
    np.testing.assert_allclose(levels["low"], boxes, rtol=1e-4, atol=1e-3)


def test_lists_are_filled_up() -> None:
    got = densify_bounding_boxes(
        {"boxes": [[[1, 2, 3, 4], [5, 6, 7, 8]], [[0, 1, 2, 3]]], "labels": [[1, 2], [3]]}
    )
    assert got["boxes"].shape == (2, 2, 4)
    np.testing.assert_array_equal(got["boxes"][1, 1], 0)
    np.testing.assert_array_equal(got["labels"], [[1, 2], [3, -1]])


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda b: b.convert_format(BOXES, "xyxy", "nothing"), ValueError),
        (lambda b: b.convert_format(BOXES[:, :3], "xyxy", "yxyx"), ValueError),
        (lambda b: b.convert_format(BOXES, "xyxy", "rel_xyxy"), ValueError),
        (lambda b: b.clip_to_image_size({"boxes": BOXES}, 3), ValueError),
        (lambda b: b.clip_to_image_size({"boxes": BOXES}, 3, 4, "xywh"), NotImplementedError),
        (lambda b: b.crop(BOXES, 1, 1, 2, 2, "yxyx"), NotImplementedError),
        (lambda b: b.pad(BOXES, 1, 1, bounding_box_format="yxyx"), NotImplementedError),
        (lambda b: b.compute_iou(BOXES[0], BOXES, "xyxy"), ValueError),
        (lambda b: b.compute_iou(BOXES, BOXES, "rel_xyxy"), ValueError),
        (lambda b: b.compute_ciou(BOXES, BOXES, "rel_xyxy"), ValueError),
        (lambda b: b.encode_box_to_deltas(BOXES, BOXES, "xyxy", "xyxy", "xyxy"), ValueError),
        (
            lambda b: b.encode_box_to_deltas(BOXES, BOXES, "xyxy", "xyxy", variance=[1, 2]),
            ValueError,
        ),
    ],
)
def test_errors_are_of_the_kind_stock_keras_raises(call: Any, error: type[Exception]) -> None:
    for module in (keras.utils.bounding_boxes, bounding_boxes):
        with pytest.raises(error):
            call(module)


TURNS = [
    np.array(x, "float32") for x in ([20, -70], [0.1, -0.2], [0, 0.3], [1.2, 0.7], [9, 0], [-5, 12])
]

COMPARED: dict[str, Any] = {
    "clip_to_image_size": lambda b: b.clip_to_image_size(
        {"boxes": BATCH, "labels": LABELS}, HEIGHT, WIDTH
    ),
    "clip_to_image_size relative": lambda b: b.clip_to_image_size(
        {"boxes": BATCH / 40, "labels": LABELS}, bounding_box_format="rel_xyxy"
    ),
    "affine_transform": lambda b: b.affine_transform(BATCH, *TURNS, HEIGHT, WIDTH),
    "affine_transform off centre": lambda b: b.affine_transform(
        BATCH, *TURNS, HEIGHT, WIDTH, center_x=0.2, center_y=0.9
    ),
    "crop": lambda b: b.crop(BATCH, 4, 6, 20, 30),
    "pad": lambda b: b.pad(BATCH, 4, 6),
    "compute_iou": lambda b: b.compute_iou(BATCH, BATCH[::-1], "xywh"),
    "compute_iou mixed ranks, masked": lambda b: (
        b.compute_iou(BATCH - 20, BOXES, "yxyx", use_masking=True)
        if b is bounding_boxes
        else b.compute_iou(BATCH - 20, BATCH[:1].repeat(2, 0), "yxyx", use_masking=True)
    ),
    "compute_iou relative": lambda b: b.compute_iou(
        BOXES / 50, BATCH / 50, "rel_xyxy", image_shape=(HEIGHT, WIDTH, 3)
    ),
    "compute_ciou": lambda b: b.compute_ciou(BATCH, BATCH[::-1] + 2, "xyxy"),
    "encode_box_to_deltas": lambda b: b.encode_box_to_deltas(
        BOXES[::-1], BATCH, "center_xywh", "xywh", variance=[0.1, 0.1, 0.2, 0.2]
    ),
    "decode_deltas_to_boxes": lambda b: b.decode_deltas_to_boxes(
        BOXES, BATCH / 50, "xyxy", "rel_yxyx", image_shape=(HEIGHT, WIDTH, 3)
    ),
}


@pytest.mark.parity
@pytest.mark.parametrize("name", COMPARED)
def test_stock_keras(name: str) -> None:
    expected = keras.tree.flatten(COMPARED[name](keras.utils.bounding_boxes))
    got = bigdl_keras.tree.flatten(COMPARED[name](bounding_boxes))
    for y, reference in zip(got, expected, strict=True):
        np.testing.assert_allclose(y, np.asarray(reference), rtol=1e-5, atol=1e-4)
