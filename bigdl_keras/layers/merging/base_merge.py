"""What layers that combine several inputs share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class BaseMerge(BuiltinLayer):
    """Combines a list of inputs that broadcast against each other.

    Inputs of a lower rank get axes of size 1 behind the batch axis.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Sequence[Sequence[Any]]) -> None:
        """Check that the shapes fit together."""
        if not input_shape or not isinstance(input_shape[0], list | tuple):
            raise ValueError(
                f"A merge layer should be called on a list of inputs. Received: input_shape={input_shape} "
                f"(not a list of shapes, layer {self.name!r})"
            )
        if len(input_shape) < 1:
            raise ValueError(
                f"A merge layer should be called on a list of at least 1 input (layer {self.name!r})."
            )
        batch = {shape[0] for shape in input_shape if shape} - {None}
        if len(batch) > 1:
            raise ValueError(
                f"Cannot merge tensors with different batch sizes. Received tensors with shapes {input_shape} "
                f"(layer {self.name!r})"
            )
        self._check_shapes(input_shape)
        self.built = True

    def _check_shapes(self, shapes: Sequence[Sequence[int | None]]) -> None:
        rank = max(len(shape) for shape in shapes)
        wide = [(None,) * (rank - len(shape)) + tuple(shape[1:]) for shape in shapes]
        for sizes in zip(*wide, strict=True):
            if len({size for size in sizes if size not in (None, 1)}) > 1:
                raise ValueError(
                    f"Inputs have incompatible shapes. Received shapes {[tuple(s) for s in shapes]} "
                    f"(layer {self.name!r})"
                )

    def _combine(self, left: Any, right: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say how to combine two inputs")

    def _merge(self, inputs: Sequence[Any]) -> Any:
        return reduce(self._combine, inputs)

    def call(self, inputs: Sequence[Any]) -> Any:
        """Combine the inputs."""
        if not isinstance(inputs, list | tuple):
            raise ValueError(
                f"A merge layer should be called on a list of inputs. Received: inputs={inputs} "
                f"(not a list, layer {self.name!r})"
            )
        rank = max(len(x.shape) for x in inputs)
        return self._merge([_with_rank(x, rank) for x in inputs])

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """What any input keeps; none where an input has no mask."""
        if mask is None:
            return None
        if not isinstance(mask, list | tuple) or len(mask) != len(inputs):
            raise ValueError(
                f"`mask` should be a list of as many masks as inputs. Received: mask={mask} (layer {self.name!r})"
            )
        return None if any(m is None for m in mask) else reduce(ops.logical_or, mask)


def _with_rank(x: Any, rank: int) -> Any:
    missing = rank - len(x.shape)
    if missing == 0 or not x.shape:
        return x
    shape = ops.shape(x)
    return ops.reshape(x, (shape[0],) + (1,) * missing + tuple(shape[1:]))
