"""Optimizers."""

from typing import Any

from bigdl_keras.optimizers import legacy, schedules
from bigdl_keras.optimizers.adadelta import Adadelta
from bigdl_keras.optimizers.adafactor import Adafactor
from bigdl_keras.optimizers.adagrad import Adagrad
from bigdl_keras.optimizers.adam import Adam
from bigdl_keras.optimizers.adamax import Adamax
from bigdl_keras.optimizers.adamw import AdamW
from bigdl_keras.optimizers.ftrl import Ftrl
from bigdl_keras.optimizers.lamb import Lamb
from bigdl_keras.optimizers.lion import Lion
from bigdl_keras.optimizers.loss_scale_optimizer import LossScaleOptimizer
from bigdl_keras.optimizers.multi_optimizer import MultiOptimizer
from bigdl_keras.optimizers.muon import Muon
from bigdl_keras.optimizers.nadam import Nadam
from bigdl_keras.optimizers.optimizer import Optimizer
from bigdl_keras.optimizers.optimizer_map import OptimizerMap
from bigdl_keras.optimizers.rmsprop import RMSprop
from bigdl_keras.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from bigdl_keras.optimizers.sgd import SGD
from bigdl_keras.utils.named_objects import NamedObjects

_classes = [
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    AdamW,
    Adamax,
    Ftrl,
    Lamb,
    Lion,
    LossScaleOptimizer,
    MultiOptimizer,
    Muon,
    Nadam,
    Optimizer,
    OptimizerMap,
    RMSprop,
    SGD,
    ScheduleFreeAdamW,
]
_known = NamedObjects(
    "optimizer", _classes, aliases={cls.__name__.lower(): cls for cls in _classes}
)
deserialize = _known.deserialize


def serialize(optimizer: Any) -> dict[str, Any]:
    """The config of an optimizer, without its state."""
    return _known.serialize(optimizer)


def get(identifier: Any) -> Any:
    """`None`, a name in any case, a config or an optimizer -> the optimizer (or `None`).

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(identifier, str) and identifier.lower() in _known.table:
        identifier = identifier.lower()
    found = _known.get(identifier) if isinstance(identifier, (str, dict)) else identifier
    if found is not None and not isinstance(found, Optimizer):
        raise ValueError(f"Cannot interpret {identifier!r} as an optimizer.")
    return found


__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "legacy",
    "schedules",
    "serialize",
]
