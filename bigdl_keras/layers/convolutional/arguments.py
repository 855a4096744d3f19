"""Checking the sizes that convolution and pooling layers are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral

from bigdl_keras import config


def per_axis(
    value: int | Sequence[int], rank: int, name: str, allow_zero: bool = False
) -> tuple[int, ...]:
    """An int for each spatial axis.

    Raises:
        ValueError: not an int or `rank` ints, or a value that is too small.
    """
    given = tuple(value) if isinstance(value, Iterable) else (value,) * rank
    least = 0 if allow_zero else 1
    if len(given) != rank or any(not isinstance(v, Integral) or v < least for v in given):
        raise ValueError(
            f"The `{name}` argument must be an integer >= {least} or a tuple of {rank} of them. "
            f"Received: {name}={value}"
        )
    return tuple(int(v) for v in given)


def padding_name(value: str, allow_causal: bool = False) -> str:
    """The lower-case name of a kind of padding; ValueError when there is no such kind."""
    allowed = ("valid", "same", "causal") if allow_causal else ("valid", "same")
    name = value.lower() if isinstance(value, str) else value
    if name not in allowed:
        raise ValueError(
            f"The `padding` argument must be one of {allowed}. Received: padding={value}"
        )
    return name


def data_format_name(value: str | None) -> str:
    """`value`, or the configured data format for None; ValueError for an unknown one."""
    name = config.image_data_format() if value is None else str(value).lower()
    if name not in ("channels_first", "channels_last"):
        raise ValueError(
            "The `data_format` argument must be 'channels_first' or 'channels_last'. "
            f"Received: data_format={value}"
        )
    return name


def positive(value: int, name: str) -> int:
    """`value`, which must be a positive int.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, int) or value <= 0:
        raise ValueError(
            f"Invalid value for argument `{name}`. Expected a positive integer. Received: {name}={value}"
        )
    return value
