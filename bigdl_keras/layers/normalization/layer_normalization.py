"""Layer normalisation (Ba, Kiros & Hinton 2016)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.core.dtypes import is_float_dtype
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class LayerNormalization(BuiltinLayer):
    """Brings each row to mean 0 and variance 1 over `axis`, then scales and shifts it.

    Source: https://keras.io/api/layers/normalization_layers/layer_normalization/
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        rms_scaling = kwargs.pop("rms_scaling", False)
        if rms_scaling:
            warnings.warn(
                "`rms_scaling=True` is deprecated: it divides by the standard deviation, not by the root of the "
                "mean square. Use RMSNormalization.",
                stacklevel=2,
            )
        super().__init__(**kwargs)
        if not isinstance(axis, int | list | tuple):
            raise TypeError(f"Argument `axis` must be an int or several. Received: axis={axis!r}")
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.rms_scaling = rms_scaling
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.gamma: Any = None
        self.beta: Any = None

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make scale and shift, of the shape of the normalised axes."""
        shape = tuple(input_shape[axis] for axis in self._axes(len(input_shape)))
        if self.scale or self.rms_scaling:
            self.gamma = self._add_parameter("gamma", shape, autocast=False)
        if self.center and not self.rms_scaling:
            self.beta = self._add_parameter("beta", shape, autocast=False)
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, and one that files of stock Keras have."""
        return super().get_config() | {"rms_scaling": self.rms_scaling}

    def _axes(self, rank: int) -> list[int]:
        if any(not -rank <= axis < rank for axis in self.axis):
            raise IndexError(
                f"Layer {self.name!r} normalises axis {self.axis} of inputs that have {rank} axes"
            )
        return sorted(axis % rank for axis in self.axis)

    def call(self, inputs: Any) -> Any:
        """Normalise over the axes."""
        if not is_float_dtype(inputs.dtype):
            inputs = ops.cast(inputs, self.compute_dtype)
        dtype = inputs.dtype
        rank = len(inputs.shape)
        axes = self._axes(rank)
        # 16-bit sums would lose the variance.
        x = ops.cast(inputs, "float32") if dtype in ("float16", "bfloat16") else inputs
        shape = tuple(inputs.shape[axis] for axis in axes)
        gamma = ops.ones(shape, x.dtype) if self.gamma is None else self.gamma.value
        beta = ops.zeros(shape, x.dtype) if self.beta is None else self.beta.value
        gamma, beta = ops.cast(gamma, x.dtype), ops.cast(beta, x.dtype)
        if axes == [rank - 1] and not self.rms_scaling:
            y, _, _ = bind("layer_norm", x, gamma, beta, epsilon=float(self.epsilon))
        else:
            mean, variance = ops.moments(x, axes=axes, keepdims=True)
            wide = [inputs.shape[axis] if axis in axes else 1 for axis in range(rank)]
            y = (x if self.rms_scaling else x - mean) * ops.rsqrt(variance + self.epsilon)
            y = y * ops.reshape(gamma, wide) + ops.reshape(beta, wide)
        return ops.cast(y, dtype)
