"""Penalties on weights and activities."""

from typing import Any

from bigdl_keras.regularizers.norms import L1, L1L2, L2
from bigdl_keras.regularizers.orthogonal_regularizer import OrthogonalRegularizer
from bigdl_keras.regularizers.regularizer import Regularizer
from bigdl_keras.utils.named_objects import NamedObjects

l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_known = NamedObjects(
    "regularizer",
    [Regularizer, L1, L2, L1L2, OrthogonalRegularizer],
    aliases={"l1_l2": L1L2},
    snake=True,
)
deserialize = _known.deserialize
get = _known.get


def serialize(regularizer: Any) -> Any:
    """The config of a regularizer."""
    return _known.serialize(regularizer)


__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]
