"""The file that a training can go on from: a weight file that also says where in the training it was made."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_keras.random.seed_generator import present_global_generator
from bigdl_keras.saving import places
from bigdl_keras.saving.h5_store import H5Group, H5Reader, H5Writer
from bigdl_keras.saving.weights import read_state, write_state
from bigdl_keras.trainers.position import Position

# Beside the model's own groups; whoever reads weights only does not look there.
_GROUP = "_bigdl_keras_training"
_POSITION, _GENERATOR, _METRIC = "position", "global_seed_generator", "metric_"


def write_backup(model: Any, place: Any, position: Position) -> None:
    """Write weights, optimizer state, all random states and the position to one file, atomically."""

    def write(temporary: str) -> None:
        with closing(H5Writer(Path(temporary))) as store:
            write_state(model, store)
            group = store.group(_GROUP, None)
            fields = (position.epoch, position.step, position.steps, position.order_seed)
            group[_POSITION] = np.frombuffer(json.dumps(fields).encode(), np.uint8)
            for number, value in enumerate(position.metrics):
                group[f"{_METRIC}{number}"] = value
            generator = present_global_generator()
            if generator is not None:
                group[_GENERATOR] = generator.state.numpy()

    places.write_atomically(place, write)


def read_backup(model: Any, place: Any) -> Position | None:
    """Set the model to the state in a file of `write_backup`; None for a file that holds weights only.

    Raises:
        ValueError: the file is damaged or does not fit the model. A damaged one changes nothing.
    """
    with places.reading(place) as path, closing(H5Reader(path, str(place))) as store:
        store.verify()
        group = store.group(_GROUP)
        position = _position_in(group) if _POSITION in group else None
        read_state(model, store)
        generator = present_global_generator()
        if generator is not None and _GENERATOR in group:
            generator.state.assign(group[_GENERATOR])
    return position


def _position_in(group: H5Group) -> Position:
    epoch, step, steps, seed = json.loads(group[_POSITION].tobytes())
    count = sum(name.startswith(_METRIC) for name in group.keys())  # noqa: SIM118 - no iterator
    metrics = [group[f"{_METRIC}{number}"] for number in range(count)]
    return Position(epoch, step, steps, seed, metrics)
