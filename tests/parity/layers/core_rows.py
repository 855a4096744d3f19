"""Dense, EinsumDense, Embedding and other layers of the core."""

import numpy as np

from tests.parity.layers.row import Made, Row, floats, integers, rows

L2 = Made("regularizers.L2", l2=0.1)
SERIES = (3, 4, 5)
REPEATED = np.array([[1, 1, 1], [0, 6, 6]], "int32")

DENSE = [
    {},
    {"use_bias": False, "activation": "tanh"},
    {"activation": "relu", "bias_initializer": "ones"},
    {"activation": "gelu"},
    {"kernel_regularizer": L2, "bias_regularizer": "l1"},
    {"activity_regularizer": "l2"},
    {"activity_regularizer": Made("regularizers.L1L2", l1=0.2, l2=0.3), "kernel_regularizer": "l1"},
    {"kernel_regularizer": Made("regularizers.OrthogonalRegularizer", factor=0.1)},
    {"kernel_constraint": "non_neg", "bias_constraint": "max_norm"},
    {"trainable": False, "kernel_regularizer": "l2"},
    {"name": "mine"},
]
EINSUMS = [
    ("ab,bc->ac", 3, "c", (4, 5)),
    ("abc,cd->abd", (None, 3), None, SERIES),
    ("abc,cd->abd", (None, 3), "d", SERIES),
    ("abc,cd->abd", (4, 3), "bd", SERIES),
    ("...x,xy->...y", 3, "y", SERIES),
    ("abc,cde->abde", (None, 2, 3), "de", SERIES),
    ("abc,bcd->ad", 3, "d", SERIES),
    ("abcd,cde->abe", (None, 3), "e", (2, 3, 4, 5)),
    ("ab...,bc->ac...", 3, "c", SERIES),
    ("BTNH,NHD->BTD", (None, 3), "D", (2, 3, 2, 4)),
]

ROWS: list[Row] = [
    *rows("Dense", (3, 4), [{"units": 5, **config} for config in DENSE]),
    *rows("Dense", (1, 1), [{"units": 1}]),
    *rows("Dense", (0, 4), [{"units": 5, "activity_regularizer": "l2"}]),
    *rows("Dense", (2, 3, 2, 4), [{"units": 5, "activation": "softmax"}]),
    *rows("Dense", (5, 1, 7), [{"units": 2, "activation": "log_softmax"}]),
    *(
        row
        for equation, shape, axes, inputs in EINSUMS
        for row in rows(
            "EinsumDense",
            inputs,
            [{"equation": equation, "output_shape": shape, "bias_axes": axes}],
        )
    ),
    *rows(
        "EinsumDense",
        SERIES,
        [
            {
                "equation": "abc,cd->abd",
                "output_shape": (None, 3),
                "bias_axes": "d",
                "activation": "relu",
                "kernel_regularizer": L2,
                "bias_regularizer": "l1",
                "activity_regularizer": "l1",
            }
        ],
    ),
    *rows(
        "Embedding",
        REPEATED,
        [
            {"input_dim": 7, "output_dim": 4},
            {"input_dim": 7, "output_dim": 4, "mask_zero": True},
            {"input_dim": 7, "output_dim": 1, "embeddings_regularizer": L2},
            {"input_dim": 7, "output_dim": 4, "embeddings_initializer": "zeros"},
        ],
    ),
    *rows("Embedding", integers(4, high=7), [{"input_dim": 7, "output_dim": 4}]),
    *rows("Embedding", integers(2, 3, 2, high=7), [{"input_dim": 7, "output_dim": 4}]),
    *rows(
        "Embedding", integers(2, 3, high=7).astype("float32"), [{"input_dim": 7, "output_dim": 4}]
    ),
    *rows("Embedding", integers(2, 3, high=7).astype("uint8"), [{"input_dim": 7, "output_dim": 4}]),
    *rows("Identity", SERIES),
    *rows("Identity", [(3, 4), (2, 5)]),
    *rows("Masking", np.round(floats(3, 4, 2)), [{}, {"mask_value": 1.0}, {"mask_value": -1}]),
    *rows("ActivityRegularization", SERIES, [{}, {"l1": 0.3}, {"l2": 0.2}, {"l1": 0.3, "l2": 0.2}]),
    *rows("ActivityRegularization", (0, 3), [{"l1": 0.3}]),
]
