"""Policies whose mode has sizes in it, such as ``"gptq/4/128"``."""

from __future__ import annotations

from typing import Any

from bigdl_keras.dtype_policies.quantized_dtype_policy import QuantizedDTypePolicy


class BaseGroupedDTypePolicy(QuantizedDTypePolicy):
    """A mode written ``<algorithm>/<size>/...``, whose last size is that of a group of weights, -1 for all.

    Subclasses say the `algorithm`, the names of its `sizes` and which `weight_bits` there are; each size is an
    attribute.
    """

    algorithm: str
    sizes: tuple[str, ...]
    allowed_weight_bits: tuple[int, ...] = ()

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        algorithm, *given = mode.split("/")
        if algorithm != self.algorithm or len(given) != len(self.sizes):
            raise ValueError(f"Invalid mode for {type(self).__name__}. {self._expected(mode)}")
        try:
            values = dict(zip(self.sizes, (int(size) for size in given), strict=True))
        except ValueError:
            raise ValueError(
                f"Invalid mode for {type(self).__name__}: its sizes must be integers. "
                f"{self._expected(mode)}"
            ) from None
        bits = values.get("weight_bits")
        if bits is not None and bits not in self.allowed_weight_bits:
            raise ValueError(
                f"Invalid weight_bits in mode. Supported values are {self.allowed_weight_bits}, "
                f"but got {bits} from '{mode}'."
            )
        group = values[self.sizes[-1]]
        if group < -1 or group == 0:
            raise ValueError(
                f"Invalid {self.sizes[-1]} in mode. Supported values are -1 (all weights) or a "
                f"positive integer, but got {group} from '{mode}'."
            )
        super().__init__(algorithm, source_name)
        self._name = f"{mode}_from_{self._source_name}"
        self.mode = algorithm
        for name, value in values.items():
            setattr(self, name, value)

    def _expected(self, mode: str) -> str:
        sizes = "/".join(f"<{name}>" for name in self.sizes)
        return f"Expected format '{self.algorithm}/{sizes}', but got '{mode}'."

    def get_config(self) -> dict[str, Any]:
        """The constructor arguments."""
        sizes = (str(getattr(self, name)) for name in self.sizes)
        return super().get_config() | {"mode": "/".join((self.mode, *sizes))}
