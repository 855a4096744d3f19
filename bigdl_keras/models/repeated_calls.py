"""Calls of whole models on arrays: layer by layer the first time, as a traced step from then on."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.core.changes import changes
from bigdl_keras.core.masks import get_keras_mask
from bigdl_keras.core.trace_scope import in_stateless_scope
from bigdl_keras.layers.core.lambda_layer import Lambda
from bigdl_keras.layers.layer import in_call
from bigdl_keras.saving.public_names import keras_module_of
from bigdl_keras.trainers.step_cache import StepCache

# Each has a plan of its own, so that models that are called on ever new shapes are not planned over and over.
_MOST_SHAPES = 8


class RepeatedCalls:
    """The calls of a model that its traced prediction may stand for.

    These are calls for inference, on arrays of shapes that the model was called on before, of models whose Python
    nobody wrote or can see: a graph of this package's own layers without masks or losses to leave behind. There the
    step gives what the layers give, without a Python call for each of them.

    Args:
        model: a `Functional` or `Sequential` model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._steps = StepCache(model)
        self._shapes: set[Any] = set()
        self._seen = -1

    def steps_for(self, inputs: Any) -> StepCache | None:
        """The steps that may run for a call of the model on `inputs`; None: call the layers."""
        if self._seen != changes():
            self._shapes.clear()
        if not self._shapes or _is_inside() or self._model.run_eagerly:
            return None
        return self._steps if _kinds(inputs) in self._shapes else None

    def remember(self, inputs: Any, outputs: Any) -> None:
        """Take note of a call that went layer by layer."""
        if len(self._shapes) >= _MOST_SHAPES or _is_inside():
            return
        kinds = _kinds(inputs)
        if kinds is None or any(get_keras_mask(x) is not None for x in tree.flatten(outputs)):
            return
        if all(map(_is_plain, self._model._flatten_layers())):
            if self._seen != changes():
                self._steps = StepCache(self._model)
                self._seen = changes()
            self._shapes.add(kinds)


def _is_inside() -> bool:
    """Whether this is a part of something larger, which may see what the layers do."""
    return in_call() or in_stateless_scope()


def _kinds(inputs: Any) -> Any:
    """Shapes and dtypes of an array, or a list or tuple of arrays, as a hashable value; None for all else."""
    kinds: list[Any] = [type(inputs)]
    for x in inputs if type(inputs) in (list, tuple) else (inputs,):
        if type(x) is not np.ndarray or x.dtype.kind in "OSU" or get_keras_mask(x) is not None:
            return None
        kinds += (x.shape, x.dtype)
    return tuple(kinds)


def _is_plain(layer: Any) -> bool:
    return (
        keras_module_of(type(layer)) is not None
        and not isinstance(layer, Lambda)
        and layer.activity_regularizer is None
        and not layer._losses
    )
