"""`show_config`."""

import re
from pathlib import Path

import numpy as np
import pytest

import bigdl_backend
import bigdl_keras as keras
import bigdl_native
from bigdl_backend.configuration import SWITCHES


def test_sections_tell_what_is_so(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("BIGDL_KERAS_WITHOUT", "algebra")
    sections = keras.show_config(mode="dicts")
    assert sections["libraries"]["numpy"] == np.__version__
    assert sections["libraries"]["bigdl_keras"] == keras.__version__
    assert sections["threads"]["of a kernel"] == "3"
    assert sections["switches"]["BIGDL_KERAS_WITHOUT"].startswith("algebra")
    assert re.match(r"x86-64-v[234]", sections["native code"]["instruction set"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", sections["native code"]["oneDNN"])
    assert "Math Kernel Library" in sections["native code"]["MKL"]


def test_without_native_code_none_is_named(monkeypatch):
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    assert "native code" not in keras.show_config(mode="dicts")


def test_it_is_printed(capsys):
    assert keras.show_config() is None
    lines = capsys.readouterr().out.splitlines()
    for title, facts in keras.show_config(mode="dicts").items():
        assert title in lines
        assert all(any(f"  {name} " in line for line in lines) for name in facts)


def test_other_modes_are_refused():
    with pytest.raises(ValueError, match='"stdout" or "dicts", got \'json\''):
        keras.show_config(mode="json")


def test_every_switch_of_ours_is_told():
    folders = [Path(module.__file__).parent for module in (keras, bigdl_backend, bigdl_native)]
    sources = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".py", ".pyx", ".cpp", ".hpp")
    ]
    used = {
        name for path in sources for name in re.findall(r"BIGDL_KERAS_[A-Z_]+", path.read_text())
    }
    assert used
    assert used <= SWITCHES.keys()
