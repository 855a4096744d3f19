"""Losses: classes, functions, and how to name them."""

from collections.abc import Mapping
from typing import Any

from bigdl_keras.losses.binary_crossentropy import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
)
from bigdl_keras.losses.categorical_crossentropy import (
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
)
from bigdl_keras.losses.circle import Circle, circle
from bigdl_keras.losses.ctc import CTC, ctc
from bigdl_keras.losses.function_loss import LossFunctionWrapper
from bigdl_keras.losses.hinge import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from bigdl_keras.losses.loss import Loss
from bigdl_keras.losses.probabilistic import KLDivergence, Poisson, kl_divergence, poisson
from bigdl_keras.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from bigdl_keras.losses.segmentation import Dice, Tversky, dice, tversky
from bigdl_keras.losses.similarity import CosineSimilarity, cosine_similarity
from bigdl_keras.losses.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
    sparse_categorical_crossentropy,
)
from bigdl_keras.utils.named_objects import NamedObjects

_known = NamedObjects(
    "loss",
    [
        BinaryCrossentropy,
        BinaryFocalCrossentropy,
        CTC,
        CategoricalCrossentropy,
        CategoricalFocalCrossentropy,
        CategoricalGeneralizedCrossEntropy,
        CategoricalHinge,
        Circle,
        CosineSimilarity,
        Dice,
        Hinge,
        Huber,
        KLDivergence,
        LogCosh,
        Loss,
        LossFunctionWrapper,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        Poisson,
        SparseCategoricalCrossentropy,
        SquaredHinge,
        Tversky,
        binary_crossentropy,
        binary_focal_crossentropy,
        categorical_crossentropy,
        categorical_focal_crossentropy,
        categorical_hinge,
        circle,
        cosine_similarity,
        ctc,
        dice,
        hinge,
        huber,
        kl_divergence,
        log_cosh,
        mean_absolute_error,
        mean_absolute_percentage_error,
        mean_squared_error,
        mean_squared_logarithmic_error,
        poisson,
        sparse_categorical_crossentropy,
        squared_hinge,
        tversky,
    ],
    aliases={
        "BCE": binary_crossentropy,
        "KLD": kl_divergence,
        "MAE": mean_absolute_error,
        "MAPE": mean_absolute_percentage_error,
        "MSE": mean_squared_error,
        "MSLE": mean_squared_logarithmic_error,
        "bce": binary_crossentropy,
        "kld": kl_divergence,
        "mae": mean_absolute_error,
        "mape": mean_absolute_percentage_error,
        "mse": mean_squared_error,
        "msle": mean_squared_logarithmic_error,
    },
)
ALL_OBJECTS = frozenset(_known.table.values())
get = _known.get


def serialize(loss: Any) -> Any:
    """The config of a loss: a dict for an object, the name of a function."""
    return _known.serialize(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The loss that `name`, a name or a config, describes."""
    return _known.deserialize(name, custom_objects)


__all__ = [
    "ALL_OBJECTS",
    "CTC",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "LossFunctionWrapper",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]
