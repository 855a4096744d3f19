"""A penalty on activations."""

from __future__ import annotations

from typing import Any

from bigdl_keras import regularizers
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class ActivityRegularization(BuiltinLayer):
    """Adds ``l1 * sum(|x|) + l2 * sum(x**2)`` to the loss; the inputs pass unchanged.

    Source: https://keras.io/api/layers/regularization_layers/activity_regularization/
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The inputs."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return config
