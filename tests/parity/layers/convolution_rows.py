"""Convolutions: padding, strides, dilation, groups, both data formats, odd sizes."""

from typing import Any

from tests.parity.layers.row import Row, rows

FIRST = {"data_format": "channels_first"}
SERIES, IMAGES, VOLUMES = (2, 7, 4), (2, 7, 5, 4), (2, 4, 5, 3, 2)
SERIES_FIRST, IMAGES_FIRST, VOLUMES_FIRST = (2, 4, 7), (2, 4, 7, 5), (2, 2, 4, 5, 3)

SAME = {"padding": "same"}

CONV1D = [
    {},
    {"padding": "same"},
    {"padding": "causal"},
    {"padding": "VALID"},
    {"strides": 2},
    {"strides": 2, "padding": "same"},
    {"strides": 3, "padding": "same", "kernel_size": 2},
    {"strides": 2, "padding": "causal"},
    {"dilation_rate": 2},
    {"dilation_rate": 3, "padding": "causal"},
    {"dilation_rate": 2, "padding": "same"},
    {"groups": 2},
    {"groups": 4, "padding": "same"},
    {"kernel_size": 1},
    {"kernel_size": 7},
    {"kernel_size": 7, "padding": "same"},
    {"kernel_size": 9, "padding": "same"},
    {"use_bias": False},
    {"activation": "relu", "kernel_regularizer": "l2", "bias_regularizer": "l1"},
    {"activity_regularizer": "l2"},
    {"filters": 1, "kernel_size": 1},
]
CONV2D = [
    {},
    {"padding": "same"},
    {"strides": (2, 1)},
    {"strides": 2, "padding": "same"},
    {"strides": 3, "padding": "same", "kernel_size": (2, 4)},
    {"dilation_rate": (2, 1)},
    {"dilation_rate": 2, "padding": "same"},
    {"groups": 2},
    {"groups": 4, "padding": "same", "strides": 2},
    {"kernel_size": 1, "strides": 2},
    {"kernel_size": (7, 5)},
    {"kernel_size": (9, 7), "padding": "same"},
    {"use_bias": False, "activation": "tanh"},
]
CONV3D = [
    {},
    {"padding": "same"},
    {"strides": 2, "padding": "same"},
    {"strides": (1, 2, 1)},
    {"dilation_rate": (1, 2, 1), "kernel_size": 2},
    {"groups": 2, "kernel_size": 2},
    {"kernel_size": (4, 5, 3)},
    {"kernel_size": 1, "use_bias": False},
]
TRANSPOSED = [
    {},
    {"padding": "same"},
    {"strides": 2},
    {"strides": 2, "padding": "same"},
    {"strides": 3, "padding": "same"},
    {"strides": 3, "kernel_size": 2},
    {"dilation_rate": 2},
    {"dilation_rate": 2, "padding": "same"},
    {"strides": 2, "output_padding": 1},
    {"strides": 2, "output_padding": 0, "padding": "same"},
    {"strides": 3, "output_padding": 2, "padding": "same"},
    {"kernel_size": 1},
    {"kernel_size": 2, "padding": "same"},
    {"kernel_size": 4, "strides": 2, "padding": "same"},
    {"use_bias": False, "activation": "tanh"},
]
DEPTHWISE = [
    {},
    {"padding": "same"},
    {"strides": 2},
    {"strides": 2, "padding": "same"},
    {"dilation_rate": 2},
    {"dilation_rate": 2, "padding": "same"},
    {"depth_multiplier": 3},
    {"depth_multiplier": 2, "strides": 2, "padding": "same"},
    {"kernel_size": 1},
    {"use_bias": False, "activation": "relu"},
    {"depthwise_regularizer": "l2", "bias_regularizer": "l1"},
]
SEPARABLE = [
    {},
    {"padding": "same"},
    {"strides": 2},
    {"strides": 2, "padding": "same"},
    {"dilation_rate": 2},
    {"depth_multiplier": 2},
    {"kernel_size": 1, "use_bias": False},
    {"activation": "relu", "depthwise_regularizer": "l2", "pointwise_regularizer": "l1"},
]


def family(layer: str, last: tuple[int, ...], first: tuple[int, ...], table: Any) -> list[Row]:
    """Each config in both data formats; causal padding is for channels last."""
    found = rows(layer, last, table)
    for config in table:
        if config.get("padding") != "causal":
            found += rows(layer, first, [{**config, **FIRST}])
    return found


def with_filters(table: list[dict[str, Any]], kernel_size: int = 3) -> list[dict[str, Any]]:
    """The configs with a number of filters and a kernel size where they have none."""
    return [{"filters": 4, "kernel_size": kernel_size, **config} for config in table]


def with_kernel(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The configs with a kernel size where they have none."""
    return [{"kernel_size": 3, **config} for config in table]


ROWS: list[Row] = [
    *family("Conv1D", SERIES, SERIES_FIRST, with_filters(CONV1D)),
    *family("Conv2D", IMAGES, IMAGES_FIRST, with_filters(CONV2D)),
    *family("Conv3D", VOLUMES, VOLUMES_FIRST, with_filters(CONV3D, 3)),
    *family("Conv1DTranspose", SERIES, SERIES_FIRST, with_filters(TRANSPOSED)),
    *family("Conv2DTranspose", IMAGES, IMAGES_FIRST, with_filters(TRANSPOSED)),
    *family("Conv3DTranspose", VOLUMES, VOLUMES_FIRST, with_filters(TRANSPOSED[:9:2], 2)),
    *family("DepthwiseConv1D", SERIES, SERIES_FIRST, with_kernel(DEPTHWISE)),
    *family("DepthwiseConv2D", IMAGES, IMAGES_FIRST, with_kernel(DEPTHWISE)),
    *family("SeparableConv1D", SERIES, SERIES_FIRST, with_filters(SEPARABLE)),
    *family("SeparableConv2D", IMAGES, IMAGES_FIRST, with_filters(SEPARABLE)),
    # One pixel, and no rows at all.
    *rows("Conv1D", (1, 1, 1), with_filters([{"kernel_size": 1}, SAME])),
    *rows("Conv2D", (1, 1, 1, 1), with_filters([{"kernel_size": 1}, SAME])),
    *rows("Conv3D", (1, 1, 1, 1, 1), with_filters([SAME])),
    *rows("Conv2DTranspose", (1, 1, 1, 2), with_filters([{"strides": 2}, SAME])),
    *rows("DepthwiseConv2D", (1, 1, 1, 2), with_kernel([SAME])),
    *rows("SeparableConv2D", (1, 1, 1, 2), with_filters([SAME])),
    *rows("Conv2D", (0, 7, 5, 4), with_filters([{}])),
]
