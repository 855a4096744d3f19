"""The difference of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Subtract(BaseMerge):
    """The first of two inputs less the second.

    Source: https://keras.io/api/layers/merging_layers/subtract/
    """

    def build(self, input_shape: Sequence[Sequence[Any]]) -> None:
        """Check that there are two inputs that fit together."""
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                f"A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape={input_shape} "
                f"(layer {self.name!r})"
            )

    def _combine(self, left: Any, right: Any) -> Any:
        return ops.subtract(left, right)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """`Subtract` as a function of a list of inputs."""
    return Subtract(**kwargs)(inputs)
