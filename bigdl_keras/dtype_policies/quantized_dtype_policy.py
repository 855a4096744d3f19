"""Policies that name a kind of quantised weights."""

from __future__ import annotations

from typing import Any

from bigdl_keras.dtype_policies.dtype_policy import DTypePolicy, dtype_policy

QUANTIZATION_MODES = ("int8", "float8", "int4", "gptq", "awq")


class QuantizedDTypePolicy(DTypePolicy):
    """Weights kept as `mode` says, computations as in the policy named `source_name`.

    It describes what a file of stock Keras asks for. Layers that quantise there refuse it here.

    Args:
        mode: one of ``QUANTIZATION_MODES``.
        source_name: the name of a float policy; the global policy if None.

    Raises ``ValueError`` for an unknown mode, and for ``int8`` with computations in ``float16``.
    """

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        source_name = dtype_policy().name if source_name is None else source_name
        super().__init__(source_name)
        if mode not in QUANTIZATION_MODES:
            raise ValueError(
                f"Invalid quantization mode. Expected one of {QUANTIZATION_MODES}. "
                f"Received: mode={mode}"
            )
        if mode == "int8" and self.compute_dtype == "float16":
            raise ValueError(
                f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'."
            )
        self._name = f"{mode}_from_{source_name}"
        self._mode = mode
        self._source_name = source_name

    @property
    def quantization_mode(self) -> str:
        """One of ``QUANTIZATION_MODES``."""
        return self._mode

    def get_config(self) -> dict[str, Any]:
        """The constructor arguments."""
        return {"mode": self._mode, "source_name": self._source_name}

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self._name}">'

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.get_config() == other.get_config()

    def __hash__(self) -> int:
        return hash((type(self), self._name))
