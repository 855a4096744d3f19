"""Bounding boxes as tensors of a fixed number of boxes an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_keras import ops

# What fills up an image with fewer boxes than others.
EMPTY_BOX = 0.0
EMPTY_LABEL = -1


def validate_bounding_boxes(bounding_boxes: Any) -> None:
    """Check that this is ``{"boxes": [..., N, 4], "labels": [..., N] or [..., N, classes]}``.

    Raises ``ValueError`` when it is not.
    """
    if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= bounding_boxes.keys():
        raise ValueError(
            "Expected `bounding_boxes` to be a dict with keys 'boxes' and 'labels'. "
            f"Received: bounding_boxes={bounding_boxes}"
        )
    boxes, labels = bounding_boxes["boxes"], bounding_boxes["labels"]
    if isinstance(boxes, list):
        if not isinstance(labels, list) or len(boxes) != len(labels):
            raise ValueError(
                "With `bounding_boxes['boxes']` a list, `bounding_boxes['labels']` must be a list of the same "
                f"length. Received: {len(boxes)} boxes and labels={labels}"
            )
        return
    rank, label_rank = len(boxes.shape), len(labels.shape)
    if rank not in (2, 3):
        raise ValueError(
            "Expected `bounding_boxes['boxes']` to have rank 2 or 3, with shape (num_boxes, 4) or "
            f"(batch_size, num_boxes, 4). Received: bounding_boxes['boxes'].shape={tuple(boxes.shape)}"
        )
    if label_rank not in (rank - 1, rank):
        raise ValueError(
            f"For bounding_boxes['boxes'].shape={tuple(boxes.shape)}, bounding_boxes['labels'] must have rank "
            f"{rank - 1} or {rank}. Received: bounding_boxes['labels'].shape={tuple(labels.shape)}"
        )


def densify_bounding_boxes(bounding_boxes: Any) -> dict[str, Any]:
    """The boxes as float32 and the labels, as tensors.

    Lists of images with different numbers of boxes are filled up with boxes of zeros labelled -1.

    Raises ``ValueError`` when boxes and labels do not fit.
    """
    validate_bounding_boxes(bounding_boxes)
    boxes, labels = bounding_boxes["boxes"], bounding_boxes["labels"]
    if isinstance(boxes, list):
        boxes, labels = _filled_up(boxes, labels)
    return {
        **bounding_boxes,
        "boxes": ops.cast(boxes, "float32"),
        "labels": ops.convert_to_tensor(labels),
    }


def _filled_up(boxes: list[Any], labels: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    if np.ndim(labels[0]) == 0:
        return np.asarray(boxes, "float32"), np.asarray(labels, "int32")
    most = max(map(len, boxes))
    dense = np.full((len(boxes), most, 4), EMPTY_BOX, "float32")
    dense_labels = np.full((len(boxes), most), EMPTY_LABEL, "int32")
    for row, (of_image, its_labels) in enumerate(zip(boxes, labels, strict=True)):
        dense[row, : len(of_image)] = np.reshape(of_image, (-1, 4))
        dense_labels[row, : len(its_labels)] = its_labels
    return dense, dense_labels
