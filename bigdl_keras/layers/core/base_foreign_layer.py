"""Layers of stock Keras that run another framework's code inside a model."""

from __future__ import annotations

from typing import NoReturn

from bigdl_keras.layers.layer import Layer


class BaseForeignLayer(Layer):
    """A layer that cannot be made here: a graph of ours has no place for another framework's computation.

    Subclasses have the signature that stock Keras gives them, so that a script fails where the layer is made, with
    an error that says what to use instead.
    """

    framework: str

    def _refuse(self) -> NoReturn:
        raise NotImplementedError(
            f"{type(self).__name__} runs {self.framework} code inside a model, which cannot be compiled here nor sent "
            "to workers. Write the computation as a Layer with keras.ops, or load the trained model from a .keras "
            "file."
        )
