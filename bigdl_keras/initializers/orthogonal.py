"""Random orthogonal weights."""

import math
from typing import Any

import numpy as np

from bigdl_keras import random
from bigdl_keras.initializers.random_initializer import RandomInitializer


class Orthogonal(RandomInitializer):
    """`gain` times a random matrix with orthonormal rows or columns (Saxe et al., 2014).

    A weight of rank above two is filled from the matrix (all leading axes, last axis).
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal needs a shape of rank 2 or more; got {tuple(shape)}.")
        rows, cols = math.prod(shape[:-1]), shape[-1]
        drawn = random.normal((max(rows, cols), min(rows, cols)), dtype=dtype, seed=self.seed)
        q, r = np.linalg.qr(np.asarray(drawn, "float64"))
        # The signs make the result uniform over the orthogonal group.
        q *= np.sign(np.diag(r))
        if rows < cols:
            q = q.T
        return (self.gain * q.reshape(shape)).astype(drawn.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
