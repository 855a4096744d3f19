"""The policy of training in 8-bit floats."""

from __future__ import annotations

from typing import Any

from bigdl_keras.dtype_policies.quantized_dtype_policy import QuantizedDTypePolicy


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """A :class:`QuantizedDTypePolicy` that scales by the largest of the last `amax_history_length` steps' values."""

    default_amax_history_length = 1024

    def __init__(
        self, mode: str, source_name: str | None = None, amax_history_length: int = 1024
    ) -> None:
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int):
            raise TypeError(
                "`amax_history_length` must be an integer. "
                f"Received: amax_history_length={amax_history_length}"
            )
        self._amax_history_length = amax_history_length

    @property
    def amax_history_length(self) -> int:
        """How many steps the scale looks back."""
        return self._amax_history_length

    def get_config(self) -> dict[str, Any]:
        """The constructor arguments."""
        return super().get_config() | {"amax_history_length": self.amax_history_length}
