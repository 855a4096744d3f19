"""Restrictions on weights, applied after each optimizer step."""

from typing import Any

from bigdl_keras.constraints.constraint import Constraint
from bigdl_keras.constraints.non_neg import NonNeg
from bigdl_keras.constraints.norms import MaxNorm, MinMaxNorm, UnitNorm
from bigdl_keras.utils.named_objects import NamedObjects

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_known = NamedObjects("constraint", [Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm], snake=True)
deserialize = _known.deserialize
get = _known.get


def serialize(constraint: Any) -> Any:
    """The config of a constraint."""
    return _known.serialize(constraint)


__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]
