"""Rescaling and normalisation by numbers given in advance."""

from tests.parity.layers.row import Row, floats, rows

X, SERIES = floats(3, 4), floats(2, 5, 4)
GIVEN = {"mean": [0.5, 1.0, -1.0, 2.0], "variance": [1.0, 4.0, 0.25, 9.0]}

ROWS: list[Row] = [
    *rows("Rescaling", X, [{"scale": 2.0}, {"scale": 0.5, "offset": -1.0}]),
    *rows("Rescaling", X, [{"scale": [1.0, 2.0, 3.0, 4.0], "offset": [1.0, 0.0, 0.0, 1.0]}]),
    *rows("Rescaling", X.astype("int32"), [{"scale": 0.5}], gradients=False),
    *rows("Normalization", X, [GIVEN, {**GIVEN, "invert": True}]),
    *rows("Normalization", SERIES, [GIVEN, {"mean": 0.5, "variance": 2.0, "axis": None}]),
    *rows("Normalization", X.astype("int32"), [GIVEN], gradients=False),
]
