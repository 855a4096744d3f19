"""Group normalisation (Wu & He 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec


class GroupNormalization(BuiltinLayer):
    """Normalises each of `groups` groups of channels of each row; ``groups=-1`` gives each channel its own.

    Source: https://keras.io/api/layers/normalization_layers/group_normalization/
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
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
        super().__init__(**kwargs)
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                "Argument `groups` must be a positive integer, or -1 for one group a channel. "
                f"Received: groups={groups}"
            )
        self.groups = groups
        self.axis = axis
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
        """Make scale and shift, one number a channel."""
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(
                f"Axis {self.axis} of the input of {self.name!r} should have a defined dimension. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ValueError(
                f"Number of groups ({self.groups}) must divide the number of channels ({channels}) "
                f"of the input of {self.name!r}."
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        if self.scale:
            self.gamma = self._add_parameter("gamma", (channels,))
        if self.center:
            self.beta = self._add_parameter("beta", (channels,))
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Normalise each group over its channels and all positions."""
        rank = len(inputs.shape)
        axis = self.axis % rank
        shape = list(inputs.shape)
        channels = shape[axis]
        grouped = [*shape[:axis], self.groups, channels // self.groups, *shape[axis + 1 :]]
        x = ops.reshape(ops.cast(inputs, "float32"), grouped)
        axes = [i for i in range(1, rank + 1) if i != axis]
        mean, variance = ops.moments(x, axes=axes, keepdims=True)
        y = ops.reshape((x - mean) * ops.rsqrt(variance + self.epsilon), shape)
        wide = [channels if i == axis else 1 for i in range(rank)]
        if self.scale:
            y = y * ops.cast(ops.reshape(self.gamma, wide), y.dtype)
        if self.center:
            y = y + ops.cast(ops.reshape(self.beta, wide), y.dtype)
        return ops.cast(y, self.compute_dtype)
