"""Rematerialisation (``keras.remat``, ``keras.RematScope``)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)


class RematScope:
    """Says which layers shall compute their activations anew in the backward pass rather than keep them.

    Accepted for scripts of Keras and without effect: values and gradients are the same either way, and which results
    are kept, and where, is for the memory plan of the compiled step to decide.

    Args:
        mode: ``"full"``, ``"activations"``, ``"larger_than"``, ``"list_of_layers"`` or ``None``.
        output_size_threshold: for ``"larger_than"``.
        layer_names: for ``"list_of_layers"``.

    Raises ``ValueError`` for another mode.
    """

    def __init__(
        self,
        mode: str | None = "full",
        output_size_threshold: int = 1024,
        layer_names: Sequence[str] | None = None,
    ) -> None:
        if mode not in _MODES:
            raise ValueError(f"Invalid mode '{mode}'. Supported modes are: {_MODES}.")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = list(layer_names or [])

    def __enter__(self) -> RematScope:
        return self

    def __exit__(self, *error: Any) -> None:
        return None


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same values and gradients as `f`.

    As with :class:`RematScope`, what is computed anew is for the memory plan to decide.
    """

    @functools.wraps(f, updated=())
    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return rematerialized
