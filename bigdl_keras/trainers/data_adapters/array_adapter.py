"""Batches from arrays in memory."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from bigdl_backend.local.array_batches import ArrayBatches, batch_order, row_order
from bigdl_backend.local.prefetch import prefetch
from bigdl_keras import random, tree
from bigdl_keras.trainers.data_adapters.arrays import as_arrays, as_rows
from bigdl_keras.trainers.data_adapters.data_adapter import DataAdapter
from bigdl_keras.trainers.data_adapters.weights import with_class_weight
from bigdl_keras.tree.packing import packer

# Above this many bytes copying a batch takes longer than handing it from thread to thread.
_PREFETCH_BYTES = 1 << 20


class ArrayAdapter(DataAdapter):
    """Rows of arrays, shuffled anew every epoch if asked.

    Args:
        x: a structure of arrays.
        y: a structure of arrays, or `None`.
        sample_weight: weights of the rows, or `None`.
        batch_size: rows of a batch; by default what makes `steps` batches, else 32.
        shuffle: `True` for rows, `"batch"` for whole batches, `False` for the given order.
        class_weight: weights by class number.
        steps: batches of an epoch, or `None`.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        class_weight: Mapping[int, float] | None = None,
        steps: int | None = None,
    ) -> None:
        x, y, sample_weight = (as_arrays(part, as_rows) for part in (x, y, sample_weight))
        sample_weight = with_class_weight(y, sample_weight, class_weight)
        numbers = itertools.count()
        self._pack = packer(
            tree.map_structure(
                lambda leaf: None if leaf is None else next(numbers), (x, y, sample_weight)
            )
        )
        leaves = [leaf for leaf in tree.flatten((x, y, sample_weight)) if leaf is not None]
        if batch_size is None:
            batch_size = max(-(-len(leaves[0]) // steps), 1) if steps and leaves else 32
        self._batches = ArrayBatches(leaves, batch_size)
        self._shuffle = shuffle
        self._seed = random.make_default_seed() if shuffle else 0
        self.num_batches = len(self._batches)

    def epoch(self, epoch: int) -> Iterator[tuple[Any, Any, Any]]:
        return map(self._pack, self._lists(epoch))

    def peek(self) -> tuple[Any, Any, Any]:
        for leaves in self._batches.in_order():
            return self._pack(leaves)
        raise ValueError("There is no data: the arrays have no rows.")

    def _lists(self, epoch: int) -> Iterator[list[Any]]:
        batches = self._batches
        if not self._shuffle:
            return batches.in_order()
        if self._shuffle == "batch":
            order = batch_order(batches.rows, batches.batch_size, self._seed, epoch)
        else:
            order = row_order(batches.rows, self._seed, epoch)
        shuffled = batches.ordered_by(order)
        return prefetch(shuffled) if batches.batch_bytes() > _PREFETCH_BYTES else shuffled
