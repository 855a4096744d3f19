"""Layers that move values."""

from tests.parity.layers.row import Row, rows

FIRST = {"data_format": "channels_first"}
SERIES, IMAGES, VOLUMES = (2, 6, 4), (2, 5, 4, 3), (2, 4, 5, 3, 2)
IMAGES_FIRST, VOLUMES_FIRST = (2, 3, 5, 4), (2, 2, 4, 5, 3)
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")

ROWS: list[Row] = [
    *rows("Flatten", IMAGES, [{}, FIRST]),
    *rows("Flatten", (3,)),
    *rows("Flatten", (3, 1)),
    *rows("Flatten", (0, 2, 3)),
    *rows(
        "Reshape",
        SERIES,
        [
            {"target_shape": shape}
            for shape in ((24,), (-1,), (4, 6), (2, -1, 3), (-1, 1), (1, 24, 1), [3, 8])
        ],
    ),
    *rows("Reshape", (3,), [{"target_shape": (1,)}, {"target_shape": ()}]),
    *rows("Permute", SERIES, [{"dims": (2, 1)}, {"dims": (1, 2)}]),
    *rows("Permute", IMAGES, [{"dims": (3, 1, 2)}, {"dims": (2, 3, 1)}]),
    *rows("RepeatVector", (2, 4), [{"n": 1}, {"n": 3}]),
    *rows("ZeroPadding1D", SERIES, [{}, {"padding": 2}, {"padding": (0, 3)}]),
    *rows("ZeroPadding1D", (2, 4, 6), [{**FIRST, "padding": (1, 2)}]),
    *rows(
        "ZeroPadding2D",
        IMAGES,
        [{}, {"padding": 2}, {"padding": (0, 2)}, {"padding": ((1, 0), (2, 3))}],
    ),
    *rows("ZeroPadding2D", IMAGES_FIRST, [FIRST, {**FIRST, "padding": ((1, 0), (2, 3))}]),
    *rows(
        "ZeroPadding3D",
        VOLUMES,
        [{}, {"padding": 2}, {"padding": (0, 2, 1)}, {"padding": ((1, 0), (2, 3), (0, 0))}],
    ),
    *rows("ZeroPadding3D", VOLUMES_FIRST, [FIRST]),
    *rows("Cropping1D", SERIES, [{}, {"cropping": 2}, {"cropping": (0, 3)}, {"cropping": (1, 0)}]),
    *rows(
        "Cropping2D",
        IMAGES,
        [{}, {"cropping": 1}, {"cropping": (0, 1)}, {"cropping": ((1, 0), (0, 3))}],
    ),
    *rows("Cropping2D", IMAGES_FIRST, [{**FIRST, "cropping": ((1, 0), (0, 3))}]),
    *rows(
        "Cropping3D",
        VOLUMES,
        [{}, {"cropping": 1}, {"cropping": (0, 2, 1)}, {"cropping": ((1, 0), (2, 1), (0, 0))}],
    ),
    *rows("Cropping3D", VOLUMES_FIRST, [{**FIRST, "cropping": ((1, 0), (2, 1), (0, 0))}]),
    *rows("UpSampling1D", SERIES, [{}, {"size": 1}, {"size": 3}]),
    *rows(
        "UpSampling2D",
        IMAGES,
        [{}, {"size": 3}, {"size": (1, 3)}, *({"interpolation": name} for name in INTERPOLATIONS)],
    ),
    *rows("UpSampling2D", IMAGES_FIRST, [FIRST, {**FIRST, "interpolation": "bilinear"}]),
    *rows("UpSampling3D", VOLUMES, [{}, {"size": (1, 2, 3)}]),
    *rows("UpSampling3D", VOLUMES_FIRST, [{**FIRST, "size": (1, 2, 3)}]),
    *rows("UpSampling2D", (1, 1, 1, 1)),
]
