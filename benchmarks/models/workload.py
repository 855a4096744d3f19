"""What is timed: a model, data of its sizes, and how it is trained."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

CLASSES = "sparse_categorical_crossentropy"
YES_OR_NO = "binary_crossentropy"


@dataclass(frozen=True)
class Workload:
    """A model and its data.

    Attributes:
        build: makes the model with the library it is given: `bigdl_keras` or `keras`.
        data: makes `(x, y)` of a number of rows with a random generator; `x` is an array or a list of them.
        loss: the name of the loss.
        batch: rows of a training step.
        batches: the most batches to make data of; few where rows are large or steps long.
    """

    build: Callable[[Any], Any]
    data: Callable[[int, np.random.Generator], tuple[Any, np.ndarray]]
    loss: str
    batch: int
    batches: int = 100


def images(*shape, classes=10):
    """Arrays of this shape, and a class for each."""

    def make(count, rng):
        return rng.random((count, *shape), np.float32), rng.integers(0, classes, count)

    return make


def texts(length, words):
    """Rows of word numbers, and for each yes or no."""

    def make(count, rng):
        return rng.integers(0, words, (count, length), np.int32), yes_or_no(count, rng)

    return make


def yes_or_no(count, rng):
    return rng.integers(0, 2, (count, 1)).astype(np.float32)
