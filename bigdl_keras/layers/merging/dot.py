"""Products of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.merging.base_merge import BaseMerge


class Dot(BaseMerge):
    """Sums products of two inputs over one axis of each, row by row of the batch.

    Source: https://keras.io/api/layers/merging_layers/dot/
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, int | list | tuple):
            raise TypeError(
                f"Invalid type for argument `axes`: an int or two are expected. Received: axes={axes}"
            )
        if not isinstance(axes, int) and (
            len(axes) != 2 or not all(isinstance(a, int) for a in axes)
        ):
            raise ValueError(
                f"Invalid format for argument `axes`: an int or two are expected. Received: axes={axes}"
            )
        self.axes = axes
        self.normalize = normalize

    def _axes(self, left: Sequence[Any], right: Sequence[Any]) -> tuple[int, int]:
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        for axis, shape in zip(pair, (left, right), strict=True):
            if not -len(shape) <= axis < len(shape):
                raise IndexError(
                    f"Axis {axis} is out of range for an input of shape {tuple(shape)} "
                    f"(layer {self.name!r})"
                )
        return pair[0] % len(left), pair[1] % len(right)

    def _check_shapes(self, shapes: Sequence[Sequence[int | None]]) -> None:
        if len(shapes) != 2:
            raise ValueError(
                f"A `Dot` layer should be called on 2 inputs. Received: input_shape={shapes}"
            )
        left, right = shapes
        first, second = self._axes(left, right)
        if None not in (left[first], right[second]) and left[first] != right[second]:
            raise ValueError(
                f"Incompatible input shapes: axis values {left[first]} (at axis {first}) != {right[second]} "
                f"(at axis {second}). Full input shapes: {left}, {right} (layer {self.name!r})"
            )

    def call(self, inputs: Sequence[Any]) -> Any:
        """Multiply and sum."""
        left, right = inputs
        first, second = self._axes(left.shape, right.shape)
        if self.normalize:
            left, right = ops.normalize(left, axis=first), ops.normalize(right, axis=second)
        return batch_dot(left, right, first, second)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None."""
        return None


def batch_dot(left: Any, right: Any, left_axis: int, right_axis: int) -> Any:
    """Products summed over `left_axis` and `right_axis`, for each row; two vectors give ``(batch, 1)``."""
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    batch, summed = "a", "z"
    names = [next(letters) for _ in range(len(left.shape) + len(right.shape))]
    left_names = [batch, *names[: len(left.shape) - 1]]
    right_names = [batch, *names[len(left.shape) : len(left.shape) + len(right.shape) - 1]]
    left_names[left_axis] = right_names[right_axis] = summed
    result = [n for n in (*left_names, *right_names[1:]) if n != summed]
    product = ops.einsum(
        f"{''.join(left_names)},{''.join(right_names)}->{''.join(result)}", left, right
    )
    return ops.expand_dims(product, -1) if len(result) == 1 else product


def dot(inputs: Any, axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """`Dot` as a function of a list of two inputs."""
    return Dot(axes=axes, **kwargs)(inputs)
