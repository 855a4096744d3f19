"""Layers of categories and text return what stock Keras returned where TensorFlow was at hand."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import bigdl_keras as keras
from tests.keras.layers.preprocessing.cases import CASES, outcome
from tests.keras.layers.preprocessing.saved_model import INPUTS, make_model

FILES = Path(__file__).parent / "expected"
EXPECTED = json.loads((FILES / "expected.json").read_text())
OF_MODEL = EXPECTED.pop("outputs of stock.keras")


def test_expectations_are_complete():
    assert set(EXPECTED) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    assert_equal(outcome(CASES[name], keras), EXPECTED[name])


def assert_equal(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for part, other in zip(found, expected, strict=True):
            assert_equal(part, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)
    else:
        assert found == expected


def outputs(model):
    return {name: np.asarray(model.get_layer(name)(data)) for name, data in INPUTS.items()}


def test_stock_file_is_read():
    found = outputs(keras.models.load_model(FILES / "stock.keras"))
    for name, expected in OF_MODEL.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6, err_msg=name)


def test_files_are_like_stock_files(tmp_path):
    make_model(keras).save(tmp_path / "ours.keras")
    ours, stock = texts_in(tmp_path / "ours.keras"), texts_in(FILES / "stock.keras")
    assert ours == stock
    found = outputs(keras.models.load_model(tmp_path / "ours.keras"))
    for name, expected in OF_MODEL.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6, err_msg=name)


def texts_in(path):
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith("vocabulary.txt")
        }


def test_configs_have_the_same_arguments(tmp_path):
    with zipfile.ZipFile(FILES / "stock.keras") as archive:
        stock = {
            layer["name"]: layer["config"]
            for layer in json.loads(archive.read("config.json"))["config"]["layers"]
        }
    for layer in make_model(keras).layers:
        if layer.name in INPUTS:
            missing = set(stock[layer.name]) - set(layer.get_config())
            assert not missing, layer.name
