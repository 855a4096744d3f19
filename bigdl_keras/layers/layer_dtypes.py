"""The dtypes of a layer: in which it computes, and in which it keeps its variables."""

from __future__ import annotations

from typing import Any

from bigdl_keras import dtype_policies
from bigdl_keras.core.autocast import AutocastScope, get_autocast_scope
from bigdl_keras.core.dtypes import is_float_dtype
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.layer_state import LayerState


class LayerDtypes(LayerState):
    """A layer's dtype policy, and what follows from it."""

    _dtype_policy: Any
    _path: str | None
    autocast: bool

    @property
    def dtype_policy(self) -> Any:
        """The dtypes it computes in and keeps its variables in."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtype_policies.get(value)

    def _policy(self) -> dtype_policies.DTypePolicy:
        policy = self._dtype_policy
        if isinstance(policy, dtype_policies.DTypePolicyMap):
            return policy[self._path] if self._path else policy.default_policy
        return policy

    @property
    def dtype(self) -> str:
        """The same as ``variable_dtype``."""
        return self.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of its computations."""
        return self._policy().compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of its variables."""
        return self._policy().variable_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype that float inputs are converted to."""
        return self.compute_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How its policy wants weights quantised; ``None`` for a float policy."""
        return self._policy().quantization_mode

    def quantize(
        self, mode: str | None = None, type_check: bool = True, config: Any = None
    ) -> None:
        """Not supported: raises ``NotImplementedError`` (``ValueError`` for an unknown mode)."""
        if mode not in dtype_policies.QUANTIZATION_MODES:
            raise ValueError(
                f"Invalid quantization mode. Expected one of {dtype_policies.QUANTIZATION_MODES}. "
                f"Received: mode={mode} (layer '{self.name}')"
            )
        raise NotImplementedError(
            f"Layer '{self.name}' cannot be quantised (mode={mode}): quantised weights are not "
            "supported. For less memory traffic use dtype='mixed_bfloat16'"
        )

    def _converted(self, x: Any) -> Any:
        """``x`` in the compute dtype, its mask kept."""
        if isinstance(x, Variable):
            x = x.value
        converted = self._policy().convert_input(x, self.autocast, self.input_dtype)
        if converted is not x:
            mask = get_keras_mask(x)
            if mask is not None:
                set_keras_mask(converted, mask)
        return converted

    def _autocast_scope(self) -> AutocastScope:
        """The dtype in which ``call`` reads variables."""
        current = get_autocast_scope()
        compute_dtype = self.compute_dtype
        if not self.autocast or not is_float_dtype(compute_dtype):
            return AutocastScope(None)
        if current is None and compute_dtype == self.variable_dtype:
            return AutocastScope(None)
        return AutocastScope(compute_dtype)
