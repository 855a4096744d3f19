"""Layers in half precision and in mixed precision, on inputs of several dtypes."""

from typing import Any

from tests.parity.layers.row import Row, floats, integers, rows

POLICIES = ("mixed_bfloat16", "mixed_float16", "bfloat16", "float16")
SERIES, IMAGES = floats(3, 4, 5), floats(2, 5, 4, 3)
LAYERS: list[tuple[str, dict[str, Any], Any]] = [
    ("Dense", {"units": 2, "activation": "gelu"}, SERIES),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 2)}, SERIES),
    ("Embedding", {"input_dim": 7, "output_dim": 2}, integers(3, 4, high=7)),
    ("Conv2D", {"filters": 2, "kernel_size": 2, "padding": "same"}, IMAGES),
    ("MaxPooling2D", {}, IMAGES),
    ("GlobalAveragePooling2D", {}, IMAGES),
    ("BatchNormalization", {}, IMAGES),
    ("LayerNormalization", {}, SERIES),
    ("RMSNormalization", {}, SERIES),
    ("Softmax", {}, SERIES),
    ("UpSampling2D", {}, IMAGES),
    ("SimpleRNN", {"units": 2}, SERIES),
]

ROWS: list[Row] = []
for layer, config, x in LAYERS:
    for policy in POLICIES[:2] if layer == "SimpleRNN" else POLICIES:
        rough = 4e-2 if "bfloat16" in policy else 5e-3
        ROWS += rows(layer, x, [{**config, "dtype": policy}], tolerance=rough)
for dtype in ("int32", "float16", "float64"):
    ROWS += rows("Dense", SERIES.astype(dtype), [{"units": 2}], gradients=False)
    ROWS += rows("Softmax", SERIES.astype(dtype), gradients=False)
for dtype in ("int32", "uint8", "bool"):
    for layer in ("Flatten", "Identity", "RepeatVector", "Permute", "Reshape"):
        settings = {
            "RepeatVector": {"n": 2},
            "Permute": {"dims": (1,)},
            "Reshape": {"target_shape": (2, 2)},
        }
        x = (3 * floats(3, 4)).astype(dtype)
        # Stock Keras takes what RepeatVector returns for floats.
        ROWS += rows(
            layer, x, [settings.get(layer, {})], gradients=False, infers=layer != "RepeatVector"
        )
