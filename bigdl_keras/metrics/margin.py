"""Means of margin losses."""

from typing import Any

from bigdl_keras import losses
from bigdl_keras.metrics.mean import NamedMeanMetric


class Hinge(NamedMeanMetric):
    """See `losses.hinge`."""

    _direction = "down"

    def __init__(self, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


class SquaredHinge(NamedMeanMetric):
    """See `losses.squared_hinge`."""

    _direction = "down"

    def __init__(self, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


class CategoricalHinge(NamedMeanMetric):
    """See `losses.categorical_hinge`."""

    _direction = "down"

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)
