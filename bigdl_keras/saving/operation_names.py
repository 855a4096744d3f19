"""Keras's class names for operations in functional models, and our functions for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bigdl_keras.core.naming import to_camel_case, to_snake_case

# Classes whose names do not follow from the names of the functions.
_IRREGULAR = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "hsv_to_rgb": "HSVToRGB",
    "isin": "IsIn",
    "layer_normalization": "LayerNorm",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "ssim": "SSIM",
}
_FUNCTIONS = {class_name: function for function, class_name in _IRREGULAR.items()}

# Keras's modules of operations; those not listed are in `keras.src.ops.numpy`.
_MODULES = {
    "core": """associative_scan cast cond convert_to_tensor fori_loop map scan scatter
        scatter_update slice slice_update stop_gradient switch unstack vectorized_map while_loop
        shape""",
    "einops": "rearrange",
    "image": """affine_transform crop_images elastic_transform extract_patches gaussian_blur
        hsv_to_rgb map_coordinates pad_images perspective_transform resize rgb_to_grayscale
        rgb_to_hsv scale_and_translate sobel_edges ssim""",
    "linalg": """cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor norm qr solve
        solve_triangular svd""",
    "math": """cdist erf erfinv extract_sequences fft fft2 ifft2 in_top_k irfft istft logdet
        logsumexp qr rfft rsqrt segment_max segment_min segment_prod segment_sum stft top_k""",
    "nn": """adaptive_average_pool adaptive_max_pool average_pool batch_normalization
        binary_crossentropy categorical_crossentropy celu conv conv_transpose ctc_decode ctc_loss
        depthwise_conv dot_product_attention elu gelu glu hard_shrink hard_sigmoid hard_silu
        hard_tanh layer_normalization leaky_relu log_sigmoid log_softmax max_pool moments multi_hot
        normalize one_hot polar psnr relu relu6 rms_normalization selu separable_conv sigmoid silu
        soft_shrink softmax softplus softsign sparse_categorical_crossentropy sparse_plus
        sparse_sigmoid sparsemax squareplus tanh_shrink threshold unfold""",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


def operation_class_name(function: Callable[..., Any]) -> str:
    """The class that Keras has for an operation: ``expand_dims`` -> ``ExpandDims``."""
    name = function.__name__
    return _IRREGULAR.get(name, to_camel_case(name))


def operation_module(function: Callable[..., Any]) -> str:
    """The module in which Keras has that class."""
    return f"keras.src.ops.{_MODULE_OF.get(function.__name__, 'numpy')}"


def operation_function(class_name: str) -> Callable[..., Any] | None:
    """Our operation for a class of Keras's, or ``None``."""
    from bigdl_keras import ops

    name = _FUNCTIONS.get(class_name) or to_snake_case(class_name)
    for namespace in (ops, *(getattr(ops, sub, None) for sub in ("image", "linalg", "nn"))):
        found = getattr(namespace, name, None)
        if getattr(found, "keras_op", False):
            return found
    return None
