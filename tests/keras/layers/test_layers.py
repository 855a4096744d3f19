"""Every built-in layer against stock Keras."""

from pathlib import Path

import keras
import pytest

import bigdl_keras
from tests.keras.layers.cases import CASES
from tests.keras.layers.check_layer import check_layer


@pytest.mark.parametrize("name", CASES)
def test_layer_is_stock_keras(name: str, tmp_path: Path) -> None:
    check_layer(CASES[name], tmp_path)


# Layers that have no row of their own, and where they are tested instead.
ELSEWHERE = {
    "Layer": "tests/keras/core",
    "InputLayer": "tests/keras/models",
    "Lambda": "tests/keras/layers/test_lambda.py",
    "Wrapper": "by TimeDistributed",
    "LSTMCell": "by RNN",
    "GRUCell": "by RNN",
    "SimpleRNNCell": "by RNN",
    "StackedRNNCells": "by RNN stacked",
}


def test_every_layer_has_a_case() -> None:
    classes = {
        name
        for name in dir(bigdl_keras.layers)
        if isinstance(cls := getattr(bigdl_keras.layers, name), type)
        and issubclass(cls, bigdl_keras.layers.Layer)
        and hasattr(keras.layers, name)
    }
    covered = {type(case.make(bigdl_keras)).__name__ for case in CASES.values()}
    assert classes - covered == set(ELSEWHERE)
