"""The file that a training can go on from: a weight file that also says where in the training it was made."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_keras.core.variable import Variable
from bigdl_keras.random.seed_generator import global_seed_generator, present_global_generator
from bigdl_keras.saving import places
from bigdl_keras.saving.h5_store import H5Group, H5Reader, H5Writer
from bigdl_keras.saving.weights import read_state, write_state
from bigdl_keras.trainers.position import Position

# Beside the model's own groups; whoever reads weights only does not look there.
_GROUP = "_bigdl_keras_training"
_POSITION, _METRIC, _RANDOM, _GENERATOR = "position", "metric_", "random_", "global_seed_generator"


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
            for number, variable in enumerate(_random_states(model)):
                group[f"{_RANDOM}{number}"] = variable.numpy()
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
        if _POSITION not in group:
            read_state(model, store)
            return None
        epoch, step, steps, seed = json.loads(group[_POSITION].tobytes())
        random = _numbered(group, _RANDOM)
        variables = _random_states(model)
        if [value.shape for value in random] != [variable.shape for variable in variables]:
            raise ValueError(
                f"{place} has the state of {len(random)} seed generators, the model has {len(variables)}: it is the "
                "backup of another model. Name another folder, or remove the backup."
            )
        read_state(model, store)
        for variable, value in zip(variables, random, strict=True):
            variable.assign(value)
        if _GENERATOR in group:
            global_seed_generator().state.assign(group[_GENERATOR])
        return Position(epoch, step, steps, seed, _numbered(group, _METRIC))


def _random_states(model: Any) -> list[Variable]:
    """Of the model's own seed generators, which weight files do not have."""
    weights = {id(variable) for variable in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]


def _numbered(group: H5Group, prefix: str) -> list[np.ndarray]:
    count = sum(name.startswith(prefix) for name in group.keys())  # noqa: SIM118 - no iterator
    return [group[f"{prefix}{number}"] for number in range(count)]
