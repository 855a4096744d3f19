"""What a traced step knows about the other workers.

A step that is traced as distributed computes, on each worker, that worker's part of the mean over the whole batch:
it divides by sizes summed over all workers, and adds up gradients and metric states with `sum_across`. The same code
traced as local contains no trace of this.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim, DimLike, product
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.trace import bind

# Inputs that the runtime feeds when a graph asks for them, with the shape made from the batch dimension.
GLOBAL_BATCH = "global_batch"
BATCH_ROWS = "batch_rows"
WORLD_SIZE = "world_size"


@dataclass
class Replica:
    """The step being traced: its graph, its batch dimension, and the special inputs it has asked for so far."""

    graph: Graph
    batch: DimLike
    distributed: bool
    special: dict[str, Tensor] = field(default_factory=dict)

    def ask(self, name: str, spec: TensorSpec) -> Tensor:
        """The special input called `name`, declared at the first call."""
        if name not in self.special:
            self.special[name] = self.graph.input(spec, name)
        return self.special[name]


class _Current(threading.local):
    replica: Replica | None = None


_CURRENT = _Current()


@contextmanager
def replica_scope(replica: Replica) -> Iterator[Replica]:
    """Trace a step as `replica` describes."""
    outer, _CURRENT.replica = _CURRENT.replica, replica
    try:
        yield replica
    finally:
        _CURRENT.replica = outer


def is_distributed() -> bool:
    """Whether the step being traced will run on several workers at once."""
    return _CURRENT.replica is not None and _CURRENT.replica.distributed


def sum_across(*values: Any) -> Any:
    """Each value summed over all workers (itself in a local trace)."""
    if not is_distributed():
        return values[0] if len(values) == 1 else values
    return bind("psum", *values)


def global_size(value: Any, dtype: Any = "float32") -> Any:
    """How many elements `value` has on all workers together: a scalar of `dtype`.

    A number when it is known now, else a tensor.
    """
    replica = _CURRENT.replica
    if (
        replica is not None
        and replica.distributed
        and value.shape
        and value.shape[0] == replica.batch
    ):
        rows = bind(
            "cast",
            replica.ask(GLOBAL_BATCH, TensorSpec.of((), "float32")),
            dtype=np.dtype(dtype).name,
        )
        return bind("mul", rows, _size(product(value.shape[1:]), dtype))
    size = _size(product(value.shape), dtype)
    return sum_across(size) if is_distributed() and isinstance(value, Tensor) else size


def world_size(dtype: Any = "float32") -> Any:
    """The number of workers: 1 in a local trace."""
    if not is_distributed() or _CURRENT.replica is None:
        return np.ones((), dtype)
    return bind(
        "cast",
        _CURRENT.replica.ask(WORLD_SIZE, TensorSpec.of((), "float32")),
        dtype=np.dtype(dtype).name,
    )


def batch_rows(length: DimLike) -> Tensor | None:
    """The positions in the global batch of this worker's rows, int32[length].

    None where positions are simply 0, 1, 2, ... or where `length` is not the batch dimension.
    """
    replica = _CURRENT.replica
    if replica is None or not replica.distributed or length != replica.batch:
        return None
    return replica.ask(BATCH_ROWS, TensorSpec.of((replica.batch,), "int32"))


def _size(size: DimLike, dtype: Any) -> Any:
    if isinstance(size, Dim):
        return bind("dim_value", dim=size, dtype=np.dtype(dtype).name)
    return np.asarray(size, dtype)
