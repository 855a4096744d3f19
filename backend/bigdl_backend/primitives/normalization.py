"""Batch and layer normalization with their fused gradients."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.dims import product
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.composition import through_composition
from bigdl_backend.primitives.rules import same_dtype, same_float, widened


def _check_parameters(x: TensorSpec, *parameters: TensorSpec) -> None:
    same_dtype(x, *parameters)
    for parameter in parameters:
        if parameter.shape != x.shape[-1:]:
            raise ValueError(
                f"normalizing {x.shape} needs parameters of shape {x.shape[-1:]}, got {parameter.shape}"
            )


def _batch_norm_shape(
    x: TensorSpec, gamma: TensorSpec, beta: TensorSpec, *, epsilon: float
) -> tuple[TensorSpec, ...]:
    _check_parameters(x, gamma, beta)
    return same_float(x), gamma, gamma


def _batch_norm_gradient(g, outputs, x, gamma, beta, *, epsilon):
    g_y, g_mean, g_variance = g
    _, mean, variance = outputs
    dx = dgamma = dbeta = None
    if g_y is not None:
        dx, dgamma, dbeta = bind("batch_norm_grad", g_y, x, mean, variance, gamma, epsilon=epsilon)
    # Through the statistics themselves: each of the M elements moves the mean by 1 / M.
    through = None
    if g_mean is not None:
        through = g_mean
    if g_variance is not None:
        spread = g_variance * 2 * (x - mean)
        through = spread if through is None else through + spread
    if through is not None:
        through = through / F.size(product(x.shape[:-1]), x.dtype) + F.zeros_like(x)
        dx = through if dx is None else dx + through
    return dx, dgamma, dbeta


@primitive("batch_norm", shape=_batch_norm_shape, gradient=_batch_norm_gradient)
def batch_norm(x, gamma, beta, *, epsilon):
    """`x` normalized over all but the last axis; also the mean and the (biased) variance."""
    wide = widened(x)
    axes = tuple(range(x.ndim - 1))
    mean = np.mean(wide, axis=axes)
    variance = np.var(wide, axis=axes)
    y = (wide - mean) * (widened(gamma) / np.sqrt(variance + epsilon)) + widened(beta)
    return y.astype(x.dtype), mean.astype(x.dtype), variance.astype(x.dtype)


def _batch_norm_grad_shape(
    g: TensorSpec,
    x: TensorSpec,
    mean: TensorSpec,
    variance: TensorSpec,
    gamma: TensorSpec,
    *,
    epsilon: float,
) -> tuple[TensorSpec, ...]:
    _check_parameters(x, mean, variance, gamma)
    same_dtype(g, x)
    return x, gamma, gamma


def _batch_norm_grad_gradient(h, outputs, g, x, mean, variance, gamma, *, epsilon):
    def composed(g, x, mean, variance, gamma):
        axes = tuple(range(x.ndim - 1))
        rstd = F.rsqrt(variance + epsilon)
        normal = (x - mean) * rstd
        dbeta = F.sum(g, axis=axes)
        dgamma = F.sum(g * normal, axis=axes)
        count = F.size(product(x.shape[:-1]), x.dtype)
        return gamma * rstd * (g - (dbeta + normal * dgamma) / count), dgamma, dbeta

    return through_composition(composed, (g, x, mean, variance, gamma), h)


@primitive("batch_norm_grad", shape=_batch_norm_grad_shape, gradient=_batch_norm_grad_gradient)
def batch_norm_grad(g, x, mean, variance, gamma, *, epsilon):
    """The gradients of the normalized output with respect to x, gamma and beta."""
    wide, wide_g = widened(x), widened(g)
    axes = tuple(range(x.ndim - 1))
    rstd = 1 / np.sqrt(widened(variance) + epsilon)
    normal = (wide - widened(mean)) * rstd
    dbeta = np.sum(wide_g, axis=axes)
    dgamma = np.sum(wide_g * normal, axis=axes)
    count = wide.size // x.shape[-1]
    dx = widened(gamma) * rstd * (wide_g - (dbeta + normal * dgamma) / count)
    return dx.astype(x.dtype), dgamma.astype(x.dtype), dbeta.astype(x.dtype)


def _layer_norm_shape(
    x: TensorSpec, gamma: TensorSpec, beta: TensorSpec, *, epsilon: float
) -> tuple[TensorSpec, ...]:
    _check_parameters(x, gamma, beta)
    rows = x.with_shape(x.shape[:-1])
    return same_float(x), rows, rows


def _layer_norm_gradient(g, outputs, x, gamma, beta, *, epsilon):
    g_y, g_mean, g_rstd = g
    _, mean, rstd = outputs
    dx = dgamma = dbeta = None
    if g_y is not None:
        dx, dgamma, dbeta = bind("layer_norm_grad", g_y, x, mean, rstd, gamma)
    through = None
    if g_mean is not None:
        through = F.expand_dims(g_mean, -1)
    if g_rstd is not None:
        slope = F.expand_dims(-g_rstd * rstd * F.square(rstd), -1)
        spread = slope * (x - F.expand_dims(mean, -1))
        through = spread if through is None else through + spread
    if through is not None:
        through = through / F.size(x.shape[-1], x.dtype) + F.zeros_like(x)
        dx = through if dx is None else dx + through
    return dx, dgamma, dbeta


@primitive("layer_norm", shape=_layer_norm_shape, gradient=_layer_norm_gradient)
def layer_norm(x, gamma, beta, *, epsilon):
    """`x` normalized over the last axis; also each row's mean and 1 / standard deviation."""
    wide = widened(x)
    mean = np.mean(wide, axis=-1)
    rstd = 1 / np.sqrt(np.var(wide, axis=-1) + epsilon)
    y = (wide - mean[..., None]) * rstd[..., None] * widened(gamma) + widened(beta)
    return y.astype(x.dtype), mean.astype(x.dtype), rstd.astype(x.dtype)


def _layer_norm_grad_shape(
    g: TensorSpec, x: TensorSpec, mean: TensorSpec, rstd: TensorSpec, gamma: TensorSpec
) -> tuple[TensorSpec, ...]:
    _check_parameters(x, gamma)
    same_dtype(g, x, mean, rstd)
    return x, gamma, gamma


def _layer_norm_grad_gradient(h, outputs, g, x, mean, rstd, gamma):
    def composed(g, x, mean, rstd, gamma):
        axes = tuple(range(x.ndim - 1))
        rstd = F.expand_dims(rstd, -1)
        normal = (x - F.expand_dims(mean, -1)) * rstd
        scaled = g * gamma
        centre = F.mean(scaled, axis=-1, keepdims=True)
        tilt = F.mean(scaled * normal, axis=-1, keepdims=True)
        dx = rstd * (scaled - centre - normal * tilt)
        return dx, F.sum(g * normal, axis=axes), F.sum(g, axis=axes)

    return through_composition(composed, (g, x, mean, rstd, gamma), h)


@primitive("layer_norm_grad", shape=_layer_norm_grad_shape, gradient=_layer_norm_grad_gradient)
def layer_norm_grad(g, x, mean, rstd, gamma):
    """The gradients of the normalized output with respect to x, gamma and beta."""
    wide, wide_g = widened(x), widened(g)
    axes = tuple(range(x.ndim - 1))
    wide_rstd = widened(rstd)[..., None]
    normal = (wide - widened(mean)[..., None]) * wide_rstd
    scaled = wide_g * widened(gamma)
    centre = np.mean(scaled, axis=-1, keepdims=True)
    tilt = np.mean(scaled * normal, axis=-1, keepdims=True)
    dx = wide_rstd * (scaled - centre - normal * tilt)
    dgamma, dbeta = np.sum(wide_g * normal, axis=axes), np.sum(wide_g, axis=axes)
    return dx.astype(x.dtype), dgamma.astype(x.dtype), dbeta.astype(x.dtype)
