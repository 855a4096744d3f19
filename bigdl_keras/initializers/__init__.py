"""First values of variables."""

from typing import Any

import numpy as np

from bigdl_keras.initializers.constants import Constant, Identity, Ones, Zeros
from bigdl_keras.initializers.distributions import RandomNormal, RandomUniform, TruncatedNormal
from bigdl_keras.initializers.initializer import Initializer
from bigdl_keras.initializers.orthogonal import Orthogonal
from bigdl_keras.initializers.random_initializer import RandomInitializer
from bigdl_keras.initializers.stft import STFT
from bigdl_keras.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from bigdl_keras.utils.named_objects import NamedObjects

constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = IdentityInitializer = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = OrthogonalInitializer = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
stft = STFTInitializer = STFT
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

_known = NamedObjects(
    "initializer",
    [
        Constant,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        Identity,
        Initializer,
        LecunNormal,
        LecunUniform,
        Ones,
        Orthogonal,
        RandomNormal,
        RandomUniform,
        STFT,
        TruncatedNormal,
        VarianceScaling,
        Zeros,
    ],
    aliases={
        "IdentityInitializer": Identity,
        "OrthogonalInitializer": Orthogonal,
        "STFTInitializer": STFT,
        "normal": RandomNormal,
        "one": Ones,
        "uniform": RandomUniform,
        "zero": Zeros,
    },
    snake=True,
)
deserialize = _known.deserialize


def get(identifier: Any) -> Any:
    """A name, config, class, callable or array -> a callable `(shape, dtype) -> ndarray`.

    An array becomes an initializer that checks the shape and returns the array.
    """
    if isinstance(identifier, (np.ndarray, np.generic)):
        return _given_array(np.asarray(identifier))
    return _known.get(identifier)


def _given_array(array: np.ndarray) -> Any:
    def initialize(shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        if tuple(shape) != array.shape:
            raise ValueError(
                f"The array given as initializer has shape {array.shape}; "
                f"the variable wants {tuple(shape)}."
            )
        return Constant(array)(shape, dtype)

    return initialize


def serialize(initializer: Any) -> Any:
    """The config of an initializer."""
    return _known.serialize(initializer)


__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
