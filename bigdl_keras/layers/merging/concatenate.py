"""Inputs one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Concatenate(BaseMerge):
    """The inputs, joined along `axis`.

    Source: https://keras.io/api/layers/merging_layers/concatenate/
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def _check_shapes(self, shapes: Sequence[Sequence[int | None]]) -> None:
        ranks = {len(shape) for shape in shapes}
        if len(ranks) > 1:
            raise ValueError(
                f"A `Concatenate` layer requires inputs of the same rank. Received: input_shape={shapes} "
                f"(layer {self.name!r})"
            )
        (rank,) = ranks
        for axis in set(range(rank)) - {self.axis % rank}:
            if len({shape[axis] for shape in shapes} - {None}) > 1:
                raise ValueError(
                    "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                    f"Received: input_shape={shapes} (layer {self.name!r}, axis={self.axis})"
                )

    def call(self, inputs: Sequence[Any]) -> Any:
        """Join the inputs."""
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The masks joined likewise; an input without one is kept whole."""
        if mask is None or all(m is None for m in mask):
            return None
        rank = len(inputs[0].shape)
        parts = []
        for x, m in zip(inputs, mask, strict=True):
            if m is None:
                parts.append(ops.ones_like(x, dtype="bool"))
            else:
                wide = ops.reshape(m, (*ops.shape(m), *(1,) * (rank - len(m.shape))))
                parts.append(ops.logical_and(wide, ops.ones_like(x, dtype="bool")))
        joined = ops.concatenate(parts, axis=self.axis)
        return ops.any(joined, axis=-1)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate` as a function of a list of inputs."""
    return Concatenate(axis=axis, **kwargs)(inputs)
