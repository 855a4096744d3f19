"""Formats of bounding boxes."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops

SUPPORTED_FORMATS = (
    "xyxy",
    "yxyx",
    "xywh",
    "center_xywh",
    "center_yxhw",
    "rel_xyxy",
    "rel_yxyx",
    "rel_xywh",
    "rel_center_xywh",
)
_ROWS_FIRST = ("yxyx", "center_yxhw")


def convert_format(
    boxes: Any,
    source: str,
    target: str,
    height: Any = None,
    width: Any = None,
    dtype: Any = "float32",
) -> Any:
    """Boxes of one format in another one.

    The formats, in upper or lower case: "xyxy" (left, top, right, bottom), "yxyx" (top, left, bottom, right),
    "xywh" (left, top, width, height), "center_xywh", "center_yxhw", and with "rel_" before all but the last the
    same in shares of the image's width and height.

    Args:
        boxes: [..., 4], or a dict with that as "boxes", which comes back as a dict.
        source: their format.
        target: the wanted format.
        height: of the image (or [..., 1], one for each box); needed between relative and other formats.
        width: of the image, likewise.
        dtype: of the result.

    Raises:
        ValueError: an unknown format, boxes without four numbers, or a size that is missing.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    if isinstance(boxes, dict):
        converted = convert_format(boxes["boxes"], source, target, height, width, dtype)
        return {**boxes, "boxes": converted}
    boxes = ops.cast(boxes, dtype)
    if len(boxes.shape) == 0 or boxes.shape[-1] != 4:
        raise ValueError(
            f"`boxes` must be a tensor with the last dimension of 4. Received: boxes.shape={tuple(boxes.shape)}"
        )
    source, target = source.lower(), target.lower()
    for name in (source, target):
        if name not in SUPPORTED_FORMATS:
            raise ValueError(
                f"Invalid source or target format {name!r}. Supported formats: {SUPPORTED_FORMATS}"
            )
    relative = source.startswith("rel_"), target.startswith("rel_")
    if any(relative) and (width is None or height is None):
        raise ValueError(
            "convert_format() must receive `height` and `width` transforming between relative and absolute formats. "
            f"Received: source={source}, target={target}, height={height} and width={width}"
        )
    if source == target:
        return boxes
    corners = _to_corners(ops.split(boxes, 4, axis=-1), source.removeprefix("rel_"))
    if relative[0] != relative[1]:
        sizes = [ops.cast(side, dtype) for side in (width, height, width, height)]
        change = ops.multiply if relative[0] else ops.divide
        corners = [change(at, size) for at, size in zip(corners, sizes, strict=True)]
    return ops.concatenate(_from_corners(corners, target.removeprefix("rel_")), axis=-1)


def _to_corners(parts: list[Any], layout: str) -> list[Any]:
    """Left, top, right and bottom."""
    x, y, right, bottom = _swapped(parts) if layout in _ROWS_FIRST else parts
    if layout.startswith("center_"):
        half_width, half_height = right / 2, bottom / 2
        return [x - half_width, y - half_height, x + half_width, y + half_height]
    if layout == "xywh":
        return [x, y, x + right, y + bottom]
    return [x, y, right, bottom]


def _from_corners(corners: list[Any], layout: str) -> list[Any]:
    left, top, right, bottom = corners
    parts = corners
    if "w" in layout:
        width, height = right - left, bottom - top
        parts = [left, top, width, height]
        if layout.startswith("center_"):
            parts = [left + width / 2, top + height / 2, width, height]
    return _swapped(parts) if layout in _ROWS_FIRST else parts


def _swapped(parts: list[Any]) -> list[Any]:
    first, second, third, fourth = parts
    return [second, first, fourth, third]
