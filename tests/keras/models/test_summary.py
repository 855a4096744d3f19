import keras
import numpy as np
import pytest

import bigdl_keras as ours
from tests.keras.models.networks import nested, operations, two_towers


def table(model, **kwargs):
    """The texts of the cells and the lines below the table."""
    lines = []
    model.summary(print_fn=lambda text, **_: lines.extend(text.splitlines()), **kwargs)
    rows = [
        tuple(cell.strip() for cell in line[1:-1].split(line[0]))
        for line in lines
        if line[:1] in ("│", "┃")
    ]
    totals = [line.strip() for line in lines if "params:" in line]
    return lines[0], rows, totals


@pytest.mark.parametrize("network", [two_towers, nested, operations])
def test_equals_that_of_keras(network, monkeypatch):
    monkeypatch.setenv("COLUMNS", "320")
    wide = {"line_length": 300}
    mine, reference = table(network(ours), **wide), table(network(keras), **wide)
    assert mine[1][0] == reference[1][0]
    # The class names of bare operations are ours.
    named = [[row[0].split(" ")[0], *row[1:3]] for row in mine[1] if "OpCall" not in row[0]]
    expected = [[row[0].split(" ")[0], *row[1:3]] for row in reference[1]]
    assert named == [row for row in expected if row in named]
    assert mine[2] == reference[2]


def test_options():
    model = nested(ours)
    model.get_layer("row").trainable = False
    _, rows, totals = table(model, expand_nested=True, show_trainable=True, line_length=120)
    assert ("└ inner_dense (Dense)", "(None, 4)", "20", "-", "Y") in rows
    assert ("└ r (Dense)", "(None, 4)", "20", "-", "N") in rows
    assert totals == [
        "Total params: 40 (160.00 B)",
        "Trainable params: 20 (80.00 B)",
        "Non-trainable params: 20 (80.00 B)",
    ]
    _, rows, _ = table(model, layer_range=("row", "inner"), line_length=200)
    assert [row[0].split(" ")[0] for row in rows[1:]] == ["inner", "row"]
    with pytest.raises(ValueError, match="no layer is called 'absent'"):
        model.summary(layer_range=("absent", "inner"))
    with pytest.raises(ValueError, match="Insufficient console width"):
        model.summary(line_length=10)


def test_before_and_after_building(capsys):
    model = ours.Sequential([ours.layers.Dense(2, name="d")], name="late")
    assert table(model)[1][1] == ("d (Dense)", "?", "0 (unbuilt)")
    model(np.ones((1, 3), "float32"))
    model.summary()
    shown = capsys.readouterr().out
    assert 'Model: "late"' in shown
    assert "Total params: 8 (32.00 B)" in shown
