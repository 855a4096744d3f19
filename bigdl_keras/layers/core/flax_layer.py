"""A Flax module as a layer, refused."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.core.base_foreign_layer import BaseForeignLayer


class FlaxLayer(BaseForeignLayer):
    """A Flax module as a layer: raises ``NotImplementedError``.

    Source: https://keras.io/api/layers/backend_specific_layers/flax_layer/
    """

    framework = "Flax"

    def __init__(
        self,
        module: Any,
        method: Any = None,
        variables: Any = None,
        **kwargs: Any,
    ) -> None:
        self._refuse()
