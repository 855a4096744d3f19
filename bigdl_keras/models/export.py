"""Models as programs: the graph and the weights, without any Python of the user."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from bigdl_backend.graph.dims import Dim
from bigdl_keras import tree
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.shape_inference import numpy_dtype
from bigdl_keras.layers.call_spec import shapes_to_tensors
from bigdl_keras.trainers.step import batch_spec, trace_program


def export_program(model: Any, filepath: Any) -> None:
    """Write the prediction step of ``model`` to a file; see ``Model.export``."""
    if not model.built:
        raise ValueError(
            f"The model '{model.name}' has not yet been built. Build it first by calling it on "
            "some data or by using `build()`."
        )
    numbers = count()

    def spec(x: KerasTensor) -> Any:
        number = next(numbers)
        sizes = [
            Dim.var(f"input_{number}_axis_{axis}") if size is None else size
            for axis, size in enumerate(x.shape)
        ]
        return batch_spec(sizes[1:], numpy_dtype(x.dtype))

    inputs = tree.map_structure(spec, _symbolic_inputs(model))
    traced = trace_program(model, ["predict"], (inputs, None, None))
    if traced.steps["predict"].host.fed is not None:
        raise ValueError(
            f"The model '{model.name}' takes text, which programs do not: export a model of the layers "
            "that follow those of text, or save the model with `save()`."
        )
    Path(filepath).write_bytes(traced.program.to_bytes())


def _symbolic_inputs(model: Any) -> Any:
    from bigdl_keras.models.functional import Functional
    from bigdl_keras.models.sequential import Sequential

    if isinstance(model, Functional):
        return model.input
    if isinstance(model, Sequential) and model._functional is not None:
        return model._functional.input
    shapes = model._build_shapes_dict or {}
    if len(shapes) != 1:
        raise ValueError(
            f"The shapes of the inputs of model '{model.name}' are not known: build it by calling "
            "it on one argument"
        )
    return shapes_to_tensors(next(iter(shapes.values())), model.compute_dtype)
