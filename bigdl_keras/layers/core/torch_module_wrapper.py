"""A PyTorch module as a layer, refused."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.core.base_foreign_layer import BaseForeignLayer


class TorchModuleWrapper(BaseForeignLayer):
    """A PyTorch module as a layer: raises ``NotImplementedError``.

    Source: https://keras.io/api/layers/backend_specific_layers/torch_module_wrapper/
    """

    framework = "PyTorch"

    def __init__(
        self,
        module: Any,
        name: str | None = None,
        output_shape: Any = None,
        **kwargs: Any,
    ) -> None:
        self._refuse()
