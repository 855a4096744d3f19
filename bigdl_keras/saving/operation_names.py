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
    "ctc_decode": "CTCDecode",
    "ctc_loss": "CTCLoss",
    "fft": "FFT",
    "fft2": "FFT2",
    "hsv_to_rgb": "HSVToRGB",
    "ifft2": "IFFT2",
    "irfft": "IRFFT",
    "isin": "IsIn",
    "istft": "ISTFT",
    "jvp": "JVP",
    "layer_normalization": "LayerNorm",
    "psnr": "PSNR",
    "rfft": "RFFT",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "ssim": "SSIM",
    "stft": "STFT",
    "svd": "SVD",
}
_FUNCTIONS = {class_name: function for function, class_name in _IRREGULAR.items()}


def operation_class_name(function: Callable[..., Any]) -> str:
    """The class that Keras has for an operation: ``expand_dims`` -> ``ExpandDims``."""
    name = function.__name__
    return _IRREGULAR.get(name, to_camel_case(name))


def operation_module(function: Callable[..., Any]) -> str:
    """The module in which Keras has that class."""
    # The operations are imported with everything that they need, this package among it.
    from bigdl_keras.ops.namespaces import home

    return f"keras.src.ops.{home(function.__name__)}"


def operation_function(class_name: str) -> Callable[..., Any] | None:
    """Our operation for a class of Keras's, or ``None``."""
    from bigdl_keras import ops

    name = _FUNCTIONS.get(class_name) or to_snake_case(class_name)
    for namespace in (ops, *(getattr(ops, sub, None) for sub in ("image", "linalg", "nn"))):
        found = getattr(namespace, name, None)
        if getattr(found, "keras_op", False):
            return found
    return None
