"""Pooling in one to three dimensions."""

from tests.parity.layers.row import Row, lengths_mask, rows

FIRST = {"data_format": "channels_first"}
SHAPES = {1: (2, 7, 3), 2: (2, 7, 5, 3), 3: (2, 4, 5, 3, 2)}
SHAPES_FIRST = {1: (2, 3, 7), 2: (2, 3, 7, 5), 3: (2, 2, 4, 5, 3)}
POOLS = [
    {"pool_size": 2},
    {"pool_size": 2, "padding": "same"},
    {"pool_size": 3},
    {"pool_size": 3, "strides": 1},
    {"pool_size": 3, "strides": 1, "padding": "same"},
    {"pool_size": 3, "strides": 2, "padding": "same"},
    {"pool_size": 2, "strides": 3},
    {"pool_size": 2, "strides": 3, "padding": "same"},
    {"pool_size": 1},
]
UNEVEN = [
    {"pool_size": (2, 3)},
    {"pool_size": (3, 1), "strides": (1, 2)},
    {"pool_size": (7, 5)},
    {"pool_size": (9, 6), "padding": "same"},
]

ROWS: list[Row] = []
ROWS += rows("MaxPooling1D", SHAPES[1])
ROWS += rows("MaxPooling2D", SHAPES[2])
ROWS += rows("MaxPooling3D", SHAPES[3])
for kind in ("Max", "Average"):
    for rank, shape in SHAPES.items():
        layer = f"{kind}Pooling{rank}D"
        ROWS += rows(layer, shape, POOLS if rank < 3 else POOLS[::2])
        ROWS += rows(layer, SHAPES_FIRST[rank], [{**config, **FIRST} for config in POOLS[::2]])
        ROWS += rows(
            layer, (1,) * (rank + 2), [{"pool_size": 2, "padding": "same"}, {"pool_size": 1}]
        )
        ROWS += rows(f"Global{layer}", shape, [{}, {"keepdims": True}])
        ROWS += rows(f"Global{layer}", SHAPES_FIRST[rank], [FIRST, {**FIRST, "keepdims": True}])
        ROWS += rows(f"Global{layer}", (1,) * (rank + 2))
    ROWS += rows(f"{kind}Pooling2D", SHAPES[2], UNEVEN)
    ROWS += rows(f"{kind}Pooling2D", (0, 4, 4, 2), [{"pool_size": 2}])
MASK = {"mask": lengths_mask(7, 3, 6)}
ROWS += rows("GlobalAveragePooling1D", SHAPES[1], [{}, {"keepdims": True}], call=MASK)
ROWS += rows("GlobalAveragePooling1D", SHAPES_FIRST[1], [FIRST], call=MASK)
