"""Convolutional recurrence, adaptive pooling, grouped heads, wrappers of weights, low ranks."""

from typing import Any

import numpy as np

from tests.parity.layers.row import Made, Row, floats, integers, lengths_mask, rows

FIRST = {"data_format": "channels_first"}
LINES, LINES_FIRST = (2, 3, 6, 2), (2, 3, 2, 6)
RECURRENT: list[dict[str, Any]] = [
    {},
    {"padding": "same", "return_sequences": True},
    {"strides": 2, "return_state": True},
    {"dilation_rate": 2, "go_backwards": True},
    {"use_bias": False, "activation": "linear", "recurrent_activation": "hard_sigmoid"},
    {"unit_forget_bias": False, "recurrent_regularizer": "l2", "bias_regularizer": "l1"},
    {"activity_regularizer": "l2", "unroll": True},
]
GROUPED = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
GROUPS: list[dict[str, Any]] = [
    {},
    {"num_key_value_heads": 4, "use_bias": False},
    {"num_key_value_heads": 1, "use_gate": True},
    {"sliding_window": 2, "bias_regularizer": "l2"},
    {"dropout": 0.3, "activity_regularizer": "l2"},
]
QUERY, VALUE, KEY = floats(2, 4, 6), floats(2, 3, 6), floats(2, 3, 6, seed=3)
PAIRWISE = np.random.default_rng(0).integers(0, 2, (2, 4, 3)).astype(bool)
SCORES = {"return_attention_scores": True}
CALLS: list[dict[str, Any]] = [
    SCORES,
    {"attention_mask": PAIRWISE},
    {"query_mask": lengths_mask(4, 4, 2), "value_mask": lengths_mask(3, 1, 3), **SCORES},
    {"key_mask": lengths_mask(3, 1, 3), "use_causal_mask": True},
]
RENORM: list[dict[str, Any]] = [
    {},
    {"momentum": 0.5, "renorm_momentum": 0.8, "center": False},
    {"renorm_clipping": {"rmin": 0.9, "rmax": 1.1, "dmax": 0.1}, "scale": False},
    {"axis": 1, "renorm_clipping": {"dmax": 0.0}},
]

ROWS: list[Row] = []
for rank, shape in {1: LINES, 2: (2, 2, 5, 4, 2), 3: (2, 2, 3, 4, 3, 2)}.items():
    base = {"filters": 2, "kernel_size": 2}
    configs = RECURRENT if rank == 1 else RECURRENT[:2]
    ROWS += rows(f"ConvLSTM{rank}D", shape, [{**base, **config} for config in configs])
ROWS += rows("ConvLSTM1D", LINES_FIRST, [{"filters": 3, "kernel_size": 3, **FIRST}])

for kind in ("Average", "Max"):
    for rank, shape in {1: (2, 7, 3), 2: (2, 7, 5, 3), 3: (2, 4, 5, 3, 2)}.items():
        layer = f"Adaptive{kind}Pooling{rank}D"
        ROWS += rows(layer, shape, [{"output_size": 1}, {"output_size": 3}])
        ROWS += rows(layer, (2, 2, *shape[1:-1]), [{"output_size": 2, **FIRST}])
    ROWS += rows(f"Adaptive{kind}Pooling2D", (2, 7, 5, 3), [{"output_size": (3, 2)}])

ROWS += rows(
    "GroupQueryAttention", [QUERY, VALUE], [{**GROUPED, **config} for config in GROUPS], spread=True
)
for arguments in CALLS:
    ROWS += rows("GroupQueryAttention", [QUERY, VALUE, KEY], [GROUPED], spread=True, call=arguments)

ROWS += rows("LayerNormalization", (2, 3, 4), [{"rms_scaling": True}])
ROWS += rows("LayerNormalization", (2, 3, 4), [{"rms_scaling": True, "axis": (1, 2)}])
for config in RENORM:
    ROWS += rows("BatchNormalization", (4, 3, 2), [{"renorm": True, **config}])
    ROWS += rows(
        "BatchNormalization",
        (4, 3, 2),
        [{"renorm": True, **config}],
        call={"training": True},
        calls=2,
    )

WRAPPED = [Made("layers.Dense", units=4), Made("layers.Conv1D", filters=2, kernel_size=2)]
for layer in WRAPPED:
    ROWS += rows("SpectralNormalization", (2, 5, 3), [{"layer": layer}])
    ROWS += rows(
        "SpectralNormalization",
        (2, 5, 3),
        [{"layer": layer, "power_iterations": 2}],
        call={"training": True},
    )

TABLE = {"input_dim": 9, "output_dim": 4}
ROWS += rows("ReversibleEmbedding", integers(2, 3, high=9), [TABLE, {**TABLE, "mask_zero": True}])
ROWS += rows(
    "ReversibleEmbedding",
    (2, 3, 4),
    [TABLE, {**TABLE, "tie_weights": False}, {**TABLE, "logit_soft_cap": 0.3}],
    call={"reverse": True},
)

LOW = {"lora_rank": 2}
ROWS += rows("Dense", (3, 4), [{"units": 3, **LOW}, {"units": 3, **LOW, "use_bias": False}])
ROWS += rows("EinsumDense", (2, 3, 4), [{"equation": "abc,cd->abd", "output_shape": (3, 2), **LOW}])
ROWS += rows("Embedding", integers(2, 3, high=9), [{**TABLE, **LOW}])
for rank in (1, 2, 3):
    ROWS += rows(
        f"Conv{rank}D",
        (2, *(4,) * rank, 3),
        [{"filters": 2, "kernel_size": 2, **LOW, "lora_alpha": 3}],
    )
