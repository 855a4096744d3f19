"""Weights as pictures."""

import numpy as np

_MOST_IMAGES = 3


def weight_images(weight: np.ndarray, channels_last: bool) -> list[np.ndarray]:
    """A weight as grey or coloured images, uint8 (height, width, channels); values are cut to [0, 1].

    Vectors are columns, matrices lie on their longer side, of three axes every kernel is an image
    (at most the first three). Weights of other shapes have none.
    """
    image = np.squeeze(weight)
    if image.ndim == 1:
        image = image[None, :, None, None]
    elif image.ndim == 2:
        image = (image.T if image.shape[0] > image.shape[1] else image)[None, :, :, None]
    elif image.ndim == 3:
        image = (np.transpose(image, (2, 0, 1)) if channels_last else image)[..., None]
    if image.ndim != 4 or image.shape[-1] not in (1, 3, 4):
        return []
    pixels = (np.clip(image.astype("float64"), 0.0, 1.0) * 255.0).astype("uint8")
    return list(pixels[:_MOST_IMAGES])
