"""Base class of weight and activity penalties."""

from typing import Any, Self


class Regularizer:
    """A penalty added to the loss: `regularizer(tensor) -> scalar`."""

    def __call__(self, x: Any) -> Any:
        """The penalty of `x`, a scalar of its dtype."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this regularizer."""
        raise NotImplementedError(f"{type(self).__name__} must define `get_config()`.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)


def non_negative(value: Any, name: str) -> float:
    """`value` as a finite float >= 0, or a ValueError that names the argument."""
    if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise ValueError(f"`{name}` must be a finite number >= 0; got {value!r}.")
    return float(value)
