"""Convolution, channels last: x[N, *S, C], w[*K, C / groups, O] -> y[N, *S', O].

Padding is ``((before, after), ...)``, `dilation` spreads the kernel. The three primitives are each
other's gradients.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.rules import same_dtype, widened

Padding = tuple[tuple[DimLike, DimLike], ...]


def output_size(
    size: DimLike, kernel: DimLike, stride: int, padding: tuple[DimLike, DimLike], dilation: int
) -> DimLike:
    """How many windows fit on an axis."""
    return (size + padding[0] + padding[1] - (kernel - 1) * dilation - 1) // stride + 1


def _conv_shape(
    x: TensorSpec,
    w: TensorSpec,
    *,
    strides: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
    groups: int,
) -> TensorSpec:
    spatial = x.ndim - 2
    if w.ndim != x.ndim or not len(strides) == len(padding) == len(dilation) == spatial:
        raise ValueError(
            f"a convolution of {x.shape} with a kernel {w.shape} needs {spatial} strides, paddings "
            f"and dilations, got {strides}, {padding}, {dilation}"
        )
    channels, outputs = w.shape[-2:]
    if x.shape[-1] != channels * groups or outputs % groups:
        raise ValueError(
            f"a kernel {w.shape} with {groups} groups needs {channels * groups} input channels and "
            f"output channels divisible by the groups; the input is {x.shape}"
        )
    out = [
        output_size(size, k, stride, amount, spread)
        for size, k, stride, amount, spread in zip(
            x.shape[1:-1], w.shape[:-2], strides, padding, dilation, strict=True
        )
    ]
    for size in out:
        if isinstance(size, int) and size <= 0:
            raise ValueError(
                f"the kernel {w.shape} does not fit in the input {x.shape} (padding {padding}, "
                f"dilation {dilation}): the output would have the spatial shape {tuple(out)}"
            )
    return TensorSpec((x.shape[0], *out, outputs), same_dtype(x, w))


def _conv_gradient(g, y, x, w, **attrs):
    return (
        bind("conv_input_grad", g, w, input_shape=x.shape, **attrs),
        bind("conv_weight_grad", x, g, kernel_shape=w.shape, **attrs),
    )


def _windows(x, kernel, strides, padding, dilation, groups):
    """The input under every window: [groups, N * windows, channels of a group * kernel size]."""
    padded = np.pad(x, ((0, 0), *padding, (0, 0)))
    extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    axes = tuple(range(1, x.ndim - 1))
    views = np.lib.stride_tricks.sliding_window_view(padded, extent, axis=axes)
    picked = views[
        (slice(None), *(slice(None, None, s) for s in strides), slice(None))
        + tuple(slice(None, None, d) for d in dilation)
    ]
    # Sizes in full: a batch may have no rows, of which -1 could not be derived.
    rows = math.prod(picked.shape[: x.ndim - 1])
    length = x.shape[-1] // groups * math.prod(kernel)
    return picked.reshape(rows, groups, length).swapaxes(0, 1)


def _kernel_matrix(w, groups):
    """The kernel as [groups, channels of a group * kernel size, outputs of a group]."""
    channels_first = np.moveaxis(w, -2, 0)
    return np.moveaxis(channels_first.reshape(-1, groups, w.shape[-1] // groups), 1, 0)


def _by_group(y, groups):
    """[N, *S, O] as [groups, N * S, O / groups]."""
    return y.reshape(-1, groups, y.shape[-1] // groups).swapaxes(0, 1)


@primitive("conv", shape=_conv_shape, gradient=_conv_gradient)
def conv(x, w, *, strides, padding, dilation, groups):
    """The convolution (a correlation: the kernel is not flipped)."""
    spec = _conv_shape(
        TensorSpec(x.shape, x.dtype),
        TensorSpec(w.shape, w.dtype),
        strides=strides,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    windows = _windows(widened(x), w.shape[:-2], strides, padding, dilation, groups)
    product = np.matmul(windows, _kernel_matrix(widened(w), groups))
    return product.swapaxes(0, 1).reshape(spec.shape).astype(x.dtype)


def _conv_input_grad_gradient(h, dx, g, w, *, input_shape, **attrs):
    return (
        bind("conv", h, w, **attrs),
        bind("conv_weight_grad", h, g, kernel_shape=w.shape, **attrs),
    )


@primitive(
    "conv_input_grad",
    shape=lambda g, w, *, input_shape, **_attrs: TensorSpec(tuple(input_shape), same_dtype(g, w)),
    gradient=_conv_input_grad_gradient,
)
def conv_input_grad(g, w, *, input_shape, strides, padding, dilation, groups):
    """The gradient of `conv` with respect to its input of `input_shape`."""
    kernel = w.shape[:-2]
    matrix = _kernel_matrix(widened(w), groups).swapaxes(-1, -2)
    spread = np.matmul(_by_group(widened(g), groups), matrix)
    spread = spread.reshape(groups, *g.shape[:-1], w.shape[-2], math.prod(kernel))
    # [N, *S', C, K]: what every window sends back to each of its positions.
    spread = np.moveaxis(spread, 0, -3).reshape(*g.shape[:-1], input_shape[-1], math.prod(kernel))
    padded = np.zeros(
        (
            input_shape[0],
            *(n + lo + hi for n, (lo, hi) in zip(input_shape[1:-1], padding, strict=True)),
            input_shape[-1],
        ),
        spread.dtype,
    )
    for index, offset in enumerate(itertools.product(*map(range, kernel))):
        where = tuple(
            slice(o * d, o * d + (n - 1) * s + 1, s)
            for o, d, n, s in zip(offset, dilation, g.shape[1:-1], strides, strict=True)
        )
        padded[(slice(None), *where)] += spread[..., index]
    inside = tuple(slice(lo, lo + n) for n, (lo, _) in zip(input_shape[1:-1], padding, strict=True))
    return padded[(slice(None), *inside)].astype(g.dtype)


def _conv_weight_grad_gradient(h, dw, x, g, *, kernel_shape, **attrs):
    return (
        bind("conv_input_grad", g, h, input_shape=x.shape, **attrs),
        bind("conv", x, h, **attrs),
    )


@primitive(
    "conv_weight_grad",
    shape=lambda x, g, *, kernel_shape, **_attrs: TensorSpec(tuple(kernel_shape), same_dtype(x, g)),
    gradient=_conv_weight_grad_gradient,
)
def conv_weight_grad(x, g, *, kernel_shape, strides, padding, dilation, groups):
    """The gradient of `conv` with respect to its kernel of `kernel_shape`."""
    kernel = kernel_shape[:-2]
    windows = _windows(widened(x), kernel, strides, padding, dilation, groups)
    product = np.matmul(windows.swapaxes(-1, -2), _by_group(widened(g), groups))
    # [groups, C * K, O] -> [C, *K, groups * O] -> [*K, C, O]
    product = np.moveaxis(product, 0, 1).reshape(kernel_shape[-2], *kernel, kernel_shape[-1])
    return np.moveaxis(product, 0, -2).astype(x.dtype)
