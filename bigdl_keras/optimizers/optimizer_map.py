"""Which optimizer changes which variable."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any, Self

from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.optimizer import Optimizer


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by paths of variables; called on a variable, it gives its optimizer.

    A key is a path, or a regular expression that must match a whole path.

    Args:
        default_optimizer: for variables that no key fits.
        optimizer_map: a dict to begin with.

    Raises:
        TypeError: one of the arguments is not of its type.
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"`default_optimizer` must be an Optimizer; got {default_optimizer!r}.")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"`optimizer_map` must be a dict; got {optimizer_map!r}.")
        self._default_optimizer = default_optimizer
        self._optimizer_map = {} if optimizer_map is None else optimizer_map

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of variables that no key fits."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        """The optimizer of the path `key`; `ValueError` when several expressions match it."""
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        fitting = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"Several keys of the optimizer map match '{key}': {fitting}.")
        return self._optimizer_map[fitting[0]] if fitting else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        """Add a key; `ValueError` for one that exists, and for anything but a plain optimizer."""
        if key in self._optimizer_map:
            raise ValueError(
                f"'{key}' is in the optimizer map already, with {self._optimizer_map[key]}; "
                "delete it first."
            )
        if not isinstance(key, str):
            raise ValueError(f"A key of an optimizer map must be a string; got {key!r}.")
        check_part(optimizer, f"key '{key}'")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """The optimizer of `variable`."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this map."""
        from bigdl_keras.saving import serialize_keras_object

        return {
            "default_optimizer": serialize_keras_object(self._default_optimizer),
            "optimizer_map": serialize_keras_object(self._optimizer_map),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Inverse of `get_config`."""
        from bigdl_keras.saving import deserialize_keras_object

        default = deserialize_keras_object(config["default_optimizer"], custom_objects)
        return cls(default, deserialize_keras_object(config["optimizer_map"], custom_objects))


def check_part(optimizer: Any, place: str) -> None:
    """`ValueError` unless `optimizer` may be a part of a `MultiOptimizer`.

    Args:
        optimizer: must be an optimizer that does not itself delegate to others.
        place: what it was given for, in the error.
    """
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"The optimizer of {place} must be an Optimizer; got {optimizer!r}.")
    if optimizer.delegates:
        raise ValueError(
            f"The optimizer of {place} cannot be a {type(optimizer).__name__}, which delegates "
            "to others itself; give the optimizer inside it."
        )
