"""Low-rank adaptation of a trained weight (Hu et al. 2022)."""

from __future__ import annotations

from typing import Any

from bigdl_keras import initializers, ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class BaseLowRank(BuiltinLayer):
    """A layer whose largest weight W can be frozen and trained as ``W + alpha / rank * A @ B``.

    A subclass names the weight in `adapted`, keeps the variable under that name with an underscore in front, and
    gives the name itself the value of :meth:`_adapted_value`. Files hold the sum in place of W, never A and B.
    """

    adapted = "kernel"

    def _init_lora(self, rank: int | None, alpha: float | None) -> None:
        self.lora_rank: Any = rank
        self.lora_alpha: Any = rank if alpha is None else alpha
        self.lora_enabled = False

    def _refuse_quantization(self, quantization_config: Any) -> None:
        """Raise ``NotImplementedError`` if the layer, or its dtype policy, asks for quantised weights.

        Called when the layer is made, and when it is built: only then a map of policies knows its path.
        """
        if quantization_config is not None or self.quantization_mode is not None:
            raise NotImplementedError(
                f"Layer {self.name!r} cannot compute with quantised weights. Received: "
                f"quantization_config={quantization_config}, dtype policy {self.dtype_policy.name!r}. Leave "
                "`quantization_config` None, and use dtype='mixed_bfloat16' for less memory traffic."
            )
        self.quantization_config = None

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freeze the weight and add a trainable product of rank `rank` to it.

        Args:
            rank: the inner size of the product.
            lora_alpha: the product is scaled by ``lora_alpha / rank``; defaults to `rank`.
            a_initializer: for the factor ``(*weight.shape[:-1], rank)``.
            b_initializer: for the factor ``(rank, weight.shape[-1])``; zeros, so that nothing changes at first.

        Raises:
            ValueError: the layer is not built, the weight has a constraint, or the product is there already.
        """
        if getattr(self, f"{self.adapted}_constraint"):
            raise ValueError(
                f"Lora is incompatible with a constraint on the {self.adapted}: remove the "
                f"`{self.adapted}_constraint` argument of layer {self.name!r}."
            )
        if not self.built:
            raise ValueError(
                f"Cannot enable lora on a layer that isn't yet built (layer {self.name!r})."
            )
        if self.lora_enabled:
            raise ValueError(
                f"lora is already enabled on layer {self.name!r}. This can only be done once per layer."
            )
        weight = self._adapted_variable
        tracker = self._get_tracker()
        lock_message, tracker.lock_message = tracker.lock_message, None
        for part, shape, initializer in (
            ("a", (*weight.shape[:-1], rank), a_initializer),
            ("b", (rank, weight.shape[-1]), b_initializer),
        ):
            name = f"lora_{self.adapted}_{part}"
            # In float32 whatever the policy: small updates would be lost in 16 bits.
            factor = self.add_weight(
                name=name,
                shape=shape,
                initializer=initializers.get(initializer),
                dtype="float32",
                regularizer=getattr(self, f"{self.adapted}_regularizer"),
            )
            setattr(self, name, factor)
        tracker.lock_message = lock_message
        weight.trainable = False
        self.lora_enabled = True
        self.lora_rank = rank
        self.lora_alpha = rank if lora_alpha is None else lora_alpha

    @property
    def _adapted_variable(self) -> Variable:
        return getattr(self, f"_{self.adapted}")

    @property
    def _factors(self) -> tuple[Variable, Variable]:
        return getattr(self, f"lora_{self.adapted}_a"), getattr(self, f"lora_{self.adapted}_b")

    def _adapted_value(self) -> Any:
        """The variable, or its sum with the product."""
        if f"_{self.adapted}" not in self.__dict__:
            raise AttributeError(
                f"You must build the layer before accessing `{self.adapted}` (layer {self.name!r})."
            )
        if not self.lora_enabled:
            return self._adapted_variable
        product = ops.matmul(*self._factors)
        total = ops.add(self._adapted_variable, self.lora_alpha / self.lora_rank * product)
        return ops.cast(total, self.compute_dtype)

    def _stored_variables(self) -> list[Variable]:
        factors = self._factors if self.lora_enabled else ()
        return [v for v in self._own_variables if not any(v is factor for factor in factors)]

    def save_own_variables(self, store: Any) -> None:
        """Put the variables into `store`, keyed by number, the product added to the weight."""
        for index, variable in enumerate(self._stored_variables()):
            adapted = variable is self._adapted_variable
            store[str(index)] = self._adapted_value() if adapted else variable

    def load_own_variables(self, store: Any) -> None:
        """Take the variables from `store`; the product becomes zero, as it is in the weight.

        Raises:
            ValueError: there are more or fewer, or a shape differs.
        """
        if not self.lora_enabled:
            super().load_own_variables(store)
            return
        for index, variable in enumerate(self._stored_variables()):
            variable.assign(store[str(index)])
        for factor in self._factors:
            factor.assign(ops.zeros(factor.shape))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; of the low rank only if there is one."""
        config = super().get_config()
        for name in ("lora_rank", "lora_alpha"):
            config.pop(name, None)
            if self.lora_rank:
                config[name] = getattr(self, name)
        return config
