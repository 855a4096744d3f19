"""The smallest of the inputs, element by element."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Minimum(BaseMerge):
    """The smallest of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/minimum/
    """

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.minimum(left, right)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """`Minimum` as a function of a list of inputs."""
    return Minimum(**kwargs)(inputs)
