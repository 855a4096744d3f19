"""Base class of losses."""

from typing import Any, Self

from bigdl_keras import dtype_policies, ops, tree
from bigdl_keras.config import floatx
from bigdl_keras.core.masks import get_keras_mask
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.losses.reduction import reduce_weighted_values, standardize_reduction


class Loss(KerasSaveable):
    """Compares labels with predictions: `loss(y_true, y_pred, sample_weight) -> scalar`.

    Subclasses define `call(y_true, y_pred)`, which returns one loss a sample (or finer).

    Args:
        name: name in logs.
        reduction: `"sum_over_batch_size"` (or `"mean"`), `"sum"`, `"mean_with_sample_weight"`,
            or `"none"` / `None` for the losses as they are.
        dtype: dtype or policy to compute in; default `floatx()`.
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.reduction = standardize_reduction(reduction)
        self._dtype = dtype_policies.get(dtype or floatx()).compute_dtype

    @property
    def dtype(self) -> str:
        """The dtype losses are computed in."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The reduced loss.

        Args:
            y_true: labels, a tensor or a structure of tensors.
            y_pred: predictions of the same structure; its Keras mask, if any, is obeyed.
            sample_weight: weights that broadcast to the unreduced losses.
        """
        mask = None if tree.is_nested(y_pred) else get_keras_mask(y_pred)
        y_pred = tree.map_structure(self._tensor, y_pred)
        y_true = tree.map_structure(self._tensor, y_true)
        losses = self.call(y_true, y_pred)
        counted = get_keras_mask(losses)
        if mask is not None and counted is not None:
            mask = ops.logical_and(mask, counted)
        elif mask is None:
            mask = counted
        return reduce_weighted_values(losses, sample_weight, mask, self.reduction, self.dtype)

    def _tensor(self, value: Any) -> Any:
        return ops.convert_to_tensor(value, dtype=self.dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Unreduced losses; a Keras mask on them tells which count."""
        raise NotImplementedError(f"{type(self).__name__} must define `call(y_true, y_pred)`.")

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this loss."""
        return {"name": self.name, "reduction": self.reduction}

    def _obj_type(self) -> str:
        return "Loss"

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)
