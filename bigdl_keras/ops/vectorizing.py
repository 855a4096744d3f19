"""Functions of single elements, applied to all of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from typing import Any

from bigdl_backend.primitives import functional as F
from bigdl_keras import tree
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops import core

_ARGUMENT = r"\(\s*(?:\w+(?:\s*,\s*\w+)*)?\s*\)"
_SIGNATURE = re.compile(rf"\s*{_ARGUMENT}(?:\s*,\s*{_ARGUMENT})*\s*")


def vectorize(
    pyfunc: Callable[..., Any],
    *,
    excluded: Collection[int] | None = None,
    signature: str | None = None,
) -> Callable[..., Any]:
    """A function that broadcasts its arguments and applies `pyfunc` to each element.

    Args:
        pyfunc: a function of scalars, or of what `signature` says; it is traced once.
        excluded: the positions of arguments that are passed on as they are. Named arguments always are.
        signature: the axes that belong to one element, such as ``"(m,n),(n)->(m)"``.

    Raises:
        ValueError: `pyfunc` is not callable, or a signature that cannot be read or does not fit the arguments.
    """
    if not callable(pyfunc):
        raise ValueError(f"Expected argument `pyfunc` to be a callable. Received: pyfunc={pyfunc}")
    ranks = None if signature is None else _ranks(signature)
    left_out = frozenset(excluded or ())

    @functools.wraps(pyfunc)
    def function(*args: Any, **kwargs: Any) -> Any:
        places = [place for place in range(len(args)) if place not in left_out]
        values = [F.as_value(args[place]) for place in places]
        inner = [0] * len(values) if ranks is None else ranks
        if len(inner) != len(values):
            raise ValueError(
                f"`vectorize` with signature={signature!r} takes {len(inner)} arguments. Received: {len(values)}"
            )
        cuts = [x.ndim - rank for x, rank in zip(values, inner, strict=True)]
        if min(cuts, default=0) < 0:
            raise ValueError(
                f"`vectorize` with signature={signature!r} received arguments of too low a rank: "
                f"{[tuple(x.shape) for x in values]}"
            )
        shapes = [tuple(x.shape) for x in values]
        outer = _broadcast([shape[:cut] for shape, cut in zip(shapes, cuts, strict=True)])
        rows = []
        for x, shape, cut in zip(values, shapes, cuts, strict=True):
            x = F.reshape(x, (*(1,) * (len(outer) - cut), *shape))
            rows.append(F.reshape(F.broadcast_to(x, (*outer, *shape[cut:])), (-1, *shape[cut:])))

        def of_one(elements: list[Any]) -> Any:
            given = list(args)
            for place, element in zip(places, elements, strict=True):
                given[place] = element
            return pyfunc(*given, **kwargs)

        if not outer:
            return of_one(values)
        made = core.map(of_one, rows)
        return tree.map_structure(lambda y: F.reshape(y, (*outer, *y.shape[1:])), made)

    return keras_op(function)


def _ranks(signature: str) -> list[int]:
    """The number of axes of each argument."""
    left, arrow, right = signature.partition("->")
    if not arrow or not all(_SIGNATURE.fullmatch(side) for side in (left, right)):
        raise ValueError(
            f"`signature` must look like '(m,n),(n)->(m)'. Received: signature={signature!r}"
        )
    return [len(re.findall(r"\w+", argument)) for argument in re.findall(_ARGUMENT, left)]


def _broadcast(shapes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The shape that all of these broadcast to."""
    rank = max(map(len, shapes), default=0)
    wide = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    found = []
    for dims in zip(*wide, strict=True):
        sizes = {dim for dim in dims if not (isinstance(dim, int) and dim == 1)}
        if len(sizes) > 1:
            raise ValueError(f"`vectorize` cannot broadcast arguments of the shapes {shapes}")
        found.append(sizes.pop() if sizes else 1)
    return tuple(found)
