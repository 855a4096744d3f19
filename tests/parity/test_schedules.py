"""Learning rate schedules against stock Keras, at many steps."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace
from tests.parity.compare import LIBRARIES, close, public, same_error

pytestmark = pytest.mark.parity

STEPS = [*range(13), 19, 20, 21, 33, 100, 12345]
CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("ExponentialDecay", (0.1, 10, 0.5), {}),
    ("ExponentialDecay", (0.1, 10, 0.5), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 10, 0.5), {}),
    ("InverseTimeDecay", (0.1, 7, 0.5), {"staircase": True}),
    ("PolynomialDecay", (0.1, 20), {}),
    ("PolynomialDecay", (0.1, 20, 0.01, 2.0), {}),
    ("PolynomialDecay", (0.1, 7, 0.02), {"cycle": True}),
    ("PolynomialDecay", (0.1, 7), {"cycle": True, "power": 0.5}),
    ("PiecewiseConstantDecay", ([5, 11], [1.0, 0.5, 0.1]), {}),
    ("PiecewiseConstantDecay", ([2.5], [1.0, 0.5]), {}),
    ("CosineDecay", (0.1, 20), {}),
    ("CosineDecay", (0.1, 20), {"alpha": 0.2}),
    ("CosineDecay", (0.1, 20), {"alpha": 0.2, "warmup_target": 0.3, "warmup_steps": 5}),
    ("CosineDecay", (0.0, 5), {"warmup_target": 0.3, "warmup_steps": 7}),
    ("CosineDecayRestarts", (0.1, 6), {}),
    ("CosineDecayRestarts", (0.1, 6), {"t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1}),
    ("CosineDecayRestarts", (0.1, 5), {"t_mul": 3.0, "m_mul": 0.9}),
]
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]
every_case = pytest.mark.parametrize(("name", "positional", "named"), CASES, ids=IDS)


def test_every_schedule_has_a_case() -> None:
    assert public(keras.optimizers.schedules) == {"LearningRateSchedule"} | {
        name for name, *_ in CASES
    }


def made(library: Any, schedule: str, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return getattr(library.optimizers.schedules, schedule)(*positional, **named)


@every_case
def test_rates(name: str, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
    theirs, ours = (made(library, name, positional, named) for library in LIBRARIES)
    traced = trace(lambda step: [ours(step)], [TensorSpec((), np.dtype("int32"))])
    for step in STEPS:
        expected = np.asarray(theirs(np.int32(step)))
        close(ours(step), expected, 2e-5, 1e-7)
        close(evaluate(traced, [np.int32(step)])[0], expected, 2e-5, 1e-7)


@every_case
def test_configs(name: str, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
    named = {**named, "name": "mine"}
    theirs, ours = (made(library, name, positional, named) for library in LIBRARIES)
    assert ours.get_config() == theirs.get_config()
    schedules = bigdl_keras.optimizers.schedules
    again = schedules.deserialize(schedules.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    bare = schedules.deserialize({"class_name": name, "config": theirs.get_config()})
    assert bare.get_config() == ours.get_config()


BAD: dict[str, tuple[Any, str]] = {
    "exponential": (lambda s: s.ExponentialDecay(0.1, 0, 0.5), "decay_steps"),
    "inverse": (lambda s: s.InverseTimeDecay(0.1, 0, 0.5), "decay_steps"),
    "polynomial": (lambda s: s.PolynomialDecay(0.1, 0), "decay_steps"),
    "cosine": (lambda s: s.CosineDecay(0.1, 0), "decay_steps"),
    "restarts": (lambda s: s.CosineDecayRestarts(0.1, 0), "first_decay_steps"),
    "pieces": (lambda s: s.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "2"),
    "base": (lambda s: s.LearningRateSchedule()(1), "__call__"),
    "base-config": (lambda s: s.LearningRateSchedule().get_config(), "get_config"),
    "argument": (lambda s: s.CosineDecay(0.1, 5, steps=3), "steps"),
}


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    call, names = BAD[case]
    same_error(lambda library: call(library.optimizers.schedules), names)
