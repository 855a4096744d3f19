"""The sum of the inputs."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Add(BaseMerge):
    """The sum of the inputs.

    Source: https://keras.io/api/layers/merging_layers/add/
    """

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.add(left, right)


def add(inputs: Any, **kwargs: Any) -> Any:
    """`Add` as a function of a list of inputs."""
    return Add(**kwargs)(inputs)
