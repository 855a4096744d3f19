"""Rectangles of other images pasted in (Yun et al. 2019)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.layers.image.base_patch import BasePatchLayer
from bigdl_keras.layers.image.mixing import blended_labels


class CutMix(BasePatchLayer):
    """A rectangle of each image replaced by that of another image of the batch; labels are mixed by area.

    A single image stays as it is. Boxes are refused. Where several workers share a batch, each cuts from its own rows.

    Args:
        factor: the area left of each image follows beta(a, a), a drawn within this.
        seed: of the random numbers.
        data_format: "channels_last", "channels_first" or None for that of the config.

    Source: https://arxiv.org/abs/1905.04899
    """

    _FACTOR_BOUNDS = (0, 1)

    def __init__(
        self,
        factor: Any = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, data_format=data_format, seed=seed, **kwargs)

    def _drawn(self, data: Any, seed: Any) -> Any:
        if not self._is_batched(data):
            return None
        batch, _, _ = self._batch_height_width(data)
        low, high = self.factor
        alpha = random.uniform((), low, high, seed=seed) + 1e-6
        cut = ops.sqrt(1.0 - random.beta((batch,), alpha, alpha, seed=seed))
        masks, share = self._patch(data, cut, cut, seed)
        order = random.shuffle(ops.arange(batch, dtype="int32"), seed=seed)
        return {"permutation_order": order, "batch_masks": masks, "mix_weight": 1.0 - share}

    def _changed(self, images: Any, transformation: Any) -> Any:
        others = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(transformation["batch_masks"], others, images)

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels [B, ...] mixed as the areas of their images."""
        if not training or transformation is None:
            return labels
        return blended_labels(labels, transformation)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Refused: NotImplementedError, a cut through an object has no box."""
        raise NotImplementedError(
            f"Layer {self.name!r} (CutMix) does not change bounding boxes: leave them out, or use MixUp."
        )

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> Any:
        """The masks cut and pasted as their images."""
        return self.transform_images(segmentation_masks, transformation, training)
