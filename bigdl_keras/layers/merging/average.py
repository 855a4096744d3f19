"""The mean of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Average(BaseMerge):
    """The mean of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/average/
    """

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.add(left, right)

    def _merge(self, inputs: Sequence[Any]) -> Any:
        return ops.divide(super()._merge(inputs), len(inputs))


def average(inputs: Any, **kwargs: Any) -> Any:
    """`Average` as a function of a list of inputs."""
    return Average(**kwargs)(inputs)
