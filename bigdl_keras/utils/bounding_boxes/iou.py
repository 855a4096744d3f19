"""How much boxes overlap."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from typing import Any

from bigdl_keras import config, ops
from bigdl_keras.utils.bounding_boxes.formats import convert_format


def compute_iou(
    boxes1: Any,
    boxes2: Any,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """Intersection over union of each box with each other one.

    Args:
        boxes1: [M, 4] or [B, M, 4].
        boxes2: [N, 4] or [B, N, 4].
        bounding_box_format: of both, in upper or lower case.
        use_masking: whether pairs with a box of negative numbers only get `mask_val`.
        mask_val: for those.
        image_shape: (height, width, channels), for relative formats.

    Returns:
        [M, N], or [B, M, N] where one of the two has a batch.

    Raises:
        ValueError: another rank, or a relative format without `image_shape`.

    Source: https://keras.io/api/utils/bounding_boxes/
    """
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        if len(ops.shape(boxes)) not in (2, 3):
            raise ValueError(
                f"compute_iou() expects {name} to be batched or unbatched, with rank 3 or 2. "
                f"Received: len({name}.shape)={len(ops.shape(boxes))}"
            )
    first = _corners(boxes1, bounding_box_format, image_shape)
    second = _corners(boxes2, bounding_box_format, image_shape)
    # [..., M, 1] and [..., 1, N].
    rows, columns = ops.expand_dims(first, -2), ops.expand_dims(second, -3)
    shared, total = _shared_and_total(ops.unstack(rows, axis=-1), ops.unstack(columns, axis=-1))
    ratio = shared / (total + config.epsilon())
    if not use_masking:
        return ratio
    absent = ops.logical_or(ops.max(rows, -1) < 0, ops.max(columns, -1) < 0)
    return ops.where(absent, ops.cast(mask_val, ratio.dtype), ratio)


def compute_ciou(
    boxes1: Any,
    boxes2: Any,
    bounding_box_format: str,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """Complete intersection over union of pairs of boxes, which also counts distance and form.

    Args:
        boxes1: [..., 4].
        boxes2: [..., 4].
        bounding_box_format: of both, in upper or lower case.
        image_shape: (height, width, channels), for relative formats.

    Returns:
        The shape without the last axis, up to 1 for equal boxes.

    Raises:
        ValueError: a relative format without `image_shape`.

    Source: Zheng et al., "Distance-IoU loss: faster and better learning for bounding box regression", 2020.
    """
    epsilon = config.epsilon()
    first = ops.unstack(_corners(boxes1, bounding_box_format, image_shape), axis=-1)
    second = ops.unstack(_corners(boxes2, bounding_box_format, image_shape), axis=-1)
    shared, total = _shared_and_total(first, second, epsilon)
    ratio = shared / (total + 2 * epsilon)
    left1, top1, right1, bottom1 = first
    left2, top2, right2, bottom2 = second
    hull_width = ops.maximum(right1, right2) - ops.minimum(left1, left2)
    hull_height = ops.maximum(bottom1, bottom2) - ops.minimum(top1, top2)
    diagonal = ops.square(hull_width) + ops.square(hull_height) + epsilon
    apart = (
        ops.square(left1 + right1 - left2 - right2) + ops.square(top1 + bottom1 - top2 - bottom2)
    ) / 4
    form1 = ops.arctan((right1 - left1) / (bottom1 - top1 + epsilon))
    form2 = ops.arctan((right2 - left2) / (bottom2 - top2 + epsilon))
    unlike = ops.square(form2 - form1) * (4 / pi**2)
    weight = unlike / (unlike - ratio + (1 + epsilon))
    return ratio - (apart / diagonal + unlike * weight)


def _corners(boxes: Any, bounding_box_format: str, image_shape: Sequence[int] | None) -> Any:
    if "rel" in bounding_box_format.lower() and image_shape is None:
        raise ValueError(
            "When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument must be provided. "
            f"Received `image_shape`: {image_shape}"
        )
    height, width = (None, None) if image_shape is None else (image_shape[0], image_shape[1])
    return convert_format(boxes, bounding_box_format, "xyxy", height, width)


def _shared_and_total(first: Any, second: Any, thickness: float = 0.0) -> tuple[Any, Any]:
    """The areas of intersection and union; `thickness` is added to the heights for the union."""
    left1, top1, right1, bottom1 = first
    left2, top2, right2, bottom2 = second
    across = ops.minimum(right1, right2) - ops.maximum(left1, left2)
    down = ops.minimum(bottom1, bottom2) - ops.maximum(top1, top2)
    shared = ops.maximum(across, 0) * ops.maximum(down, 0)
    area1 = (right1 - left1) * (bottom1 - top1 + thickness)
    area2 = (right2 - left2) * (bottom2 - top2 + thickness)
    return shared, area1 + area2 - shared
