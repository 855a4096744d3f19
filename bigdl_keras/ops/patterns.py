"""Windows as columns and back, correlation, and axes rearranged by a pattern."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import DimLike, product
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op


def _two(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _window_positions(
    size: tuple[int, int], kernel: Any, dilation: Any, padding: Any, stride: Any
) -> np.ndarray:
    """Where each element of each window lies in a padded image: [kernel elements, windows]."""
    axes = []
    for have, k, d, p, s in zip(
        size, _two(kernel), _two(dilation), _two(padding), _two(stride), strict=True
    ):
        starts = np.arange(0, have + 2 * p - (k - 1) * d, s)
        axes.append(np.arange(k)[:, None] * d + starts[None, :])
    width = size[1] + 2 * _two(padding)[1]
    rows, columns = axes
    places = rows[:, None, :, None] * width + columns[None, :, None, :]
    return places.reshape(rows.shape[0] * columns.shape[0], -1).astype(np.int32)


@keras_op
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Windows of [N, C, H, W] as columns: [N, C * kernel elements, windows]."""
    x = F.as_value(x)
    n, channels, height, width = x.shape
    places = _window_positions((height, width), kernel_size, dilation, padding, stride)
    rows, columns = _two(padding)
    x = F.pad(x, [(0, 0), (0, 0), (rows, rows), (columns, columns)])
    found = F.take(F.reshape(x, (n, channels, -1)), places, 2)
    return F.reshape(found, (n, channels * places.shape[0], places.shape[1]))


@keras_op
def fold(
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    """The adjoint of `unfold`: columns added up into [N, C, *output_size]."""
    x = F.as_value(x)
    height, width = _two(output_size)
    rows, columns = _two(padding)
    places = _window_positions((height, width), kernel_size, dilation, padding, stride)
    n, channels = x.shape[0], x.shape[1] // places.shape[0]
    flat = F.reshape(x, (n, channels, places.size))
    tall, wide = height + 2 * rows, width + 2 * columns
    total = F.add_at(F.full((n, channels, tall * wide), 0, x.dtype), places.ravel(), flat)
    image = F.reshape(total, (n, channels, tall, wide))
    image = F.slice_axis(image, 2, rows, rows + height)
    return F.slice_axis(image, 3, columns, columns + width)


@keras_op
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors, as ``numpy.correlate``."""
    x1, x2 = F.promoted_float(x1, x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"`correlate` needs vectors, got {tuple(x1.shape)} and {tuple(x2.shape)}")
    first, second = x1.shape[0], x2.shape[0]
    shorter = min(first, second)
    margins = {
        "valid": (shorter - 1, shorter - 1),
        "same": ((shorter - 1) // 2, shorter - 1 - (shorter - 1) // 2),
        "full": (0, 0),
    }
    if mode not in margins:
        raise ValueError(f"`mode` must be 'valid', 'same' or 'full'. Received: mode={mode}")
    full = bind(
        "conv",
        F.reshape(x1, (1, first, 1)),
        F.reshape(x2, (second, 1, 1)),
        strides=(1,),
        padding=((second - 1, second - 1),),
        dilation=(1,),
        groups=1,
    )
    # What is cut before and after; the rest is centred for "same" as NumPy does.
    before, after = margins[mode] if first >= second else margins[mode][::-1]
    return F.slice_axis(F.ravel(full), 0, before, first + second - 1 - after)


def _groups(side: str) -> list[list[str]]:
    """``"(a b) c"`` -> [["a", "b"], ["c"]]."""
    tokens = re.findall(r"\([^)]*\)|\S+", side)
    return [token.strip("()").split() for token in tokens]


@keras_op
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Axes split, merged and permuted: ``rearrange(x, "b (h w) c -> b c h w", h=4)``."""
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ValueError(f"the pattern {pattern!r} has no '->'")
    tensor = F.as_value(tensor)
    before, after = _groups(left), _groups(right)
    if len(before) != tensor.ndim:
        raise ValueError(f"the pattern {pattern!r} does not fit the shape {tuple(tensor.shape)}")
    lengths: dict[str, DimLike] = dict(axes_lengths)
    for names, size in zip(before, tensor.shape, strict=True):
        unknown = [name for name in names if name not in lengths and name != "1"]
        if len(unknown) > 1:
            raise ValueError(f"give the sizes of all but one of {unknown} in {pattern!r}")
        if unknown:
            lengths[unknown[0]] = size // product(lengths[n] for n in names if n in lengths)
    given = [name for names in before for name in names if name != "1"]
    wanted = [name for names in after for name in names if name != "1"]
    if sorted(given) != sorted(wanted):
        raise ValueError(f"the two sides of {pattern!r} name different axes")
    split = F.reshape(tensor, [lengths[name] for name in given])
    moved = F.transpose(split, [given.index(name) for name in wanted])
    return F.reshape(moved, [product(lengths[n] for n in names if n != "1") for names in after])
