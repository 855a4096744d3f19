"""The largest of the inputs, element by element."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Maximum(BaseMerge):
    """The largest of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/maximum/
    """

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.maximum(left, right)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """`Maximum` as a function of a list of inputs."""
    return Maximum(**kwargs)(inputs)
