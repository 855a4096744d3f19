"""The product of the inputs."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Multiply(BaseMerge):
    """The product of the inputs.

    Source: https://keras.io/api/layers/merging_layers/multiply/
    """

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.multiply(left, right)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """`Multiply` as a function of a list of inputs."""
    return Multiply(**kwargs)(inputs)
