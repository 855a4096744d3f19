"""Convolutions with Keras's padding names and both image layouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.dims import maximum as larger_dim
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.core.keras_op import keras_op

Padding = tuple[tuple[DimLike, DimLike], ...]


def sizes(value: int | Sequence[int], count: int, name: str) -> tuple[int, ...]:
    """One number an axis.

    Raises:
        ValueError: another count of numbers, or one below 1.
    """
    found = (value,) * count if isinstance(value, int) else tuple(int(v) for v in value)
    if len(found) != count or min(found, default=1) < 1:
        raise ValueError(f"`{name}` must be {count} positive integers. Received: {name}={value}")
    return found


def channels_last(x: Any, data_format: str | None) -> tuple[Any, bool]:
    """`x` with its channels in the last axis, and whether they were in axis 1."""
    first = config.standardize_data_format(data_format) == "channels_first"
    return (F.moveaxis(x, 1, -1) if first else F.as_value(x)), first


def as_given(x: Any, channels_first: bool) -> Any:
    """The inverse of `channels_last`."""
    return F.moveaxis(x, -1, 1) if channels_first else x


def padding_amounts(
    padding: str,
    spatial: Sequence[DimLike],
    kernel: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
) -> Padding:
    """What "valid" or "same" adds on both sides of every axis."""
    name = padding.lower()
    if name == "valid":
        return ((0, 0),) * len(spatial)
    if name != "same":
        raise ValueError(f"`padding` must be 'valid' or 'same'. Received: padding={padding}")
    amounts = []
    for size, k, s, d in zip(spatial, kernel, strides, dilation, strict=True):
        extent = (k - 1) * d + 1
        windows = (size + s - 1) // s
        total = larger_dim((windows - 1) * s + extent - size, 0) if s > 1 else extent - 1
        amounts.append((total // 2, total - total // 2))
    return tuple(amounts)


def _convolved(
    x: Any, kernel: Any, strides: Any, padding: str, dilation_rate: Any, groups: int
) -> Any:
    count = x.ndim - 2
    strides = sizes(strides, count, "strides")
    dilation = sizes(dilation_rate, count, "dilation_rate")
    if max(strides) > 1 and max(dilation) > 1:
        raise ValueError(
            f"`strides` > 1 not supported in conjunction with `dilation_rate` > 1. "
            f"Received: strides={strides} and dilation_rate={dilation}"
        )
    amounts = padding_amounts(padding, x.shape[1:-1], kernel.shape[:-2], strides, dilation)
    return bind(
        "conv", x, kernel, strides=strides, padding=amounts, dilation=dilation, groups=groups
    )


@keras_op
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """The convolution with kernel[*K, C / groups, O]; the groups follow from the channels."""
    inputs, kernel = F.promoted(inputs, kernel)
    x, first = channels_last(inputs, data_format)
    channels, per_group = x.shape[-1], kernel.shape[-2]
    if not isinstance(channels, int) or channels % per_group:
        raise ValueError(
            f"The number of input channels must be evenly divisible by kernel's in_channels. "
            f"Received input channels {channels} and kernel in_channels {per_group}. "
        )
    y = _convolved(x, kernel, strides, padding, dilation_rate, channels // per_group)
    return as_given(y, first)


@keras_op
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Each channel convolved on its own with kernel[*K, C, multiplier]."""
    inputs, kernel = F.promoted(inputs, kernel)
    x, first = channels_last(inputs, data_format)
    *extent, channels, multiplier = kernel.shape
    kernel = F.reshape(kernel, (*extent, 1, channels * multiplier))
    return as_given(_convolved(x, kernel, strides, padding, dilation_rate, channels), first)


@keras_op
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """A depthwise convolution, then one of size 1 over the channels."""
    spread = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(spread, pointwise_kernel, 1, "valid", data_format, 1)


@keras_op
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """The adjoint of a convolution, with kernel[*K, O, C]."""
    inputs, kernel = F.promoted(inputs, kernel)
    x, first = channels_last(inputs, data_format)
    count = x.ndim - 2
    strides = sizes(strides, count, "strides")
    dilation = sizes(dilation_rate, count, "dilation_rate")
    extras: Sequence[int | None] = (None,) * count
    if output_padding is not None:
        extras = (output_padding,) * count if isinstance(output_padding, int) else output_padding
    spatial, amounts, beyond = [], [], []
    for size, k, s, d, extra in zip(
        x.shape[1:-1], kernel.shape[:-2], strides, dilation, extras, strict=True
    ):
        length, amount, more = _transposed_axis(size, (k - 1) * d + 1, s, padding, extra)
        spatial.append(length)
        amounts.append(amount)
        beyond.append((0, more))
    y = bind(
        "conv_input_grad",
        x,
        kernel,
        input_shape=(x.shape[0], *spatial, kernel.shape[-2]),
        strides=strides,
        padding=tuple(amounts),
        dilation=dilation,
        groups=1,
    )
    if any(more for _, more in beyond):
        y = F.pad(y, [(0, 0), *beyond, (0, 0)])
    return as_given(y, first)


def _transposed_axis(
    size: DimLike, extent: int, stride: int, padding: str, output_padding: int | None
) -> tuple[DimLike, tuple[int, int], int]:
    """Length that windows reach, padding of the adjoint convolution, zeros after it."""
    name = padding.lower()
    if name == "valid":
        more = max(stride - extent, 0) if output_padding is None else output_padding
        cut_before, cut_after = 0, -more
    elif name == "same":
        # Keras: the output has size * stride elements, or what `output_padding` says.
        wanted = stride - 1 if output_padding is None else extent % 2 + output_padding - 1
        added = wanted + extent - 1
        before = min(added // 2 + added % 2, extent - 1)
        cut_before, cut_after = extent - 1 - before, extent - 1 - (added - before)
    else:
        raise ValueError(f"`padding` must be 'valid' or 'same'. Received: padding={padding}")
    more, cut_after = max(-cut_after, 0), max(cut_after, 0)
    length = (size - 1) * stride + extent - cut_before - cut_after
    return length, (cut_before, cut_after), more
