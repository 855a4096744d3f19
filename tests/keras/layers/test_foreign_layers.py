"""Layers of other frameworks: made as in stock Keras, refused with what to do instead."""

import inspect

import keras
import pytest

from bigdl_keras import layers

FOREIGN = ["FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"]


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_layer_is_refused(name: str) -> None:
    ours, theirs = getattr(layers, name), getattr(keras.layers, name)
    names = list(inspect.signature(theirs.__init__).parameters)
    assert list(inspect.signature(ours.__init__).parameters) == names
    with pytest.raises(NotImplementedError, match=f"{name}.*keras.ops"):
        ours("anything")
