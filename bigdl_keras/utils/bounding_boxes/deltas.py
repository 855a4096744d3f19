"""Boxes as differences from anchors, which detectors learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import config, ops
from bigdl_keras.utils.bounding_boxes.formats import convert_format


def encode_box_to_deltas(
    anchors: Any,
    boxes: Any,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """How boxes differ from anchors: the centres in sizes of the anchor, and the logarithms of the sizes' ratios.

    Args:
        anchors: [N, 4].
        boxes: [N, 4] or [B, N, 4].
        anchor_format: of the anchors.
        box_format: of the boxes.
        encoding_format: "center_yxhw" or "center_xywh", the order of the four differences.
        variance: four numbers that the differences are divided by.
        image_shape: (height, width, channels), for relative formats.

    Returns:
        [N, 4] or [B, N, 4].

    Raises:
        ValueError: another encoding, or not four variances.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    variance = _checked(variance, encoding_format, "encoding_format")
    height, width = _size(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, height, width)
    boxes = convert_format(boxes, box_format, encoding_format, height, width)
    anchor_sides = ops.maximum(anchors[..., 2:], config.epsilon())
    box_sides = ops.maximum(boxes[..., 2:], config.epsilon())
    away = (boxes[..., :2] - anchors[..., :2]) / anchor_sides
    deltas = ops.concatenate([away, ops.log(box_sides / anchor_sides)], axis=-1)
    return deltas if variance is None else deltas / variance


def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """The boxes that differ so from anchors: the inverse of `encode_box_to_deltas`.

    Args:
        anchors: [N, 4], or a dict of them by level.
        boxes_delta: [N, 4] or [B, N, 4], or a dict of them by level.
        anchor_format: of the anchors.
        box_format: the wanted format of the boxes.
        encoded_format: "center_yxhw" or "center_xywh", the order of the four differences.
        variance: four numbers that the differences are multiplied by.
        image_shape: (height, width, channels), for relative formats.

    Returns:
        Boxes, or a dict of them by level.

    Raises:
        ValueError: another encoding, or not four variances.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    variance = _checked(variance, encoded_format, "encoded_format")
    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        return {
            level: decode_deltas_to_boxes(
                anchor,
                boxes_delta[level],
                anchor_format,
                box_format,
                encoded_format,
                variance,
                image_shape,
            )
            for level, anchor in anchors.items()
        }
    height, width = _size(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, height, width)
    deltas = ops.convert_to_tensor(boxes_delta)
    if variance is not None:
        deltas = deltas * variance
    centre = deltas[..., :2] * anchors[..., 2:] + anchors[..., :2]
    sides = ops.exp(deltas[..., 2:]) * anchors[..., 2:]
    boxes = ops.concatenate([centre, sides], axis=-1)
    return convert_format(boxes, encoded_format, box_format, height, width)


def _checked(variance: Any, encoding: str, name: str) -> Any:
    if encoding not in ("center_xywh", "center_yxhw"):
        raise ValueError(
            f"`{name}` should be one of 'center_xywh' or 'center_yxhw'. Received: {name}={encoding}"
        )
    if variance is None:
        return None
    variance = ops.cast(variance, "float32")
    if variance.shape[-1] != 4:
        raise ValueError(f"`variance` must be length 4. Received: variance={variance}")
    return variance


def _size(image_shape: Sequence[int] | None) -> tuple[int | None, int | None]:
    return (None, None) if image_shape is None else (image_shape[0], image_shape[1])
