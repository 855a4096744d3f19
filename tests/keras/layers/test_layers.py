"""Every built-in layer against stock Keras."""

import importlib
from pathlib import Path

import keras
import pytest

import bigdl_keras
from tests.keras.layers import cases
from tests.keras.layers.check_layer import Case, check_layer
from tests.keras.layers.image.color_cases import COLOR_CASES
from tests.keras.layers.image.geometric_cases import GEOMETRIC_CASES


def family_cases() -> dict[str, Case]:
    """The rows of all ``cases_<family>.py``, which run with the generated comparisons."""
    found: dict[str, Case] = {}
    for path in sorted(Path(__file__).parent.glob("cases_*.py")):
        rows = importlib.import_module(f"{__package__}.{path.stem}").CASES
        assert not found.keys() & rows.keys(), path.name
        found |= rows
    return found


FAMILIES = family_cases()
CASES = cases.CASES | FAMILIES


@pytest.mark.parametrize(
    "name", [*cases.CASES, *(pytest.param(name, marks=pytest.mark.parity) for name in FAMILIES)]
)
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
    "FlaxLayer": "tests/keras/layers/test_foreign_layers.py",
    "JaxLayer": "tests/keras/layers/test_foreign_layers.py",
    "TFSMLayer": "tests/keras/layers/test_foreign_layers.py",
    "TorchModuleWrapper": "tests/keras/layers/test_foreign_layers.py",
    "CategoryEncoding": "tests/keras/layers/preprocessing",
    "Discretization": "tests/keras/layers/preprocessing",
    "HashedCrossing": "tests/keras/layers/preprocessing",
    "Hashing": "tests/keras/layers/preprocessing",
    "IntegerLookup": "tests/keras/layers/preprocessing",
    "MaxNumBoundingBoxes": "tests/keras/layers/preprocessing",
    "MelSpectrogram": "tests/keras/layers/preprocessing",
    "Pipeline": "tests/keras/layers/preprocessing",
    "STFTSpectrogram": "tests/keras/layers/preprocessing",
    "StringLookup": "tests/keras/layers/preprocessing",
    "TextVectorization": "tests/keras/layers/preprocessing",
}


def test_every_layer_has_a_case() -> None:
    classes = {
        name: cls
        for name in dir(bigdl_keras.layers)
        if isinstance(cls := getattr(bigdl_keras.layers, name), type)
        and issubclass(cls, bigdl_keras.layers.Layer)
        and hasattr(keras.layers, name)
    }
    # The layers of images are compared in `image`.
    makers = [case.make for case in CASES.values()]
    makers += [*COLOR_CASES.values(), *GEOMETRIC_CASES.values()]
    covered = {type(make(bigdl_keras)) for make in makers}
    assert {name for name, cls in classes.items() if cls not in covered} == set(ELSEWHERE)
