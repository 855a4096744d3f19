"""Turning optimisations off, to see what one of them does to speed or to numbers."""

from __future__ import annotations

import os
from collections.abc import Iterable

VARIABLE = "BIGDL_KERAS_WITHOUT"


def switched_off(known: Iterable[str]) -> frozenset[str]:
    """The optimisations that the environment turns off, for steps that are prepared from now on.

    ``BIGDL_KERAS_WITHOUT=algebra,elementwise_fusion`` leaves out these two, ``BIGDL_KERAS_WITHOUT=all`` leaves out
    all. On a cluster every executor must have the same setting (`spark.executorEnv.BIGDL_KERAS_WITHOUT`): workers
    that round differently drift apart.

    Args:
        known: what can be turned off.

    Raises:
        ValueError: the variable names something else.
    """
    asked = {name.strip() for name in os.environ.get(VARIABLE, "").split(",")} - {""}
    names = frozenset(known)
    if asked == {"all"}:
        return names
    unknown = asked - names
    if unknown:
        raise ValueError(
            f"{VARIABLE} names {', '.join(sorted(unknown))}; it can turn off {', '.join(sorted(names))}, or all"
        )
    return frozenset(asked)
