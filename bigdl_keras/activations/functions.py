"""The activation functions, as Keras names them."""

from __future__ import annotations

from typing import Any

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


@keras_op
def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Any:
    """`x` above the threshold, `negative_slope` (x - threshold) below, at most `max_value`."""
    if not threshold and not negative_slope:
        y = F.relu(x)
    elif not threshold:
        y = F.leaky_relu(x, negative_slope)
    else:
        low = F.multiply(F.subtract(x, threshold), negative_slope) if negative_slope else 0
        y = F.where(F.greater(x, threshold), x, low)
    return y if max_value is None else F.minimum(y, max_value)


@keras_op
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """`x` where positive, else `negative_slope` times `x`."""
    return F.leaky_relu(x, negative_slope)


@keras_op
def relu6(x: Any) -> Any:
    """`x` clipped to [0, 6]."""
    return F.relu6(x)


@keras_op
def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) normalised to a sum of 1 over `axis`."""
    return F.softmax(x, axis)


@keras_op
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """log(softmax(x))."""
    return F.log_softmax(x, axis)


@keras_op
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else alpha (exp(x) - 1)."""
    return F.elu(x, alpha)


@keras_op
def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)."""
    return F.celu(x, alpha)


@keras_op
def selu(x: Any) -> Any:
    """The self-normalizing scaled elu."""
    return F.selu(x)


@keras_op
def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return F.softplus(x)


@keras_op
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return F.softsign(x)


@keras_op
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x² + b)) / 2."""
    return F.squareplus(x, b)


@keras_op
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` moved towards 0 by the threshold."""
    return F.soft_shrink(x, threshold)


@keras_op
def sparse_plus(x: Any) -> Any:
    """0 below -1, x above 1, (x + 1)² / 4 between."""
    return F.sparse_plus(x)


@keras_op
def silu(x: Any) -> Any:
    """x sigmoid(x)."""
    return F.silu(x)


@keras_op
def gelu(x: Any, approximate: bool = False) -> Any:
    """`x` times the normal distribution function at `x`."""
    return F.gelu(x, approximate)


@keras_op
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return F.tanh(x)


@keras_op
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    return F.tanh_shrink(x)


@keras_op
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """`x` where it is above the threshold, else `default_value`."""
    return F.threshold(x, threshold, default_value)


@keras_op
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return F.sigmoid(x)


@keras_op
def exponential(x: Any) -> Any:
    """exp(x)."""
    return F.exp(x)


@keras_op
def hard_sigmoid(x: Any) -> Any:
    """relu6(x + 3) / 6."""
    return F.hard_sigmoid(x)


@keras_op
def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x))."""
    return F.log_sigmoid(x)


@keras_op
def sparse_sigmoid(x: Any) -> Any:
    """0 below -1, 1 above 1, (x + 1) / 2 between."""
    return F.sparse_sigmoid(x)


@keras_op
def hard_silu(x: Any) -> Any:
    """x hard_sigmoid(x)."""
    return F.hard_silu(x)


@keras_op
def linear(x: Any) -> Any:
    """`x` itself."""
    return x


@keras_op
def mish(x: Any) -> Any:
    """x tanh(softplus(x))."""
    return F.mish(x)


@keras_op
def glu(x: Any, axis: int = -1) -> Any:
    """The first half of `axis` times the sigmoid of the second."""
    return F.glu(x, axis)


@keras_op
def hard_tanh(x: Any) -> Any:
    """`x` clipped to [-1, 1]."""
    return F.hard_tanh(x)


@keras_op
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` where its magnitude is above the threshold, else 0."""
    return F.hard_shrink(x, threshold)


@keras_op
def sparsemax(x: Any, axis: int = -1) -> Any:
    """The point of the simplex nearest to `x`."""
    return F.sparsemax(x, axis)
