"""Operations on images beyond those that convolutional layers need."""

from __future__ import annotations

import numpy as np

from tests.keras.ops.case import PICTURES, Case, f, i

BYTES = i(2, 7, 6, 3, high=256, dtype="uint8")
BLOCK = f(2, 4, 6, 4, 3)
PLACES = f(3, 4, 5, low=-9, high=9)
# A turn with stretching, and a shift; the second leaves the image on one side.
AFFINE = np.array(
    [[0.9, 0.3, -0.4, -0.2, 1.1, 0.8, 0, 0], [1, 0, 2.37, 0, 0.71, -1.63, 0, 0]], "float32"
)
START = np.array([[[0, 0], [5, 0], [0, 6], [5, 6]]] * 2, "float32")
END = START + f(2, 4, 2, low=-1, high=1)

IMAGE_CASES: dict[str, Case] = {
    **{
        f"affine_transform {fill_mode} {kind}": Case(
            lambda o, x, t, fill_mode=fill_mode, kind=kind: o.image.affine_transform(
                x, t, kind, fill_mode, 0.3
            ),
            (PICTURES, AFFINE),
        )
        for fill_mode, kind in (
            ("constant", "bilinear"),
            ("nearest", "bilinear"),
            ("wrap", "nearest"),
            ("mirror", "bilinear"),
            ("reflect", "nearest"),
        )
    },
    "affine_transform uint8": Case(
        lambda o, x, t: o.image.affine_transform(x, t, fill_mode="reflect"), (BYTES, AFFINE)
    ),
    "affine_transform one, channels first": Case(
        lambda o, x, t: o.image.affine_transform(x, t, data_format="channels_first"),
        (PICTURES[0], AFFINE[0]),
    ),
    "perspective_transform": Case(
        lambda o, x, s, e: o.image.perspective_transform(x, s, e, fill_value=0.2),
        (PICTURES, START, END),
        tolerance=1e-4,
    ),
    "perspective_transform one, nearest": Case(
        lambda o, x, s, e: o.image.perspective_transform(
            x, s, e, "nearest", data_format="channels_first"
        ),
        (PICTURES[0].transpose(2, 0, 1).copy(), START[0], END[0]),
    ),
    **{
        f"map_coordinates {fill_mode} {order}": Case(
            lambda o, x, p, fill_mode=fill_mode, order=order: o.image.map_coordinates(
                x, p, order, fill_mode, 0.5
            ),
            (f(4, 3, 5), PLACES),
        )
        for fill_mode in ("constant", "nearest", "wrap", "mirror", "reflect")
        for order in (0, 1)
    },
    "map_coordinates int": Case(
        lambda o, x, p: o.image.map_coordinates(x, p, 1), (BYTES[:, :, :, 0], PLACES)
    ),
    "scale_and_translate": Case(
        lambda o, x, s, t: o.image.scale_and_translate(x, (2, 9, 4, 3), s, t, (1, 2), "linear"),
        (PICTURES, np.float32([1.4, 0.6]), np.float32([-0.7, 0.9])),
    ),
    "scale_and_translate cubic, outside": Case(
        lambda o, x, s, t: o.image.scale_and_translate(
            x, (2, 9, 8, 3), s, t, (1, 2), "cubic", antialias=False
        ),
        (PICTURES, np.float32([0.5, 1.5]), np.float32([2.5, -3.0])),
    ),
    "scale_and_translate lanczos": Case(
        lambda o, x, s, t: o.image.scale_and_translate(x, (2, 7, 4, 3), s, t, (-2,), "lanczos3"),
        (PICTURES, np.float32([0.7]), np.float32([0.2])),
    ),
    "extract_patches_3d": Case(
        lambda o, x: o.image.extract_patches_3d(x, (2, 3, 2), 2, padding="same"), (BLOCK,)
    ),
    "extract_patches_3d one, dilated, channels first": Case(
        lambda o, x: o.image.extract_patches_3d(
            x, 2, 1, dilation_rate=2, data_format="channels_first"
        ),
        (f(2, 6, 6, 4),),
    ),
    "extract_patches of volumes": Case(
        lambda o, x: o.image.extract_patches(x, (2, 3, 2), (1, 2, 2)), (BLOCK,)
    ),
    "hsv_to_rgb of hues beyond a turn": Case(
        lambda o, x: o.image.hsv_to_rgb(x * 3 - 1), (PICTURES,)
    ),
    "ssim": Case(
        lambda o, x, y: o.image.ssim(x, y, filter_size=5), (PICTURES, PICTURES[::-1].copy())
    ),
    "ssim one, channels first": Case(
        lambda o, x, y: o.image.ssim(x, y, 2.0, 3, 0.8, 0.02, 0.05, "channels_first"),
        (PICTURES[0].transpose(2, 0, 1).copy(), PICTURES[1].transpose(2, 0, 1).copy()),
    ),
    "gaussian_blur one, channels first": Case(
        lambda o, x: o.image.gaussian_blur(x, (5, 3), (0.7, 1.5), "channels_first"),
        (PICTURES[0].transpose(2, 0, 1).copy(),),
    ),
    "sobel_edges channels first": Case(
        lambda o, x: o.image.sobel_edges(x, "channels_first"), (PICTURES,)
    ),
    **{
        f"resize {kind} {size}, antialias": Case(
            lambda o, x, kind=kind, size=size: o.image.resize(x, size, kind, antialias=True),
            (PICTURES,),
        )
        for kind, size in (("bilinear", (3, 8)), ("lanczos3", (4, 3)), ("lanczos5", (9, 4)))
    },
    "resize uint8": Case(lambda o, x: o.image.resize(x, (4, 9), "bicubic"), (BYTES,)),
    "resize padded with a value, channels first": Case(
        lambda o, x: o.image.resize(
            x,
            (4, 9),
            pad_to_aspect_ratio=True,
            fill_value=0.7,
            data_format="channels_first",
        ),
        (PICTURES[0].transpose(2, 0, 1).copy(),),
    ),
}

# What stock Keras refuses, and with what.
REFUSED = {
    "hsv_to_rgb of integers": (lambda o: o.image.hsv_to_rgb(BYTES), ValueError),
    "rgb_to_hsv of integers": (lambda o: o.image.rgb_to_hsv(BYTES), ValueError),
    "rgb_to_grayscale of a rank": (lambda o: o.image.rgb_to_grayscale(PICTURES[0, 0]), ValueError),
    "resize by a name": (lambda o: o.image.resize(PICTURES, (3, 3), "best"), ValueError),
    "resize to three sizes": (lambda o: o.image.resize(PICTURES, (3, 3, 3)), ValueError),
    "resize filled by a name": (
        lambda o: o.image.resize(PICTURES, (3, 3), fill_mode="mirror"),
        ValueError,
    ),
    "resize cropped and padded": (
        lambda o: o.image.resize(
            PICTURES, (3, 3), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
        ),
        ValueError,
    ),
    "affine_transform by a name": (
        lambda o: o.image.affine_transform(PICTURES, AFFINE, "bicubic"),
        ValueError,
    ),
    "affine_transform filled by a name": (
        lambda o: o.image.affine_transform(PICTURES, AFFINE, fill_mode="zeros"),
        ValueError,
    ),
    "affine_transform of a rank": (
        lambda o: o.image.affine_transform(PICTURES[0, 0], AFFINE),
        ValueError,
    ),
    "affine_transform by a rank": (
        lambda o: o.image.affine_transform(PICTURES, AFFINE[None]),
        ValueError,
    ),
    "perspective_transform by three points": (
        lambda o: o.image.perspective_transform(PICTURES, START[:, :3], END[:, :3]),
        ValueError,
    ),
    "perspective_transform by unlike points": (
        lambda o: o.image.perspective_transform(PICTURES, START, END[:1]),
        ValueError,
    ),
    "elastic_transform by a name": (
        lambda o: o.image.elastic_transform(PICTURES, interpolation="bicubic"),
        ValueError,
    ),
    "map_coordinates of an order": (
        lambda o: o.image.map_coordinates(f(4, 3, 5), PLACES, 2),
        ValueError,
    ),
    "map_coordinates filled by a name": (
        lambda o: o.image.map_coordinates(f(4, 3, 5), PLACES, 1, "zeros"),
        ValueError,
    ),
    "map_coordinates of unlike ranks": (
        lambda o: o.image.map_coordinates(f(4, 3), PLACES, 1),
        ValueError,
    ),
    "map_coordinates at single places": (
        lambda o: o.image.map_coordinates(f(4, 3, 5), PLACES[:, 0, 0], 1),
        ValueError,
    ),
    "scale_and_translate by a name": (
        lambda o: o.image.scale_and_translate(
            PICTURES, (2, 3, 3, 3), START[0, 0], START[0, 0], (1, 2), "area"
        ),
        ValueError,
    ),
    "extract_patches of a name": (lambda o: o.image.extract_patches(PICTURES, "all"), TypeError),
    "extract_patches of four sizes": (
        lambda o: o.image.extract_patches(PICTURES, (1, 1, 1, 1)),
        ValueError,
    ),
    "extract_patches_3d of two sizes": (
        lambda o: o.image.extract_patches_3d(BLOCK, (2, 2)),
        TypeError,
    ),
    "pad_images by too little": (lambda o: o.image.pad_images(PICTURES, 1, 1), ValueError),
    "pad_images by less than nothing": (
        lambda o: o.image.pad_images(PICTURES, -1, 1, 1, 1),
        ValueError,
    ),
    "crop_images of more than there is": (
        lambda o: o.image.crop_images(PICTURES, 4, 1, 4, 1),
        ValueError,
    ),
    "gaussian_blur of a rank": (lambda o: o.image.gaussian_blur(PICTURES[0, 0]), ValueError),
    "ssim of a rank": (lambda o: o.image.ssim(PICTURES[0, 0], PICTURES[0, 0]), ValueError),
}
