"""What differs from stock Keras on purpose, and why. A row that matches nothing fails the test."""

from __future__ import annotations

from fnmatch import fnmatchcase

QUANTISED = "quantised computing is not offered; `quantize` says so"
JAX_STATE = "JAX's way: state is passed in and out. Here `train_step(self, data)` is traced and variables are assigned"
ANY_SHAPES = "one general method, which traces `call`, takes what each of stock Keras's takes"
NAMED = "arguments are named; stock Keras takes the same ones by `*args` and `**kwargs`"
FOREIGN = "another framework's code within a model: refused where the layer is made"

# `{pattern of names: reason}`: names that stock Keras has and we have not.
ABSENT: dict[str, str] = {
    "layers.*.quantized_build": QUANTISED,
    "layers.*.quantized_call": QUANTISED,
    "layers.TorchModuleWrapper.parameters": FOREIGN,
    "layers.*.convert_weight": "brings weights to another framework within its data pipeline; there is none here",
    "callbacks.OrbaxCheckpoint.*": "never made: the constructor says what to use instead",
    "models.Model.get_quantization_layer_structure": QUANTISED,
    "models.Model.jax_state_sync": JAX_STATE,
    "models.Model.compute_loss_and_updates": JAX_STATE,
    "models.Model.stateless_compute_loss": JAX_STATE,
}

# `{pattern of names: reason}`: signatures that are not stock Keras's.
OTHERWISE: dict[str, str] = {
    "layers.*.compute_output_shape": ANY_SHAPES,
    "layers.*.compute_output_spec": ANY_SHAPES,
    "layers.*.transform_images": "the transformation may always be left out: one is drawn",
    "layers.RandomGrayscale.*": "as in all other image layers; stock Keras's cannot be called on dicts",
    "layers.JaxLayer.call": FOREIGN,
    "layers.TFSMLayer.*": FOREIGN,
    "layers.TorchModuleWrapper.*": FOREIGN,
    "layers.*.from_config": "custom objects are found by scope or registration",
    "layers.Layer": NAMED,
    "layers.Layer.add_weight": "shape and initializer may also be given by position",
    "layers.Layer.add_variable": "another name of `add_weight`, with all of its arguments",
    "layers.TextVectorization.build": "needs no shape: texts have none that matters",
    "models.Sequential": NAMED,
    "models.Model.quantize": QUANTISED,
    "models.Model.export": "writes our own format, whose reader needs no Keras; stock Keras's formats are frameworks'",
    "models.Model.fit": "also takes options of training on Spark",
    "models.Model.evaluate": "also takes options of evaluation on Spark",
    "models.Model.predict": "also takes options of prediction on Spark",
    "models.Model.train_step": JAX_STATE,
    "models.Model.test_step": JAX_STATE,
    "models.Model.predict_step": JAX_STATE,
}


def reason(name: str, table: dict[str, str]) -> str | None:
    """Why a name is in that table, or None."""
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), None)
