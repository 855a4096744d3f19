"""Values brought to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op


@keras_op
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset, with vectors along `axis`."""
    x = F.as_value(x)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    factor = F.rsqrt(F.add(F.reshape(variance, shape), epsilon))
    if scale is not None:
        factor = F.multiply(factor, F.reshape(scale, shape))
    shift = F.multiply(F.negative(F.reshape(mean, shape)), factor)
    if offset is not None:
        shift = F.add(shift, F.reshape(offset, shape))
    return F.cast(F.add(F.multiply(x, factor), shift), x.dtype)


@keras_op
def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: Any = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Any:
    """`x` normalized over `axis`, times `gamma`, plus `beta`."""
    if set(kwargs) - {"rms_scaling"}:
        raise ValueError(f"`layer_normalization` got unexpected arguments: {sorted(kwargs)}")
    epsilon = config.epsilon() if epsilon is None else epsilon
    # Deprecated in Keras: divides by the standard deviation, but does not subtract the mean.
    uncentred = bool(kwargs.get("rms_scaling"))
    x = F.as_value(x)
    axes = F.axes_of(axis, x.ndim)
    one_axis = axes == (x.ndim - 1,) and isinstance(x.shape[-1], int)
    if one_axis and not uncentred:
        scale = np.ones(x.shape[-1:], x.dtype) if gamma is None else F.as_value(gamma, x.dtype)
        shift = np.zeros(x.shape[-1:], x.dtype) if beta is None else F.as_value(beta, x.dtype)
        return bind("layer_norm", x, scale, shift, epsilon=float(epsilon))[0]
    wide = F.cast(x, "float32") if x.dtype.itemsize < 4 else x
    centred = F.subtract(wide, F.mean(wide, axes, keepdims=True))
    variance = F.mean(F.square(centred), axes, keepdims=True)
    y = F.multiply(wide if uncentred else centred, F.rsqrt(F.add(variance, epsilon)))
    shape = [x.shape[at] if at in axes else 1 for at in range(x.ndim)]
    if gamma is not None:
        y = F.multiply(y, F.reshape(gamma, shape))
    if beta is not None and not uncentred:
        y = F.add(y, F.reshape(beta, shape))
    return F.cast(y, x.dtype)


@keras_op
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`x` divided by its root mean square over `axis`, times `scale`."""
    x = F.as_value(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide = F.cast(x, "float32") if x.dtype.itemsize < 4 else x
    squares = F.mean(F.square(wide), axis, keepdims=True)
    y = F.multiply(wide, F.rsqrt(F.add(squares, epsilon)))
    if scale is not None:
        axes = F.axes_of(axis, x.ndim)
        scale = F.as_value(scale)
        if scale.ndim:
            scale = F.reshape(scale, [x.shape[at] if at in axes else 1 for at in range(x.ndim)])
        y = F.multiply(y, scale)
    return F.cast(y, x.dtype)
