"""What a layer expects of its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bigdl_backend.graph.dims import Dim
from bigdl_keras import tree
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_tensor import standardize_shape


class InputSpec:
    """The rank, shape and dtype of one input.

    Args:
        dtype: the exact dtype, or ``None``.
        shape: sizes, ``None`` where any will do.
        ndim, max_ndim, min_ndim: the rank, or bounds of it.
        axes: sizes of single axes, by axis.
        allow_last_axis_squeeze: inputs may lack, or have in addition, a last axis of size 1.
        name: key of the input when inputs are a dict.
        optional: ``None`` may be given.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = standardize_dtype(dtype) if dtype is not None else None
        self.shape = standardize_shape(shape) if shape is not None else None
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            limit = (self.ndim if self.ndim is not None else self.max_ndim or 0) - 1
            if max(self.axes) > limit:
                raise ValueError(
                    f"Axis {max(self.axes)} is greater than the maximum allowed value: {limit}"
                )
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze

    def __repr__(self) -> str:
        fields = {key: getattr(self, key) for key in ("dtype", "shape", "ndim", "min_ndim")}
        fields |= {"max_ndim": self.max_ndim, "axes": self.axes or None}
        given = [f"{key}={value}" for key, value in fields.items() if value is not None]
        return f"InputSpec({', '.join(given)})"

    def get_config(self) -> dict[str, Any]:
        """The constructor arguments."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
            "allow_last_axis_squeeze": self.allow_last_axis_squeeze,
            "name": self.name,
            "optional": self.optional,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """A spec from what ``get_config`` returned."""
        return cls(**config)


def known_shape(x: Any) -> tuple[int | None, ...]:
    """The shape of an array or tensor with symbolic sizes shown as ``None``."""
    return tuple(None if isinstance(size, Dim) else size for size in x.shape)


def assert_input_compatibility(input_spec: Any, inputs: Any, layer_name: str) -> None:
    """Raise ``ValueError`` naming the layer unless ``inputs`` fit ``input_spec``.

    Args:
        input_spec: an :class:`InputSpec`, or a structure of them with ``None`` for "anything".
        inputs: tensors in the same structure (or a dict with the names of the specs).
    """
    specs = tree.flatten(input_spec)
    if isinstance(inputs, dict) and all(spec is not None and spec.name for spec in specs):
        names = [spec.name for spec in specs]
        for name in names:
            if name not in inputs:
                raise ValueError(
                    f'Missing data for input "{name}". You passed a data dictionary with keys '
                    f"{list(inputs)}. Expected the following keys: {names}"
                )
        inputs = [inputs[name] for name in names]
    inputs = tree.flatten(inputs)
    if len(inputs) != len(specs):
        raise ValueError(
            f'Layer "{layer_name}" expects {len(specs)} input(s), but it received {len(inputs)} '
            f"input tensors. Inputs received: {inputs}"
        )
    for index, (x, spec) in enumerate(zip(inputs, specs, strict=True)):
        if spec is None or (x is None and spec.optional):
            continue
        if not hasattr(x, "shape"):
            raise ValueError(
                f"Inputs to a layer should be tensors. Got '{x}' (of type {type(x)}) as input "
                f"{index} with name '{spec.name}' for layer '{layer_name}'."
            )
        problem = _mismatch(spec, x)
        if problem:
            raise ValueError(
                f"Input {index} with name '{spec.name}' of layer '{layer_name}' is incompatible "
                f"with the layer: {problem}"
            )


def _mismatch(spec: InputSpec, x: Any) -> str | None:
    """What is wrong with ``x``, or ``None``."""
    shape = known_shape(x)
    ndim = len(shape)
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and ndim != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={ndim}. Full shape received: {shape}"
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={ndim}"
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        return f"expected min_ndim={spec.min_ndim}, found ndim={ndim}. Full shape received: {shape}"
    if spec.dtype is not None and standardize_dtype(x.dtype) != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={standardize_dtype(x.dtype)}"
    for axis, size in spec.axes.items():
        if size is not None and shape[axis] not in (size, None):
            return (
                f"expected axis {axis} of input shape to have value {size}, but received input "
                f"with shape {shape}"
            )
    if spec.shape is not None:
        expected, found = spec.shape, shape
        if spec.allow_last_axis_squeeze:
            expected, found = (s[:-1] if s and s[-1] == 1 else s for s in (expected, found))
        for wanted, size in zip(expected, found, strict=False):
            if wanted is not None and size is not None and wanted != size:
                return f"expected shape={spec.shape}, found shape={shape}"
    return None
