"""Pooling with Keras's padding names and both image layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.convolution import as_given, channels_last, padding_amounts, sizes


def _pooled(
    name: str,
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: Any,
    **attrs: Any,
) -> Any:
    x, first = channels_last(inputs, data_format)
    count = x.ndim - 2
    window = sizes(pool_size, count, "pool_size")
    strides = window if strides is None else sizes(strides, count, "strides")
    amounts = padding_amounts(padding, x.shape[1:-1], window, strides, (1,) * count)
    y = bind(name, x, window=window, strides=strides, padding=amounts, **attrs)
    return as_given(y, first)


@keras_op
def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The largest element under each window; strides default to the window."""
    return _pooled("max_pool", inputs, pool_size, strides, padding, data_format)


@keras_op
def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The mean under each window, of elements inside the input only."""
    (x,) = F.promoted_float(inputs)
    return _pooled("avg_pool", x, pool_size, strides, padding, data_format, count_include_pad=False)


def _adaptive(inputs: Any, output_size: Any, data_format: Any, reduce: Callable[..., Any]) -> Any:
    x, first = channels_last(inputs, data_format)
    wanted = sizes(output_size, x.ndim - 2, "output_size")
    for axis, count in enumerate(wanted, start=1):
        length = x.shape[axis]
        if not isinstance(length, int):
            raise ValueError(f"adaptive pooling needs known sizes, got {tuple(x.shape)}")
        # Window i covers the input from floor(i n / count) to ceil((i + 1) n / count).
        parts = [
            reduce(
                F.slice_axis(x, axis, i * length // count, -(-(i + 1) * length // count)),
                axis,
                keepdims=True,
            )
            for i in range(count)
        ]
        x = F.concatenate(parts, axis)
    return as_given(x, first)


@keras_op
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """Means over windows laid out to give `output_size`."""
    return _adaptive(inputs, output_size, data_format, F.mean)


@keras_op
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """Largest elements over windows laid out to give `output_size`."""
    return _adaptive(inputs, output_size, data_format, F.max)
