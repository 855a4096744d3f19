"""Images blended with others of the batch (Zhang et al. 2017)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_random_color import BaseRandomColorLayer
from bigdl_keras.layers.image.mixing import blended, blended_labels


class MixUp(BaseRandomColorLayer):
    """Each image, with its labels, blended with another one of the batch; boxes of both are kept.

    Where several workers share a batch, each blends its own rows.

    Args:
        alpha: the weights follow beta(alpha, alpha).
        data_format: "channels_last", "channels_first" or None for that of the config.
        seed: of the random numbers.

    Source: https://arxiv.org/abs/1710.09412
    """

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.alpha = alpha
        self._set_seed(seed)

    def _drawn(self, data: Any, seed: Any) -> Any:
        batch, _, _ = self._batch_height_width(data)
        order = random.shuffle(ops.arange(batch, dtype="int32"), seed=seed)
        weight = random.beta((batch,), self.alpha, self.alpha, seed=seed)
        return {"mix_weight": weight, "permutation_order": order}

    def _changed(self, images: Any, transformation: Any) -> Any:
        return blended(images, transformation)

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels [B, ...] blended as their images."""
        return blended_labels(labels, transformation) if training else labels

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The boxes of both images: [B, N, 4] -> [B, 2 N, 4], their labels [B, N] -> [B, 2 N]."""
        if not training:
            return bounding_boxes
        order = transformation["permutation_order"]
        # Stock Keras puts the labels below each other, where they no longer belong to their boxes.
        return {
            key: ops.concatenate([rows, ops.take(rows, order, axis=0)], axis=1)
            for key, rows in bounding_boxes.items()
        }

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The masks blended as their images."""
        return (
            blended_labels(segmentation_masks, transformation) if training else segmentation_masks
        )
