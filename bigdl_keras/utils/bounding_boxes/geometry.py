"""Bounding boxes moved with their image."""

from __future__ import annotations

from math import pi
from typing import Any

from bigdl_keras import ops


def clip_to_image_size(
    bounding_boxes: dict[str, Any],
    height: Any = None,
    width: Any = None,
    bounding_box_format: str = "xyxy",
) -> dict[str, Any]:
    """Boxes cut off at the borders of the image; what is left without area is labelled -1.

    Args:
        bounding_boxes: a dict of "boxes" [..., N, 4] and, if there are any, "labels" [..., N].
        height: of the image; needed for "xyxy".
        width: of the image, likewise.
        bounding_box_format: "xyxy" or "rel_xyxy".

    Raises:
        NotImplementedError: another format.
        ValueError: a size that is missing.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    _check_format(bounding_box_format, ("xyxy", "rel_xyxy"))
    if bounding_box_format == "rel_xyxy":
        height, width = 1.0, 1.0
    elif height is None or width is None:
        raise ValueError("`height` and `width` must be set if `format='xyxy'`.")
    boxes = _clipped(bounding_boxes["boxes"], height, width)
    result = {**bounding_boxes, "boxes": boxes}
    labels = bounding_boxes.get("labels")
    if labels is not None:
        left, top, right, bottom = ops.unstack(boxes, axis=-1)
        seen = (right - left) * (bottom - top) > 0
        if len(labels.shape) == len(boxes.shape):
            seen = ops.expand_dims(seen, -1)
        result["labels"] = ops.where(seen, labels, ops.cast(-1, labels.dtype))
    return result


def affine_transform(
    boxes: Any,
    angle: Any,
    translate_x: Any,
    translate_y: Any,
    scale: Any,
    shear_x: Any,
    shear_y: Any,
    height: Any,
    width: Any,
    center_x: Any = None,
    center_y: Any = None,
    bounding_box_format: str = "xyxy",
) -> Any:
    """The boxes around boxes that were turned, sheared, scaled and moved.

    Args:
        boxes: [B, N, 4], or [N, 4].
        angle: in degrees; this and the next five are [B] (or [1]).
        translate_x: as a share of the width.
        translate_y: as a share of the height.
        scale: the factor for sizes.
        shear_x: in degrees.
        shear_y: in degrees.
        height: of the image.
        width: of the image.
        center_x: what stays where it is, as a share of the width; 0.5 for None.
        center_y: likewise.
        bounding_box_format: "xyxy".

    Raises:
        NotImplementedError: another format.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    _check_format(bounding_box_format, ("xyxy",))
    turn, slant_x, slant_y = (
        ops.cast(x, "float32") * (pi / 180) for x in (angle, shear_x, shear_y)
    )
    x_middle = (0.5 if center_x is None else center_x) * (width - 1)
    y_middle = (0.5 if center_y is None else center_y) * (height - 1)
    along, across = ops.cos(turn - slant_y), ops.sin(turn - slant_y)
    along, across = along / ops.cos(slant_y), across / ops.cos(slant_y)
    a0 = scale * (ops.cos(turn) + across * ops.tan(slant_x))
    a1 = scale * (ops.sin(turn) + along * ops.tan(slant_x))
    b0, b1 = -scale * across, scale * along
    from_x = x_middle - translate_x * (width - 1)
    from_y = y_middle - translate_y * (height - 1)
    a2 = x_middle - a0 * from_x - a1 * from_y
    b2 = y_middle - b0 * from_x - b1 * from_y
    a0, a1, a2, b0, b1, b2 = (ops.reshape(entry, (-1, 1)) for entry in (a0, a1, a2, b0, b1, b2))

    def moved(x: Any, y: Any) -> tuple[Any, Any]:
        return a0 * x + a1 * y + a2, b0 * x + b1 * y + b2

    boxes = ops.cast(boxes, "float32")
    single = len(boxes.shape) == 2
    result = around_corners(ops.expand_dims(boxes, 0) if single else boxes, moved)
    return ops.squeeze(result, 0) if single else result


def around_corners(boxes: Any, moved: Any) -> Any:
    """The boxes around boxes [B, N, 4] whose corners go where ``moved(x, y)`` says."""
    left, top, right, bottom = ops.unstack(boxes, axis=-1)
    corners = [moved(x, y) for x in (left, right) for y in (top, bottom)]
    xs, ys = (ops.stack(list(part), axis=-1) for part in zip(*corners, strict=True))
    return ops.stack([ops.min(xs, -1), ops.min(ys, -1), ops.max(xs, -1), ops.max(ys, -1)], axis=-1)


def crop(
    boxes: Any, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy"
) -> Any:
    """Boxes seen from a part of the image, and cut off at its borders.

    Args:
        boxes: [..., 4].
        top: the first row of the part.
        left: its first column.
        height: its height.
        width: its width.
        bounding_box_format: "xyxy".

    Raises:
        NotImplementedError: another format.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    _check_format(bounding_box_format, ("xyxy",))
    return _clipped(_shifted(boxes, -left, -top), height, width)


def pad(
    boxes: Any,
    top: Any,
    left: Any,
    height: Any = None,
    width: Any = None,
    bounding_box_format: str = "xyxy",
) -> Any:
    """Boxes seen from an image with `top` rows above and `left` columns before.

    The boxes' place does not depend on what follows after the image: `height` and `width` are there as in Keras.

    Raises:
        NotImplementedError: a format other than "xyxy".

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    del height, width
    _check_format(bounding_box_format, ("xyxy",))
    return _shifted(boxes, left, top)


def _check_format(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise NotImplementedError(
            f"boxes must be in one of the formats {known} here; use `convert_format`. Received: {name!r}"
        )


def _shifted(boxes: Any, right: Any, down: Any) -> Any:
    x1, y1, x2, y2 = ops.split(boxes, 4, axis=-1)
    return ops.concatenate([x1 + right, y1 + down, x2 + right, y2 + down], axis=-1)


def _clipped(boxes: Any, height: Any, width: Any) -> Any:
    x1, y1, x2, y2 = ops.split(boxes, 4, axis=-1)
    width, height = (ops.cast(side, x1.dtype) for side in (width, height))
    return ops.concatenate(
        [
            ops.clip(x1, 0, width),
            ops.clip(y1, 0, height),
            ops.clip(x2, 0, width),
            ops.clip(y2, 0, height),
        ],
        axis=-1,
    )
