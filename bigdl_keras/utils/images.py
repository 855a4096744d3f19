"""Images as arrays. Needs Pillow."""

import os
from typing import Any

import numpy as np

from bigdl_keras.config import floatx, standardize_data_format

_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_FILTERS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Images need Pillow: pip install pillow") from error
    return Image


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A Pillow image as an array (height, width, channels), or channels first.

    Args:
        img: the image.
        data_format: "channels_last" or "channels_first"; default: the global one.
        dtype: default `floatx()`.
    """
    array = np.asarray(img, dtype or floatx())
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3:
        raise ValueError(f"An image has 2 or 3 axes; got shape {array.shape}.")
    first = standardize_data_format(data_format) == "channels_first"
    return array.transpose(2, 0, 1) if first else array


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """An array (height, width, 1, 3 or 4 channels) as a Pillow image.

    Args:
        x: the array.
        data_format: see `img_to_array`.
        scale: stretch the values to 0..255.
        dtype: dtype to compute in, default `floatx()`.
    """
    array = np.asarray(x, dtype or floatx())
    if array.ndim != 3:
        raise ValueError(f"An image has 3 axes; got shape {array.shape}.")
    if standardize_data_format(data_format) == "channels_first":
        array = array.transpose(1, 2, 0)
    if array.shape[2] not in (1, 3, 4):
        raise ValueError(f"An image has 1, 3 or 4 channels; got {array.shape[2]}.")
    if scale:
        array = array - array.min()
        array = array * (255.0 / max(float(array.max()), 1e-12))
    if array.shape[2] == 1:
        return _pillow().fromarray(array[:, :, 0].astype("uint8"))
    return _pillow().fromarray(array.astype("uint8"))


def load_img(
    path: str | os.PathLike[str],
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Read a file as a Pillow image.

    Args:
        path: the file.
        color_mode: "grayscale", "rgb" or "rgba".
        target_size: (height, width) to resize to.
        interpolation: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos".
        keep_aspect_ratio: crop the middle instead of distorting.
    """
    if color_mode not in _MODES:
        raise ValueError(f"`color_mode` must be one of {tuple(_MODES)}; got {color_mode!r}.")
    if interpolation not in _FILTERS:
        raise ValueError(f"`interpolation` must be one of {_FILTERS}; got {interpolation!r}.")
    with _pillow().open(path) as file:
        image = file.convert(_MODES[color_mode])
    if target_size is None:
        return image
    height, width = target_size
    box = _middle(image.size, width / height) if keep_aspect_ratio else None
    method = getattr(_pillow().Resampling, interpolation.upper())
    return image.resize((width, height), method, box=box)


def _middle(size: tuple[int, int], ratio: float) -> tuple[int, int, int, int]:
    """The largest box of the given width-to-height ratio in the middle of an image."""
    width, height = size
    box_width = min(width, int(height * ratio))
    box_height = min(height, int(width / ratio))
    left, top = (width - box_width) // 2, (height - box_height) // 2
    return left, top, left + box_width, top + box_height


def save_img(
    path: str | os.PathLike[str],
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as an image file.

    Args:
        path: the file.
        x: the array, see `array_to_img`.
        data_format: see `img_to_array`.
        file_format: a Pillow format; default: by the ending of `path`.
        scale: stretch the values to 0..255.
        **kwargs: options of the format, see Pillow's `Image.save`.
    """
    array_to_img(x, data_format, scale).save(path, format=file_format, **kwargs)
