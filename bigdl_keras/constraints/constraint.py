"""Base class of constraints."""

from typing import Any, Self


class Constraint:
    """Maps a variable's value to an allowed one after each optimizer step."""

    def __call__(self, w: Any) -> Any:
        """The allowed value for `w`, same shape and dtype."""
        return w

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this constraint."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)
