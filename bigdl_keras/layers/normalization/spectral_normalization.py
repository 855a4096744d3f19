"""Spectral normalisation (Miyato et al. 2018)."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.tensor import Tensor
from bigdl_keras import initializers, ops
from bigdl_keras.layers.core.wrapper import Wrapper
from bigdl_keras.layers.input_spec import InputSpec


class SpectralNormalization(Wrapper):
    """In each training step divides the weight of a layer by its largest singular value.

    The layer has a `kernel` or `embeddings`. The singular value is followed by `power_iterations` steps a call.

    Source: https://keras.io/api/layers/normalization_layers/spectral_normalization/
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if power_iterations <= 0:
            raise ValueError(
                "`power_iterations` should be greater than zero. Received: "
                f"`power_iterations={power_iterations}`"
            )
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:  # type: ignore[override]
        """Build the layer and make the estimate of the first singular vector."""
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        for name in ("kernel", "embeddings"):
            if hasattr(self.layer, name):
                self.kernel = getattr(self.layer, name)
                break
        else:
            raise ValueError(
                f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings' "
                f"(layer {self.name!r} can only wrap a layer that has)"
            )
        self.vector_u = self.add_weight(
            shape=(1, self.kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
            name="vector_u",
            dtype=self.kernel.dtype,
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Normalise the weight when training, then call the layer."""
        kernel = self.kernel.value
        if training:
            vector_u, normalised = self.normalized_weights()
            self.vector_u.assign(vector_u)
            self.kernel.assign(normalised)
        outputs = self.layer(inputs)
        if training and isinstance(kernel, Tensor):
            # What a step of the optimizer changes is the weight that was not divided (as on JAX).
            self.kernel.assign(kernel)
        return ops.cast(outputs, inputs.dtype)

    def normalized_weights(self) -> tuple[Any, Any]:
        """The next estimate of the singular vector, and the weight divided by its singular value.

        A weight of zeros stays, and so does the estimate: it has no direction.
        """
        kernel = self.kernel.value
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        u = self.vector_u.value
        for _ in range(self.power_iterations):
            v = _unit(ops.matmul(u, ops.transpose(matrix)))
            u = _unit(ops.matmul(v, matrix))
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        is_zero = ops.equal(sigma, 0)
        u = ops.where(is_zero, self.vector_u.value, u)
        normalised = ops.reshape(ops.divide(matrix, ops.where(is_zero, 1, sigma)), kernel.shape)
        return ops.cast(u, self.vector_u.dtype), ops.cast(normalised, self.kernel.dtype)


def _unit(x: Any) -> Any:
    return ops.normalize(x, axis=None)
