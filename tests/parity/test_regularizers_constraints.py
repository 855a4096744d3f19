"""Regularizers and constraints against stock Keras: values, gradients, dtypes, configs, errors."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from tests.parity.compare import (
    LIBRARIES,
    close,
    public,
    same_config,
    same_error,
    same_value_and_gradient,
    seeded,
)

pytestmark = pytest.mark.parity

Case = tuple[str, dict[str, Any], tuple[int, ...]]
REGULARIZERS: list[Case] = [
    ("L1", {}, (3, 4)),
    ("L1", {"l1": 0.3}, (2, 3, 1)),
    ("L2", {}, (3, 4)),
    ("L2", {"l2": 0.3}, (5,)),
    ("L1L2", {"l1": 0.1, "l2": 0.3}, (3, 4)),
    ("L1L2", {"l1": 0.1}, (3, 4)),
    ("L1L2", {}, (3, 4)),
    ("OrthogonalRegularizer", {}, (3, 4)),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}, (3, 4)),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "rows"}, (2, 5)),
]
CONSTRAINTS: list[Case] = [
    ("MaxNorm", {}, (3, 4)),
    ("MaxNorm", {"max_value": 0.7, "axis": 1}, (3, 4)),
    ("MaxNorm", {"max_value": 0.7, "axis": [0, 1]}, (2, 3, 4)),
    ("MinMaxNorm", {}, (3, 4)),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "rate": 0.3, "axis": -1}, (3, 4)),
    ("NonNeg", {}, (3, 4)),
    ("UnitNorm", {}, (3, 4)),
    ("UnitNorm", {"axis": [0, 2]}, (2, 3, 4)),
]
CASES = [("regularizers", *case) for case in REGULARIZERS] + [
    ("constraints", *case) for case in CONSTRAINTS
]
every_case = pytest.mark.parametrize(
    ("namespace", "name", "arguments", "shape"),
    CASES,
    ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)],
)
KEYS = {"regularizers": "OrthogonalRegularizer", "constraints": "UnitNorm"}


@pytest.mark.parametrize("namespace", KEYS)
def test_everything_has_a_case(namespace: str) -> None:
    base = {"regularizers": "Regularizer", "constraints": "Constraint"}[namespace]
    assert public(getattr(keras, namespace)) == {base} | {c[1] for c in CASES if c[0] == namespace}


def made(library: Any, namespace: str, name: str, arguments: dict[str, Any]) -> Any:
    return getattr(getattr(library, namespace), name)(**arguments)


@every_case
def test_values_and_gradients(
    namespace: str, name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    same_value_and_gradient(
        lambda library, x: made(library, namespace, name, arguments)(x), seeded(*shape)
    )


@every_case
def test_zeros(
    namespace: str, name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    theirs, ours = (made(library, namespace, name, arguments) for library in LIBRARIES)
    zeros = np.zeros(shape, "float32")
    close(ours(zeros), theirs(keras.ops.convert_to_tensor(zeros)))


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
@every_case
def test_dtypes(
    namespace: str, name: str, arguments: dict[str, Any], shape: tuple[int, ...], dtype: str
) -> None:
    theirs, ours = (made(library, namespace, name, arguments) for library in LIBRARIES)
    with jax.enable_x64(dtype == "float64"):
        x = keras.ops.cast(seeded(*shape), dtype)
        expected = np.asarray(theirs(x))
    tolerance = 2e-7 if dtype == "float64" else 5e-2
    close(ours(np.asarray(x)), expected, tolerance, tolerance)


@every_case
def test_configs(
    namespace: str, name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    theirs, ours = (made(library, namespace, name, arguments) for library in LIBRARIES)
    same_config(ours.get_config(), theirs.get_config())
    home = getattr(bigdl_keras, namespace)
    again = home.deserialize(home.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    read = home.get({"class_name": name, "config": theirs.get_config()})
    same_config(read.get_config(), ours.get_config())


@pytest.mark.parametrize("namespace", KEYS)
def test_names(namespace: str) -> None:
    theirs, ours = (getattr(library, namespace) for library in LIBRARIES)
    for name in dir(theirs):
        item = getattr(theirs, name)
        if isinstance(item, type):
            assert getattr(ours, name).__name__ == item.__name__
    for name in getattr(keras.src, namespace).ALL_OBJECTS_DICT:
        try:
            expected = type(theirs.get(name)).__name__
        except (ValueError, TypeError) as error:
            with pytest.raises(type(error)):
                ours.get(name)
        else:
            assert type(ours.get(name)).__name__ == expected
    assert ours.get(None) is None
    assert ours.get(abs) is abs


BAD: dict[str, tuple[Any, str]] = {
    "l1": (lambda k: k.regularizers.L1(-1.0), "l1"),
    "l1-text": (lambda k: k.regularizers.L1("much"), "much"),
    "l1-none": (lambda k: k.regularizers.L1(l1=np.nan), "nan"),
    "l2": (lambda k: k.regularizers.L2(-1.0), "l2"),
    "l1l2": (lambda k: k.regularizers.L1L2(l2=-1.0), "l2"),
    "orthogonal-factor": (lambda k: k.regularizers.OrthogonalRegularizer(factor=-1.0), "factor"),
    "orthogonal-mode": (lambda k: k.regularizers.OrthogonalRegularizer(mode="both"), "both"),
    "orthogonal-rank": (lambda k: k.regularizers.OrthogonalRegularizer()(np.ones((2, 3, 4))), r"\(2, 3, 4\)"),
    "regularizer-config": (lambda k: k.regularizers.Regularizer().get_config(), "get_config"),
    "regularizer-name": (lambda k: k.regularizers.get("l3"), "l3"),
    "regularizer-identifier": (lambda k: k.regularizers.get(3), "3"),
    "constraint-name": (lambda k: k.constraints.get("max"), "max"),
    "constraint-identifier": (lambda k: k.constraints.get(3), "3"),
    "constraint-argument": (lambda k: k.constraints.MaxNorm(limit=3), "limit"),
    "variable-constraint": (lambda k: setattr(k.Variable(1.0), "constraint", 3), "constraint"),
    "variable-regularizer": (lambda k: setattr(k.Variable(1.0), "regularizer", 3), "regularizer"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    same_error(*BAD[case])


def test_bases_change_nothing() -> None:
    x = seeded(2, 3)
    close(bigdl_keras.constraints.Constraint()(x), keras.constraints.Constraint()(x))
    assert bigdl_keras.regularizers.Regularizer()(x) == keras.regularizers.Regularizer()(x)
