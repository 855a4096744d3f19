"""Layer normalisation (Ba, Kiros & Hinton 2016)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_keras import constraints, initializers, ops, regularizers
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
        if kwargs.pop("rms_scaling", False):
            raise NotImplementedError(
                "`rms_scaling=True` is deprecated in Keras: use RMSNormalization instead."
            )
        super().__init__(**kwargs)
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
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
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                trainable=True,
                autocast=False,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta",
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                trainable=True,
                autocast=False,
            )
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, and one that files of stock Keras have."""
        return super().get_config() | {"rms_scaling": False}

    def _axes(self, rank: int) -> list[int]:
        return sorted(axis % rank for axis in self.axis)

    def call(self, inputs: Any) -> Any:
        """Normalise over the axes."""
        dtype = inputs.dtype
        rank = len(inputs.shape)
        axes = self._axes(rank)
        # 16-bit sums would lose the variance.
        x = ops.cast(inputs, "float32") if dtype in ("float16", "bfloat16") else inputs
        shape = tuple(inputs.shape[axis] for axis in axes)
        gamma = self.gamma.value if self.scale else ops.ones(shape, x.dtype)
        beta = self.beta.value if self.center else ops.zeros(shape, x.dtype)
        gamma, beta = ops.cast(gamma, x.dtype), ops.cast(beta, x.dtype)
        if axes == [rank - 1]:
            y, _, _ = bind("layer_norm", x, gamma, beta, epsilon=float(self.epsilon))
        else:
            mean, variance = ops.moments(x, axes=axes, keepdims=True)
            wide = [inputs.shape[axis] if axis in axes else 1 for axis in range(rank)]
            y = (x - mean) * ops.rsqrt(variance + self.epsilon)
            y = y * ops.reshape(gamma, wide) + ops.reshape(beta, wide)
        return ops.cast(y, dtype)
