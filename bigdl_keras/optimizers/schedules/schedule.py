"""Base class of learning rate schedules."""

from typing import Any, Self


class LearningRateSchedule:
    """A learning rate as a function of the step: `schedule(step) -> scalar`."""

    def __call__(self, step: Any) -> Any:
        """The rate at `step`, an integer or a scalar tensor."""
        raise NotImplementedError(f"{type(self).__name__} must define `__call__(self, step)`.")

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments that recreate this schedule."""
        raise NotImplementedError(f"{type(self).__name__} must define `get_config()`.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Inverse of `get_config`."""
        return cls(**config)


def positive_steps(name: str, value: int) -> int:
    """`value`, or a ValueError that names the argument when it is not positive."""
    if value <= 0:
        raise ValueError(f"`{name}` must be positive; got {value}.")
    return value
