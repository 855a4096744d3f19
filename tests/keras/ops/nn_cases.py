"""Products, layers' operations, images."""

from __future__ import annotations

import numpy as np

from tests.keras.ops.case import (
    IMAGE,
    PICTURES,
    POSITIVE,
    ROWS,
    SERIES,
    VOLUME,
    Case,
    X,
    Y,
    Z,
    b,
    f,
    i,
)

LINEAR: dict[str, Case] = {
    "matmul": Case(lambda o, x, y: o.matmul(x, y), (X, f(3, 4))),
    "matmul stacks": Case(lambda o, x, y: o.matmul(x, y), (Z, f(5, 6, 2))),
    "matmul broadcast": Case(lambda o, x, y: o.matmul(x, y), (f(2, 1, 3, 4), f(3, 4, 2))),
    "matmul vector": Case(lambda o, x, y: o.matmul(x, y), (X, f(3))),
    "matmul integers": Case(lambda o, x, y: o.matmul(x, y), (i(5, 3), i(3, 2))),
    "dot": Case(lambda o, x, y: o.dot(x, y), (X, f(2, 3, 4))),
    "tensordot": Case(lambda o, x, y: o.tensordot(x, y, axes=([1, 2], [1, 0])), (Z, f(6, 4, 2))),
    "tensordot count": Case(lambda o, x, y: o.tensordot(x, y, axes=1), (X, f(3, 2))),
    "outer": Case(lambda o, x, y: o.outer(x, y), (f(3), f(4))),
    "inner": Case(lambda o, x, y: o.inner(x, y), (X, f(2, 3))),
    "vdot": Case(lambda o, x, y: o.vdot(x, y), (X, Y)),
    "cross": Case(lambda o, x, y: o.cross(x, y), (X, Y)),
    "kron": Case(lambda o, x, y: o.kron(x, y), (f(2, 3), f(3, 2)), symbolic=False),
    "cdist": Case(lambda o, x, y: o.cdist(x, y), (X, f(4, 3)), symbolic=False),
    **{
        f"einsum {subscripts}": Case(
            lambda o, *xs, subscripts=subscripts: o.einsum(subscripts, *xs), arrays
        )
        for subscripts, arrays in {
            "ij,jk->ik": (X, f(3, 4)),
            "bij,bjk->bki": (Z, f(5, 6, 2)),
            "bij,jk": (Z, f(6, 2)),
            "btnh,bsnh->bnts": (f(5, 3, 2, 4), f(5, 6, 2, 4)),
            "...ij,kj->...ik": (Z, f(2, 6)),
            "ij->": (X,),
            "ijk->kj": (Z,),
            "ii->i": (f(3, 3),),
            "ij,ij->i": (X, Y),
            "i,j,k->kij": (f(2), f(3), f(4)),
            "ab,bc,cd->ad": (X, f(3, 4), f(4, 2)),
        }.items()
    },
    "norm": Case(lambda o, x: o.norm(x), (X,)),
    **{
        f"norm {order}": Case(lambda o, x, order=order: o.norm(x, ord=order, axis=1), (X,))
        for order in (1, 2, 3, np.inf, -np.inf, 0)
    },
    **{
        f"norm matrix {order}": Case(
            lambda o, x, order=order: o.norm(x, ord=order, axis=(1, 2), keepdims=True), (Z,)
        )
        for order in ("fro", 1, -1, np.inf)
    },
    "normalize": Case(lambda o, x: o.normalize(x, axis=1), (X,)),
    "normalize order": Case(lambda o, x: o.normalize(x, axis=1, order=3), (X,)),
    "psnr": Case(lambda o, x, y: o.psnr(x, y, 2.0), (X, Y)),
}

NN: dict[str, Case] = {
    **{
        f"conv {padding} {strides} {dilation}": Case(
            lambda o, x, w, p=padding, s=strides, d=dilation: o.conv(x, w, s, p, dilation_rate=d),
            (IMAGE, f(3, 2, 4, 6)),
        )
        for padding in ("valid", "same")
        for strides, dilation in ((1, 1), ((2, 3), 1), (1, (2, 1)))
    },
    "conv groups": Case(lambda o, x, w: o.conv(x, w), (IMAGE, f(3, 3, 2, 6)), symbolic=False),
    "conv 1d": Case(lambda o, x, w: o.conv(x, w, 2, "same"), (SERIES, f(3, 4, 2))),
    "conv 3d": Case(lambda o, x, w: o.conv(x, w, 2, "same"), (VOLUME, f(2, 3, 2, 3, 2))),
    "depthwise_conv": Case(
        lambda o, x, w: o.depthwise_conv(x, w, 2, "same"), (IMAGE, f(3, 3, 4, 2))
    ),
    "separable_conv": Case(
        lambda o, x, w, v: o.separable_conv(x, w, v, 1, "same"),
        (IMAGE, f(3, 3, 4, 2), f(1, 1, 8, 3)),
    ),
    **{
        f"conv_transpose {padding} {strides} {extra} {dilation}": Case(
            lambda o, x, w, p=padding, s=strides, e=extra, d=dilation: o.conv_transpose(
                x, w, s, p, output_padding=e, dilation_rate=d
            ),
            (f(5, 4, 6, 2), f(3, 2, 3, 2)),
        )
        for padding in ("valid", "same")
        for strides, extra, dilation in ((1, None, 1), (2, None, 1), (3, 1, 1), (1, None, 2))
    },
    **{
        f"{name} {padding}": Case(
            lambda o, x, name=name, p=padding: getattr(o, name)(x, (3, 2), 2, p), (IMAGE,)
        )
        for name in ("max_pool", "average_pool")
        for padding in ("valid", "same")
    },
    "max_pool 1d": Case(lambda o, x: o.max_pool(x, 2, 2), (SERIES,)),
    "average_pool 3d": Case(lambda o, x: o.average_pool(x, 2, 1, "same"), (VOLUME,)),
    "adaptive_average_pool": Case(
        lambda o, x: o.adaptive_average_pool(x, (3, 5), data_format="channels_last"),
        (IMAGE,),
        symbolic=False,
    ),
    "adaptive_max_pool": Case(
        lambda o, x: o.adaptive_max_pool(x, (4, 2), data_format="channels_last"),
        (IMAGE,),
        symbolic=False,
    ),
    "batch_normalization": Case(
        lambda o, x, m, v, c, s: o.batch_normalization(x, m, v, -1, c, s),
        (X, f(3), f(3, low=0.1), f(3), f(3)),
    ),
    "layer_normalization": Case(
        lambda o, x, g, c: o.layer_normalization(x, g, c), (Z, f(6), f(6, seed=1))
    ),
    "layer_normalization axes": Case(
        lambda o, x, g, c: o.layer_normalization(x, g, c, axis=(1, 2)),
        (Z, f(4, 6), f(4, 6, seed=1)),
    ),
    "rms_normalization": Case(lambda o, x, g: o.rms_normalization(x, g), (Z, f(6))),
    **{
        f"attention causal={causal}": Case(
            lambda o, q, k, v, c=causal: o.dot_product_attention(q, k, v, is_causal=c),
            (f(5, 4, 4, 3), f(5, 6, 2, 3), f(5, 6, 2, 3, seed=1)),
            symbolic=False,
        )
        for causal in (False, True)
    },
    "attention mask": Case(
        lambda o, q, k, m: o.dot_product_attention(q, k, k, mask=m, scale=0.3),
        (f(5, 4, 2, 3), f(5, 6, 2, 3), b(5, 1, 4, 6)),
        symbolic=False,
    ),
    **{
        f"{name} logits={logits}": Case(
            lambda o, t, x, name=name, logits=logits: getattr(o, name)(t, x, from_logits=logits),
            arrays,
        )
        for logits in (False, True)
        for name, arrays in {
            "categorical_crossentropy": (ROWS, ROWS[::-1].copy()),
            "sparse_categorical_crossentropy": (i(5), ROWS),
            "binary_crossentropy": (b(5, 4).astype("float32"), ROWS),
        }.items()
    },
    "sparse_categorical_crossentropy no class": Case(
        lambda o, t, x: o.sparse_categorical_crossentropy(t, x, from_logits=True),
        (np.array([0, -1, 3, 7, 2]), ROWS),
    ),
    "sparse_categorical_crossentropy axis": Case(
        lambda o, t, x: o.sparse_categorical_crossentropy(t, x, axis=1),
        (i(5, 4), f(5, 4, 4, low=0.1)),
    ),
}

IMAGES: dict[str, Case] = {
    **{
        f"resize {kind} {size}": Case(
            lambda o, x, kind=kind, size=size: o.image.resize(x, size, kind), (PICTURES,)
        )
        for kind, size in (("nearest", (14, 4)), ("bilinear", (9, 13)), ("lanczos3", (4, 4)))
    },
    "resize antialias": Case(
        lambda o, x: o.image.resize(x, (3, 4), "bicubic", antialias=True), (PICTURES,)
    ),
    "resize crop": Case(
        lambda o, x: o.image.resize(x, (9, 4), crop_to_aspect_ratio=True), (PICTURES,)
    ),
    "resize pad": Case(
        lambda o, x: o.image.resize(x, (9, 4), pad_to_aspect_ratio=True), (PICTURES,)
    ),
    "resize channels first": Case(
        lambda o, x: o.image.resize(x, (4, 9), data_format="channels_first"), (PICTURES,)
    ),
    **{
        name: Case(lambda o, x, name=name: getattr(o.image, name)(x), (PICTURES,))
        for name in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb", "sobel_edges")
    },
    "gaussian_blur": Case(
        lambda o, x: o.image.gaussian_blur(x, (3, 4), (1.0, 2.0), "channels_last"), (PICTURES,)
    ),
    "extract_patches": Case(
        lambda o, x: o.image.extract_patches(x, (3, 2), padding="same"), (PICTURES,)
    ),
    "pad_images": Case(
        lambda o, x: o.image.pad_images(x, 1, 2, target_height=10, target_width=12), (PICTURES,)
    ),
    "crop_images": Case(
        lambda o, x: o.image.crop_images(x, 1, 2, target_height=4, target_width=3), (PICTURES,)
    ),
    "ctc_loss": Case(
        lambda o, t, x, m, n: o.ctc_loss(t, x, m, n),
        (np.array([[1, 1, 3], [2, 4, 0]]), f(2, 6, 4 + 1), np.array([3, 2]), np.array([6, 4])),
        symbolic=False,
    ),
    **{
        f"linalg {name}": Case(
            lambda o, x, name=name: getattr(o, name)(x), (POSITIVE,), traces=False, symbolic=False
        )
        for name in ("det", "inv", "cholesky", "slogdet", "pinv", "matrix_rank")
    },
    **{
        f"{name} {length}": Case(
            lambda o, x, name=name, n=length: getattr(o, name)(
                x[0] if name == "rfft" else (x[0], x[1]), n
            ),
            (f(2, 3, 9),),
            symbolic=False,
        )
        for name in ("rfft", "irfft")
        for length in (None, 8, 13)
    },
    **{
        name: Case(
            lambda o, x, name=name: getattr(o, name)((x[0], x[1])), (f(2, 3, 7),), symbolic=False
        )
        for name in ("fft", "fft2", "ifft2")
    },
    "lu_factor": Case(lambda o, x: o.lu_factor(x), (f(2, 4, 3, 3),), traces=False, symbolic=False),
    "lu_factor oblong": Case(
        lambda o, x: [o.lu_factor(x), o.lu_factor(o.transpose(x))],
        (f(3, 4),),
        traces=False,
        symbolic=False,
    ),
    "extract_sequences": Case(
        lambda o, x: o.extract_sequences(x, 4, 3), (f(5, 13),), symbolic=False
    ),
    "stft": Case(lambda o, x: o.stft(x, 6, 3, 8), (f(5, 20),), symbolic=False),
    "istft": Case(
        lambda o, x: o.istft((x[0], x[1]), 6, 3, 8, window="hamming"),
        (f(2, 3, 5, 5),),
        symbolic=False,
    ),
    "solve": Case(
        lambda o, a, y: o.solve(a, y), (POSITIVE, f(2, 3, 4)), traces=False, symbolic=False
    ),
}
