"""Values of images at places between their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
ORDERS = {"nearest": 0, "bilinear": 1}


def sample(
    x: Any, coordinates: Sequence[Any], order: int, fill_mode: str, fill_value: Any = 0
) -> Any:
    """The values of a batch at given places.

    Args:
        x: [B, *sizes] or [B, *sizes, C].
        coordinates: for each of the sizes the places along that axis, in pixels: [B, *places], or 1 for B
            where all images are sampled at the same places.
        order: 0 for the value of the nearest pixel, 1 for linear interpolation.
        fill_mode: what is outside: "constant" for `fill_value`, "nearest" for the outermost pixels, "wrap" for
            the opposite side, "mirror" and "reflect" for the image mirrored, at the middle or at the edge of its
            outermost pixels.
        fill_value: a number.

    Returns:
        [B, *places] or [B, *places, C], of the dtype of `x`.
    """
    rank = len(coordinates)
    channels = tuple(x.shape[1 + rank :])
    if fill_mode == "constant":
        # With a border of the value, this is a case of "nearest".
        border = [(0, 0), *((1, 1),) * rank, *((0, 0),) * len(channels)]
        x = F.pad(x, border, constant_values=fill_value)
        coordinates = [F.add(places, 1) for places in coordinates]
    sizes = tuple(x.shape[1 : 1 + rank])
    nodes = [
        _nodes(places, size, order, fill_mode)
        for places, size in zip(coordinates, sizes, strict=True)
    ]
    flat = F.reshape(x, (-1, *channels))

    def value(position: Any, axis: int) -> Any:
        """What the axes from this one on make of the pixels from a position on."""
        if axis == rank:
            return bind("gather", flat, position, axis=0)
        indices, share = nodes[axis]
        start = F.multiply(position, F.size(sizes[axis]))
        lower, *rest = (value(F.add(start, index), axis + 1) for index in indices)
        if share is None:
            return lower
        lower, upper, share = F.promoted(
            lower, rest[0], F.expand_dims(share, -1) if channels else share
        )
        return F.add(lower, F.multiply(F.subtract(upper, lower), share))

    image = F.reshape(F.arange_dim(x.shape[0]), (-1, *(1,) * (coordinates[0].ndim - 1)))
    result = value(image, 0)
    if x.dtype.kind in "iu" and order:
        result = _rounded(result)
    return F.cast(result, x.dtype)


def _nodes(places: Any, size: Any, order: int, fill_mode: str) -> tuple[list[Any], Any]:
    """The pixels of one axis that count for each place, one or two, and the share of the second."""
    (places,) = F.promoted_float(places)
    last = F.size(size) - 1
    if fill_mode in ("constant", "nearest"):
        places = F.clip(places, 0, F.cast(last, places.dtype))
    if order == 0:
        index = _inside(F.cast(_rounded(places), "int32"), size, fill_mode)
        return [F.maximum(index, 0)], None
    places = _moved_inside(places, F.size(size, places.dtype), fill_mode)
    lower = F.floor(places)
    # What is no number has some pixel, and a share that is no number.
    index = F.maximum(F.cast(lower, "int32"), 0)
    pair = [index, F.add(index, 1)]
    if fill_mode == "wrap":
        pair = [F.where(F.greater(at, last), 0, at) for at in pair]
    else:
        pair[1] = F.minimum(pair[1], last)
    return pair, F.subtract(places, lower)


def _moved_inside(places: Any, size: Any, fill_mode: str) -> Any:
    """Places with the same value by linear interpolation, up to the last pixel, or the next one for "wrap"."""
    if fill_mode == "wrap":
        return F.subtract(places, F.multiply(F.floor(F.divide(places, size)), size))
    if fill_mode == "mirror":
        return _folded(places, F.maximum(size - 1, 1))
    if fill_mode == "reflect":
        return F.clip(F.subtract(_folded(F.add(places, 0.5), size), 0.5), 0, size - 1)
    return places


def _folded(places: Any, length: Any) -> Any:
    """0 ... length ... 0 ..."""
    turns = F.divide(places, length * 2)
    return F.multiply(F.absolute(F.subtract(turns, F.round(turns))), length * 2)


def _rounded(x: Any) -> Any:
    """To the nearest integer, halves away from zero."""
    whole = F.trunc(x)
    return F.where(
        F.greater_equal(F.absolute(F.subtract(x, whole)), 0.5), F.add(whole, F.sign(x)), whole
    )


def _inside(index: Any, size: Any, fill_mode: str) -> Any:
    """The pixel that stands for one that may be outside."""
    size = F.size(size)
    if fill_mode == "wrap":
        return F.mod(index, size)
    if fill_mode == "mirror":
        # An image of one pixel is its own mirror image.
        half = F.maximum(size - 1, 1)
        return F.minimum(_triangle_wave(index, half), size - 1)
    if fill_mode == "reflect":
        doubled = F.add(F.multiply(index, 2), 1)
        return F.floor_divide(F.subtract(_triangle_wave(doubled, size * 2), 1), 2)
    return index


def _triangle_wave(index: Any, half: Any) -> Any:
    """0 ... half ... 0 ..."""
    return F.absolute(F.subtract(F.mod(F.add(index, half), half * 2), half))


@keras_op
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0.0
) -> Any:
    """The values of `inputs` at given places between its elements.

    Args:
        inputs: of rank R.
        coordinates: [R, ...], the places along each axis.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: what is outside: "constant" for `fill_value`, "nearest" for the outermost elements, "wrap" for
            the opposite side, "mirror" and "reflect" for mirrored inputs, at the middle or at the edge of their
            outermost elements.
        fill_value: a number.

    Returns:
        The places' shape, of the dtype of `inputs`.

    Raises:
        ValueError: coordinates of another rank, or an order or fill mode that does not exist.

    Source: https://keras.io/api/ops/image/#map_coordinates-function
    """
    x, places = F.as_value(inputs), F.as_value(coordinates)
    if places.shape[0] != x.ndim:
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: "
            f"{tuple(x.shape)} and coordinate leading dim of {places.shape[0]}"
        )
    if places.ndim < 2:
        raise ValueError(
            "Invalid coordinates rank: expected at least rank 2. "
            f"Received input with shape: {tuple(places.shape)}"
        )
    check_fill_mode(fill_mode)
    if order not in (0, 1):
        raise ValueError(
            f"Invalid value for argument `order`. Expected one of [0, 1]. Received: order={order}"
        )
    by_axis = [F.expand_dims(part, 0) for part in F.unstack(places, 0)]
    return F.squeeze(sample(F.expand_dims(x, 0), by_axis, order, fill_mode, fill_value), 0)


def check_fill_mode(fill_mode: str) -> None:
    """Raise ``ValueError`` for a fill mode that does not exist."""
    if fill_mode not in FILL_MODES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected of one {FILL_MODES}. Received: fill_mode={fill_mode}"
        )


def order_of(interpolation: str) -> int:
    """The order of an interpolation; ValueError for a name that does not exist."""
    if interpolation not in ORDERS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {tuple(ORDERS)}. "
            f"Received: interpolation={interpolation}"
        )
    return ORDERS[interpolation]
