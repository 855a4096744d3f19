"""Calling the steps of a model, which users may have written for another framework."""

import inspect
from typing import Any

from bigdl_keras.trainers.data_adapters.unpack import pack_x_y_sample_weight

# What steps for other frameworks cannot do without.
_SIGNS = {
    "GradientTape": "TensorFlow",
    "value_and_grad": "JAX",
    "backward": "torch",
    "zero_grad": "torch",
}
_HOW = """Write it for this library, where a step is recorded once and variables are read and assigned in place:

    from bigdl_keras.trainers.gradients import gradients

    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        variables = self.trainable_variables
        self.optimizer.apply(gradients(loss, variables), variables)
        return self.compute_metrics(x, y, y_pred)"""


def call_step(model: Any, mode: str, data: tuple[Any, Any, Any]) -> Any:
    """`model.train_step(data)`, `test_step` or `predict_step`.

    Args:
        model: the model.
        mode: "train", "test" or "predict".
        data: `(x, y, sample_weight)`, `None` where absent. The step gets it in the shortest form:
            `x`, `(x, y)` or `(x, y, sample_weight)`.

    Raises:
        TypeError: the step is written for TensorFlow, JAX or torch.
    """
    name = f"{mode}_step"
    step = getattr(model, name)
    if next(iter(inspect.signature(step).parameters), None) == "state":
        raise TypeError(
            f"{type(model).__name__}.{name}(state, data) is a step for Keras on JAX, which hands "
            f"all variables through `state`. {_HOW}"
        )
    try:
        return step(pack_x_y_sample_weight(*data))
    except Exception as error:
        framework = _framework_of(step)
        if framework is None:
            raise
        raise TypeError(
            f"{type(model).__name__}.{name} is written for {framework}, and got tensors of this "
            f"library ({type(error).__name__}: {error}). {_HOW}"
        ) from error


def _framework_of(step: Any) -> str | None:
    """The framework that a step is written for, as far as its code tells."""
    if type(step).__module__.startswith("tensorflow."):  # decorated by `tf.function`
        return "TensorFlow"
    code = getattr(inspect.unwrap(step), "__code__", None)
    names = () if code is None else code.co_names
    return next((framework for sign, framework in _SIGNS.items() if sign in names), None)
