"""Losses made from functions `fn(y_true, y_pred, **kwargs)`."""

from collections.abc import Callable
from typing import Any, Self

from bigdl_keras import tree
from bigdl_keras.losses.alignment import same_rank
from bigdl_keras.losses.loss import Loss


class LossFunctionWrapper(Loss):
    """A `Loss` whose `call` is a function.

    Args:
        fn: `fn(y_true, y_pred, **kwargs)`, returns one loss a sample.
        reduction, name, dtype: see `Loss`.
        **kwargs: passed to `fn`.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if not tree.is_nested(y_pred) and not tree.is_nested(y_true):
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {
            **super().get_config(),
            "fn": serialize_keras_object(self.fn),
            **serialize_keras_object(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        from bigdl_keras.saving import deserialize_keras_object

        return cls(**(deserialize_keras_object(config) if "fn" in config else config))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.fn.__name__} {self._fn_kwargs}>"


class NamedLoss(LossFunctionWrapper):
    """A loss class of this package: its function is fixed, the function's arguments are its own."""

    def __init__(self, fn: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(fn, **kwargs)
        vars(self).update(self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**Loss.get_config(self), **self._fn_kwargs}
