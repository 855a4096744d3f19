"""Batch renormalisation (Ioffe 2017): the moving statistics take part in training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bigdl_keras import ops
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.builtin_layer import BuiltinLayer

_LIMITS = ("rmax", "rmin", "dmax")


def checked_clipping(clipping: dict[str, float] | None) -> dict[str, float]:
    """The limits of the correction, an empty dict for None.

    Raises:
        ValueError: an unknown limit, or limits that contradict each other.
    """
    limits = clipping or {}
    if set(limits) - set(_LIMITS):
        raise ValueError(
            f"Received invalid keys for `renorm_clipping` argument: {limits}. "
            f"Supported values: {list(_LIMITS)}."
        )
    rmax, rmin, dmax = (limits.get(name) for name in _LIMITS)
    if rmax is not None and rmin is not None and rmax < rmin:
        raise ValueError(
            "rmax should be greater than rmin in the `renorm_clipping` argument. "
            f"Received: rmax={rmax}, rmin={rmin}."
        )
    if dmax is not None and dmax < 0:
        raise ValueError(
            f"dmax should be non-negative in the `renorm_clipping` argument. Received: dmax={dmax}."
        )
    return limits


class BatchRenorm(BuiltinLayer):
    """The weights that renormalisation adds to `BatchNormalization`, and the correction made from them."""

    epsilon: float
    momentum: float
    renorm_momentum: float
    renorm_clipping: Any
    moving_mean_initializer: Any
    moving_variance_initializer: Any
    moving_mean: Variable
    moving_variance: Variable

    def _build_renorm(self, shape: tuple[int, ...]) -> None:
        def weight(name: str, initializer: Any) -> Variable:
            return self.add_weight(
                shape=shape,
                name=name,
                initializer=initializer,
                trainable=False,
                autocast=False,
            )

        def stddev(shape: Any, dtype: Any = None) -> Any:
            return np.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

        self.moving_stddev = weight("moving_stddev", stddev)
        self.renorm_mean = weight("renorm_mean", self.moving_mean_initializer)
        self.renorm_stddev = weight("renorm_stddev", stddev)

    def _renorm_correction(self, mean: Any, variance: Any) -> tuple[Any, Any]:
        """`r` and `d`: a normalised batch ``x`` becomes ``x * r + d``. No gradient flows through them."""
        limits = self.renorm_clipping
        kept = ops.maximum(self.renorm_stddev.value, math.sqrt(self.epsilon))
        r = ops.divide(ops.sqrt(ops.add(variance, self.epsilon)), kept)
        d = ops.divide(ops.subtract(mean, self.renorm_mean.value), kept)
        if limits.get("rmin") is not None:
            r = ops.maximum(r, limits["rmin"])
        if limits.get("rmax") is not None:
            r = ops.minimum(r, limits["rmax"])
        if limits.get("dmax") is not None:
            d = ops.clip(d, -limits["dmax"], limits["dmax"])
        return ops.stop_gradient(r), ops.stop_gradient(d)

    def _record_renorm(self, mean: Any, variance: Any) -> None:
        """Move all statistics towards those of a batch."""
        stddev = ops.sqrt(ops.add(variance, self.epsilon))
        move(self.renorm_mean, mean, self.renorm_momentum)
        move(self.renorm_stddev, stddev, self.renorm_momentum)
        move(self.moving_mean, mean, self.momentum)
        move(self.moving_stddev, stddev, self.momentum)
        # Rounding could bring it below zero.
        square = ops.square(self.moving_stddev.value)
        self.moving_variance.assign(ops.relu(ops.subtract(square, self.epsilon)))


def move(kept: Variable, new: Any, momentum: float) -> None:
    """Bring a moving statistic nearer to a new value."""
    share = ops.multiply(ops.stop_gradient(new), 1.0 - momentum)
    kept.assign(ops.add(ops.multiply(kept.value, momentum), share))
