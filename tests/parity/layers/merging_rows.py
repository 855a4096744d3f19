"""Layers that join several inputs."""

import numpy as np

from tests.parity.layers.row import Row, floats, rows

A, B, C = floats(3, 4, 5), floats(3, 4, 5, seed=1), floats(3, 4, 5, seed=2)
TIES = [np.round(A), np.round(B)]
ROWS: list[Row] = []
for layer in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
    ROWS += rows(layer, [A, B])
    ROWS += rows(layer, [A, B, C])
    ROWS += rows(layer, [A, floats(3, 5)])
    ROWS += rows(layer, [A, floats(3, 1, 5)])
    ROWS += rows(layer, [floats(3, 1), floats(3, 4)])
    ROWS += rows(layer, [floats(1, 1), floats(1, 1, seed=1)])
    ROWS += rows(layer, [A, B.astype("float16")])
ROWS += [
    *rows("Maximum", TIES),
    *rows("Minimum", TIES),
    *rows("Subtract", [A, B]),
    *rows("Subtract", [A, floats(3, 5)]),
    *rows("Subtract", [A, floats(3, 4, 1)]),
    *rows("Concatenate", [A, B], [{}, {"axis": 1}, {"axis": -2}, {"axis": 0}]),
    *rows("Concatenate", [A, floats(3, 2, 5), C], [{"axis": 1}]),
    *rows("Concatenate", [floats(3, 1), floats(3, 4)]),
    *rows(
        "Dot", [floats(3, 4), floats(3, 4, seed=1)], [{"axes": 1}, {"axes": -1, "normalize": True}]
    ),
    *rows(
        "Dot",
        [A, B],
        [{"axes": 2}, {"axes": 1}, {"axes": (2, 2)}, {"axes": -1}, {"axes": 1, "normalize": True}],
    ),
    *rows("Dot", [A, floats(3, 5, 2)], [{"axes": (2, 1)}, {"axes": [-1, 1], "normalize": True}]),
    *rows("Dot", [A, floats(3, 5)], [{"axes": (2, 1)}]),
    *rows("Dot", [floats(3, 5), A], [{"axes": (1, 2)}]),
    *rows("Dot", [floats(2, 3, 4, 5), floats(2, 5, 3)], [{"axes": (3, 1)}]),
]
