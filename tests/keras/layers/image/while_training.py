"""Layers of training alone, seen in a prediction."""

from __future__ import annotations

from typing import Any

import bigdl_keras


class WhileTraining(bigdl_keras.layers.Layer):
    """A layer called as in training, whatever the model does."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs, training=True)
