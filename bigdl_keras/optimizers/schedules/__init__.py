"""Learning rates that change from step to step."""

from typing import Any

from bigdl_keras.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from bigdl_keras.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PolynomialDecay,
)
from bigdl_keras.optimizers.schedules.piecewise import PiecewiseConstantDecay
from bigdl_keras.optimizers.schedules.schedule import LearningRateSchedule
from bigdl_keras.utils.named_objects import NamedObjects

_known = NamedObjects(
    "learning rate schedule",
    [
        CosineDecay,
        CosineDecayRestarts,
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    ],
)
deserialize = _known.deserialize


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """The config of a schedule."""
    return _known.serialize(learning_rate_schedule)


__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]
