"""The same layer at every time step."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops
from bigdl_keras.layers.core.wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Applies a layer to each step of ``(batch, time, ...)``.

    Source: https://keras.io/api/layers/recurrent_layers/time_distributed/
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:  # type: ignore[override]
        """Build the layer for one step."""
        if len(input_shape) < 3:
            raise ValueError(
                "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, "
                f"received: {tuple(input_shape)} (layer {self.name!r})"
            )
        super().build((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Apply the layer to all steps, at once where their order does not matter: batch and time are one axis then."""
        shape = ops.shape(inputs)
        kwargs: dict[str, Any] = {}
        if mask is not None and tuple(mask.shape[:2]) != tuple(inputs.shape[:2]):
            raise ValueError(
                f"The `mask` passed to {self.name!r} has shape {tuple(mask.shape)}; expected it to begin with "
                f"{tuple(inputs.shape[:2])}, the batch and time of the inputs."
            )
        if self.layer._call_has_training_arg:
            kwargs["training"] = training
        takes_mask = self.layer._call_has_mask_arg and mask is not None
        if training and self._counts_calls() and isinstance(inputs.shape[1], int):
            outputs = []
            for t in range(inputs.shape[1]):
                step_mask = {"mask": mask[:, t]} if takes_mask else {}
                outputs.append(self.layer(inputs[:, t], **kwargs, **step_mask))
            return ops.stack(outputs, axis=1)
        if takes_mask:
            kwargs["mask"] = ops.reshape(mask, (-1, *ops.shape(mask)[2:]))
        steps = self.layer(ops.reshape(inputs, (shape[0] * shape[1], *shape[2:])), **kwargs)
        return ops.reshape(steps, (shape[0], shape[1], *ops.shape(steps)[1:]))

    def _counts_calls(self) -> bool:
        """Whether a call in training changes the layer, as that of a `BatchNormalization`, so that steps matter."""
        return any(not weight.trainable for weight in self.layer.weights) and self.layer.trainable
