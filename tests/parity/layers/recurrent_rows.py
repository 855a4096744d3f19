"""Recurrent layers and their wrappers."""

from typing import Any

from tests.parity.layers.row import Made, Row, floats, lengths_mask, rows

SERIES, LONE = (3, 4, 2), (1, 1, 1)
MASK = {"mask": lengths_mask(4, 4, 2, 0)}
LEFT_MASK = {"mask": lengths_mask(4, 4, 2, 1)[:, ::-1].copy()}
STATE = floats(3, 2, seed=5)
STATES = [STATE, floats(3, 2, seed=6)]
ALL = {"return_sequences": True, "return_state": True}

SHARED: list[dict[str, Any]] = [
    {},
    {"return_sequences": True},
    {"return_state": True},
    {"go_backwards": True, **ALL},
    {"unroll": True, **ALL},
    {"use_bias": False},
    {"activation": "relu", "bias_initializer": "ones"},
    {"kernel_regularizer": "l2", "recurrent_regularizer": "l1", "bias_regularizer": "l2"},
    {"trainable": False},
]
MASKED = [
    ALL,
    {"go_backwards": True, **ALL},
    {"unroll": True, **ALL},
    {"zero_output_for_mask": True, **ALL},
]
# Stock Keras forgets the activity regularizer of SimpleRNN.
OWN: dict[str, list[dict[str, Any]]] = {
    "SimpleRNN": [{"activation": None}],
    "LSTM": [
        {"activity_regularizer": "l2", "return_sequences": True},
        {"unit_forget_bias": False},
        {"recurrent_activation": "hard_sigmoid"},
    ],
    "GRU": [
        {"activity_regularizer": "l2", "return_sequences": True},
        {"reset_after": False, **ALL},
        {"reset_after": False, "go_backwards": True, "use_bias": False},
        {"recurrent_activation": "hard_sigmoid", "reset_after": False},
        {"recurrent_activation": "relu"},
    ],
}


def cell(kind: str, units: int = 2, **settings: Any) -> Made:
    """A cell."""
    return Made(f"layers.{kind}Cell", units=units, **settings)


ROWS: list[Row] = []
for layer, own in OWN.items():
    units = {"units": 2}
    ROWS += rows(layer, SERIES, [{**units, **config} for config in [*SHARED, *own]])
    ROWS += rows(layer, SERIES, [{**units, **config} for config in MASKED], call=MASK)
    ROWS += rows(layer, SERIES, [{**units, **ALL}], call=LEFT_MASK)
    states = STATES if layer == "LSTM" else STATE
    ROWS += rows(layer, SERIES, [{**units, **ALL}], call={"initial_state": states})
    ROWS += rows(layer, SERIES, [units], call={"initial_state": states, **MASK})
    ROWS += rows(layer, LONE, [{"units": 1, **ALL}])
    ROWS += rows(layer, SERIES, [{**units, "stateful": True, **ALL}], calls=2, batch=3)
    ROWS += rows(
        layer,
        SERIES,
        [{**units, "stateful": True, "go_backwards": True}],
        calls=2,
        batch=3,
        call=MASK,
    )
    ROWS += rows("RNN", SERIES, [{"cell": cell(layer), **config} for config in ({}, ALL)])
    ROWS += rows("RNN", SERIES, [{"cell": cell(layer), **ALL}], call=MASK)
    for merge in ("concat", "sum", "mul", "ave", None):
        inner = Made(f"layers.{layer}", units=2, return_sequences=True)
        ROWS += rows("Bidirectional", SERIES, [{"layer": inner, "merge_mode": merge}])
    ROWS += rows("Bidirectional", SERIES, [{"layer": Made(f"layers.{layer}", units=2)}], call=MASK)
    inner = Made(f"layers.{layer}", units=2, **ALL)
    ROWS += rows("Bidirectional", SERIES, [{"layer": inner}])
    both = STATES * 2 if layer == "LSTM" else STATES
    ROWS += rows("Bidirectional", SERIES, [{"layer": inner}], call={"initial_state": both})
    ROWS += rows(f"{layer}Cell", (3, 2), [units], call={"states": states})

STACK = [cell("LSTM"), cell("GRU", 3), cell("SimpleRNN", 1)]
BACKWARD = Made("layers.GRU", units=2, go_backwards=True, return_sequences=True)
FORWARD = Made("layers.LSTM", units=3, return_sequences=True)
ROWS += [
    *rows("RNN", SERIES, [{"cell": STACK}, {"cell": STACK, **ALL}]),
    *rows("RNN", SERIES, [{"cell": STACK, "unroll": True, "go_backwards": True}], call=MASK),
    *rows("RNN", SERIES, [{"cell": Made("layers.StackedRNNCells", cells=STACK), **ALL}], call=MASK),
    *rows("RNN", SERIES, [{"cell": cell("LSTM"), "stateful": True}], calls=2, batch=3),
    *rows("Bidirectional", SERIES, [{"layer": FORWARD, "backward_layer": BACKWARD}], infers=False),
    *rows(
        "Bidirectional",
        SERIES,
        [{"layer": Made("layers.RNN", cell=cell("GRU"), return_sequences=True)}],
    ),
    *rows("TimeDistributed", SERIES, [{"layer": Made("layers.Dense", units=3)}]),
    *rows("TimeDistributed", SERIES, [{"layer": Made("layers.Dense", units=3)}], call=MASK),
    *rows(
        "TimeDistributed",
        (2, 3, 5, 4, 2),
        [
            {"layer": Made("layers.Conv2D", filters=2, kernel_size=2)},
            {"layer": Made("layers.MaxPooling2D")},
            {"layer": Made("layers.Flatten")},
        ],
    ),
    *rows(
        "TimeDistributed",
        (2, 3, 4),
        [{"layer": Made("layers.BatchNormalization")}],
        call={"training": True},
        tolerance=1e-4,
    ),
    *rows("TimeDistributed", (2, 3, 4, 2), [{"layer": Made("layers.LSTM", units=2)}]),
]
