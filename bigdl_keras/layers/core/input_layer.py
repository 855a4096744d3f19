"""Where data enters a functional model."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_tensor import KerasTensor, standardize_shape
from bigdl_keras.core.node import Node
from bigdl_keras.layers.layer import Layer


class InputLayer(Layer):
    """The layer behind ``Input()``: it has no inputs and one symbolic output.

    Args:
        shape: sizes without the batch axis, ``None`` for those not known.
        batch_size: the size of the batch axis, if fixed.
        dtype: defaults to ``config.floatx()``.
        sparse, ragged: must be false; only dense tensors can be computed.
        batch_shape: sizes with the batch axis, instead of ``shape`` and ``batch_size``.
        input_tensor: a symbolic tensor to use instead of a new one.
        optional: whether the model may be given ``None`` here.
        name: defaults to ``input_layer``, numbered.
        kwargs: ``input_shape`` and ``batch_input_shape``, the old names of ``shape`` and ``batch_shape``.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: KerasTensor | None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        if "input_shape" in kwargs:
            warnings.warn(
                "Argument `input_shape` is deprecated. Use `shape` instead.", stacklevel=2
            )
            shape = kwargs.pop("input_shape")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if kwargs:
            raise TypeError(f"InputLayer got unexpected arguments: {sorted(kwargs)}")
        if sparse or ragged:
            raise ValueError(
                f"Input '{self.name}' cannot be sparse or ragged: only dense tensors can be "
                "computed. Pad the data, or index it and use an Embedding layer"
            )
        if shape is not None and batch_shape is not None:
            raise ValueError("You cannot pass both `shape` and `batch_shape` at the same time.")
        if batch_size is not None and batch_shape is not None:
            raise ValueError(
                "You cannot pass both `batch_size` and `batch_shape` at the same time."
            )
        if shape is not None:
            batch_shape = (batch_size, *standardize_shape(shape))
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(
                    "Argument `input_tensor` must be a KerasTensor. Received invalid type: "
                    f"input_tensor={input_tensor} (of type {type(input_tensor)})"
                )
            wanted = None if batch_shape is None else standardize_shape(batch_shape)
            if wanted not in (None, input_tensor.shape) or dtype not in (None, input_tensor.dtype):
                raise ValueError(
                    f"Input '{self.name}' was given a tensor of shape {input_tensor.shape} and "
                    f"dtype {input_tensor.dtype}, which contradicts the shape {wanted} and dtype "
                    f"{dtype} also given"
                )
            batch_shape, dtype = input_tensor.shape, input_tensor.dtype
        elif batch_shape is None:
            raise ValueError("You must pass a `shape` argument.")
        self._batch_shape = standardize_shape(batch_shape)
        self._dtype = standardize_dtype(dtype)
        self.sparse = False
        self.ragged = False
        self.optional = optional
        if input_tensor is None:
            input_tensor = KerasTensor(self._batch_shape, self._dtype, name=self.name)
        self._input_tensor = input_tensor
        Node(self, (), {}, input_tensor)
        self.built = True

    def call(self) -> None:
        """Nothing: the model puts the data in its place."""

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """The shape with the batch axis."""
        return self._batch_shape

    @property
    def dtype(self) -> str:
        """The dtype that data is converted to."""
        return self._dtype

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: KerasTensor | None = None,
    optional: bool = False,
) -> KerasTensor:
    """A symbolic tensor to build a functional model on; arguments as of :class:`InputLayer`."""
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        name=name,
        input_tensor=tensor,
        optional=optional,
    )
    return layer.output
