"""A TensorFlow SavedModel as a layer, refused."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.core.base_foreign_layer import BaseForeignLayer


class TFSMLayer(BaseForeignLayer):
    """A TensorFlow SavedModel as a layer: raises ``NotImplementedError``.

    Source: https://keras.io/api/layers/backend_specific_layers/tfsm_layer/
    """

    framework = "TensorFlow"

    def __init__(
        self,
        filepath: Any,
        call_endpoint: str = "serve",
        call_training_endpoint: str | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self._refuse()
