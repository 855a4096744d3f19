"""Creating what a model lacks before its first step."""

from collections.abc import Callable
from typing import Any

from bigdl_backend.graph.dims import strict_comparisons
from bigdl_keras import tree
from bigdl_keras.core.default_method import is_default
from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.shape_inference import infer_output_spec
from bigdl_keras.core.trace_scope import ValuedScope
from bigdl_keras.trainers.eager_steps import tensors_of


def build_from(model: Any, batch: Any, outputs_only: bool = False) -> None:
    """Create everything that is not there yet, from the shapes of a batch of arrays."""
    layers = model._flatten_layers()
    built = all(layer.built for layer in layers)
    parts = [] if outputs_only else [model._compile_loss, model._compile_metrics]
    # Models without a `call` have steps of their own, which build what they use.
    stepwise = is_default(model.call)
    if not (stepwise or (built and all(part is None or part.built for part in parts))):

        def forward(x: Any, y: Any, sample_weight: Any) -> Any:
            y_pred = model(x, training=False)
            if not outputs_only:
                model._loss_of(x, y, y_pred, sample_weight, training=False)
                model.compute_metrics(x, y, y_pred, sample_weight)
            return y_pred

        if model.run_eagerly:
            with ValuedScope() as scope:
                forward(*tensors_of(scope, batch))
        else:
            _infer(forward, batch)
    variables = model.trainable_variables
    if outputs_only or model.optimizer is None or model.optimizer.built:
        return
    if variables or not stepwise:  # else the first step builds it too
        model.optimizer.build(variables)


def _infer(forward: Callable[..., Any], batch: Any) -> None:
    """Trace for any number of rows, or if the code of the model needs it, for that of the batch."""
    try:
        with strict_comparisons():
            infer_output_spec(forward, *tree.map_structure(_any_rows, batch))
    except Exception:  # an error that has other reasons comes again, and tells of real shapes
        needs_rows = True
    else:
        needs_rows = False
    if needs_rows:
        infer_output_spec(forward, *tree.map_structure(_these_rows, batch))


def _any_rows(array: Any) -> Any:
    return None if array is None else KerasTensor((None, *array.shape[1:]), _dtype(array))


def _these_rows(array: Any) -> Any:
    return None if array is None else KerasTensor(array.shape, _dtype(array))


def _dtype(array: Any) -> str:
    return standardize_dtype(array.dtype)
