"""A JAX function as a layer, refused."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.core.base_foreign_layer import BaseForeignLayer


class JaxLayer(BaseForeignLayer):
    """A JAX function as a layer: raises ``NotImplementedError``.

    Source: https://keras.io/api/layers/backend_specific_layers/jax_layer/
    """

    framework = "JAX"

    def __init__(
        self,
        call_fn: Any,
        init_fn: Any = None,
        params: Any = None,
        state: Any = None,
        seed: Any = None,
        native_serialization_platforms: Any = None,
        **kwargs: Any,
    ) -> None:
        self._refuse()
