"""Rates that are constant between given steps."""

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import floatx
from bigdl_keras.optimizers.schedules.schedule import LearningRateSchedule


class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[i]` up to and including step `boundaries[i]`, the last value beyond.

    Args:
        boundaries: ascending steps.
        values: rates, one more than boundaries.
        name: name of the schedule.
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ) -> None:
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                f"`values` needs one element more than `boundaries`; got {len(values)} values and "
                f"{len(boundaries)} boundaries."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        step = ops.convert_to_tensor(step)
        rate = ops.cast(self.values[-1], floatx())
        pairs = list(zip(self.boundaries, self.values[:-1], strict=True))
        for boundary, value in reversed(pairs):
            rate = ops.where(step <= boundary, ops.cast(value, floatx()), rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
