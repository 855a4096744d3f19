"""One seed for everything."""

import random as python_random

import numpy as np

from bigdl_keras.random.seed_generator import set_global_seed


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and this library's randomness: weights, dropout, shuffling.

    Args:
        seed: an integer in [0, 2**32).
    """
    if not isinstance(seed, int):
        raise ValueError(f"`seed` must be an integer; got {seed!r}.")
    python_random.seed(seed)
    np.random.seed(seed)
    set_global_seed(seed)
