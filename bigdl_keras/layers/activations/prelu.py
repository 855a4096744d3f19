"""Rectified linear units with a learnt slope (He et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import constraints, initializers, ops, regularizers
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec


class PReLU(BuiltinLayer):
    """``x`` above zero, ``alpha * x`` below, alpha learnt for each position not in `shared_axes`.

    Source: https://keras.io/api/layers/activation_layers/prelu/
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the slopes."""
        shared = self.shared_axes or []
        shape = [1 if axis in shared else size for axis, size in enumerate(input_shape)][1:]
        self.alpha = self._add_parameter("alpha", tuple(shape))
        fixed = {axis: size for axis, size in enumerate(input_shape) if axis and axis not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=fixed)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Rectify."""
        return ops.subtract(ops.relu(inputs), ops.multiply(self.alpha, ops.relu(-inputs)))
