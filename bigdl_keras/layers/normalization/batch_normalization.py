"""Batch normalisation (Ioffe & Szegedy 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph import replica
from bigdl_backend.graph.trace import bind
from bigdl_keras import config, constraints, initializers, ops, regularizers
from bigdl_keras.core.dtypes import is_float_dtype
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.normalization.base_batch_renorm import BatchRenorm, checked_clipping, move


class BatchNormalization(BatchRenorm):
    """Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.

    On several workers the statistics that normalise are those of a worker's own rows, unless ``synchronized=True``;
    the moving statistics are always those of the whole batch.

    Source: https://keras.io/api/layers/normalization_layers/batch_normalization/
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = int(axis)
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.renorm = renorm
        self.renorm_clipping = checked_clipping(renorm_clipping) if renorm else renorm_clipping
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized
        self.supports_masking = True
        self.gamma: Any = None
        self.beta: Any = None

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make scale, shift and moving statistics, one number a channel."""
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(
                f"The axis {self.axis} that {self.name!r} normalises must be defined. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        shape = (channels,)
        if self.scale:
            self.gamma = self._add_parameter("gamma", shape, autocast=False)
        if self.center:
            self.beta = self._add_parameter("beta", shape, autocast=False)
        self.moving_mean = self.add_weight(
            shape=shape,
            name="moving_mean",
            initializer=self.moving_mean_initializer,
            trainable=False,
            autocast=False,
        )
        self.moving_variance = self.add_weight(
            shape=shape,
            name="moving_variance",
            initializer=self.moving_variance_initializer,
            trainable=False,
            autocast=False,
        )
        if self.renorm:
            self._build_renorm(shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        self.built = True

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise with the batch's statistics when training, else with the moving ones.

        Args:
            inputs: any shape with the channels on `axis`.
            training: whether to use and record the statistics of the batch.
            mask: bool, the leading axes of `inputs`; what it drops does not count in the statistics.
        """
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError(
                "`mask` must have the shape of the inputs without the channel axis. "
                f"Received: mask of shape {mask.shape}, inputs of shape {inputs.shape} (layer {self.name!r})"
            )
        channels = self.moving_mean.shape[0]
        gamma = self.gamma.value if self.scale else ops.ones((channels,), "float32")
        beta = self.beta.value if self.center else ops.zeros((channels,), "float32")
        dtype = inputs.dtype if is_float_dtype(inputs.dtype) else self.compute_dtype
        x = ops.cast(inputs, gamma.dtype)
        if mask is not None:
            mask = ops.expand_dims(ops.cast(mask, x.dtype), -1)
        axis = self.axis % len(x.shape)
        back = None
        if axis != len(x.shape) - 1:
            there = [i for i in range(len(x.shape)) if i != axis] + [axis]
            back = [there.index(i) for i in range(len(there))]
            x = ops.transpose(x, there)
            if mask is not None:
                mask = ops.transpose(mask, there)
        if not (training and self.trainable):
            y = _normalise(
                x, self.moving_mean.value, self.moving_variance.value, gamma, beta, self.epsilon
            )
        elif self.renorm:
            mean, variance = _moments(x, mask, self.synchronized)
            r, d = self._renorm_correction(mean, variance)
            y = _normalise(x, mean, variance, r * gamma, d * gamma + beta, self.epsilon)
            if not self.synchronized:
                mean, variance = _of_whole_batch(mean, variance, x)
            self._record_renorm(mean, variance)
        elif mask is None and not (self.synchronized and replica.is_distributed()):
            y, mean, variance = bind("batch_norm", x, gamma, beta, epsilon=float(self.epsilon))
            self._record(*_of_whole_batch(mean, variance, x))
        else:
            mean, variance = _moments(x, mask, self.synchronized)
            y = _normalise(x, mean, variance, gamma, beta, self.epsilon)
            self._record(mean, variance)
        if back is not None:
            y = ops.transpose(y, back)
        return ops.cast(y, dtype)

    def _record(self, mean: Any, variance: Any) -> None:
        move(self.moving_mean, mean, self.momentum)
        move(self.moving_variance, variance, self.momentum)


def _normalise(x: Any, mean: Any, variance: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    factor = ops.multiply(ops.rsqrt(ops.add(variance, epsilon)), gamma)
    return ops.add(ops.multiply(x, factor), ops.subtract(beta, ops.multiply(mean, factor)))


def _moments(x: Any, mask: Any, across_workers: bool) -> tuple[Any, Any]:
    """Mean and variance over all axes but the last, of what `mask` keeps."""
    axes = list(range(len(x.shape) - 1))
    kept = ops.ones_like(x[..., :1]) if mask is None else mask
    # The axes along which the mask is one number count once for each of its entries.
    kept = ops.broadcast_to(kept, (*x.shape[:-1], kept.shape[-1]))
    # Chosen, not multiplied by 0: what is dropped may be NaN.
    sums = [ops.sum(ops.where(kept > 0, x, 0), axis=axes), ops.sum(kept, axis=axes)]
    total, count = replica.sum_across(*sums) if across_workers else sums
    if mask is not None:
        count = count + config.epsilon()  # a channel may have been dropped as a whole
    mean = total / count
    squares = ops.sum(ops.where(kept > 0, ops.square(x - mean), 0), axis=axes)
    if across_workers:
        squares = replica.sum_across(squares)
    return mean, squares / count


def _of_whole_batch(mean: Any, variance: Any, x: Any) -> tuple[Any, Any]:
    """The statistics of all workers' rows, from those of this worker's."""
    if not replica.is_distributed():
        return mean, variance
    local = ops.sum(ops.ones_like(x[..., 0]))
    share = local / replica.global_size(x[..., 0], x.dtype)
    # A worker without rows in this batch has no mean; its share is zero.
    has_rows = local > 0
    mean = ops.where(has_rows, mean, 0.0)
    square = ops.where(has_rows, variance, 0.0) + ops.square(mean)
    mean, square = replica.sum_across(mean * share, square * share)
    return mean, square - ops.square(mean)
