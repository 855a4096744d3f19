"""Normalisation, in training and in inference."""

import numpy as np

from tests.parity.layers.row import Row, lengths_mask, rows

TRAINING, INFERENCE = {"training": True}, {"training": False}
FLAT, SERIES, IMAGES = (4, 5), (3, 4, 5), (2, 3, 4, 6)
BATCH = [
    {},
    {"axis": 1},
    {"axis": 1, "momentum": 0.5, "epsilon": 0.1},
    {"center": False},
    {"scale": False},
    {"center": False, "scale": False},
    {"beta_regularizer": "l2", "gamma_regularizer": "l1"},
    {"trainable": False},
    {"moving_mean_initializer": "ones"},
]
LAYER = [
    {},
    {"axis": 1},
    {"axis": [1, 2]},
    {"axis": (-1, -2), "epsilon": 0.1},
    {"center": False},
    {"scale": False},
    {"center": False, "scale": False, "axis": 1},
]
GROUP = [
    {"groups": 3},
    {"groups": 1},
    {"groups": 6},
    {"groups": -1},
    {"groups": 2, "center": False},
    {"groups": 2, "scale": False, "epsilon": 0.1},
]

ROWS: list[Row] = []
for call in (TRAINING, INFERENCE):
    ROWS += rows("BatchNormalization", IMAGES, BATCH, call=call, tolerance=1e-4)
    ROWS += rows("BatchNormalization", FLAT, [{}, {"scale": False}], call=call, tolerance=1e-4)
    ROWS += rows("BatchNormalization", (1, 1), call=call)
    ROWS += rows(
        "BatchNormalization",
        SERIES,
        [{}, {"axis": 1}],
        call={**call, "mask": lengths_mask(4, 4, 1, 2)},
        tolerance=1e-4,
    )
ROWS += rows("BatchNormalization", FLAT, [{"momentum": 0.7}], call=TRAINING, calls=2)
ROWS += rows("LayerNormalization", SERIES, LAYER)
ROWS += rows("LayerNormalization", IMAGES, [{}, {"axis": [1, 3]}, {"axis": [1, 2, 3]}])
ROWS += rows("LayerNormalization", FLAT, [{"gamma_regularizer": "l2", "beta_regularizer": "l1"}])
ROWS += rows("LayerNormalization", (2, 1))
ROWS += rows("GroupNormalization", IMAGES, GROUP, tolerance=1e-4)
ROWS += rows("GroupNormalization", (2, 6, 3, 4), [{"groups": 3, "axis": 1}], tolerance=1e-4)
ROWS += rows("GroupNormalization", (3, 6), [{"groups": 2}], tolerance=1e-4)
ROWS += rows("GroupNormalization", (2, 3, 6), [{"groups": 3}], tolerance=1e-4)
ROWS += rows("RMSNormalization", SERIES, [{}, {"axis": [1, 2]}, {"epsilon": 0.1}])
ROWS += rows("RMSNormalization", FLAT)
ROWS += rows("UnitNormalization", SERIES, [{}, {"axis": 1}, {"axis": [1, 2]}])
ROWS += rows("UnitNormalization", np.zeros((2, 3), "float32"), gradients=False)
