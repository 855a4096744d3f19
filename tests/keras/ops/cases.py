"""Operations with what they are called on: the same call goes to stock Keras and to this library.

The size 5 stands for the batch; it is made unknown where shapes are inferred.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """``call(ops, *arrays)``.

    Attributes:
        traces: also recorded and run as a graph.
        symbolic: also called on symbolic inputs with an unknown batch size.
        tolerance: relative and absolute.
    """

    call: Callable[..., Any]
    arrays: tuple[np.ndarray, ...]
    traces: bool = True
    symbolic: bool = True
    tolerance: float = 2e-5


def f(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    """Uniform float32."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape).astype("float32")


def i(*shape: int, high: int = 4, low: int = 0, dtype: str = "int32") -> np.ndarray:
    """Integers."""
    return np.random.default_rng([high, *shape]).integers(low, high, shape).astype(dtype)


def b(*shape: int, seed: int = 0) -> np.ndarray:
    """Booleans."""
    return np.random.default_rng([seed, *shape]).integers(0, 2, shape).astype(bool)


def _named(names: str, *arrays: np.ndarray, tolerance: float = 2e-5) -> dict[str, Case]:
    """Operations called on the arrays alone."""
    return {
        f"{name} {arrays[0].dtype}": Case(
            lambda o, *xs, name=name: getattr(o, name)(*xs), arrays, tolerance=tolerance
        )
        for name in names.split()
    }


NAN = np.array([[1, np.nan, 3], [np.nan, np.nan, np.nan], [0.5, -2, np.nan]], "float32")
TIES = np.round(f(5, 6), 1)
X, Y, Z = f(5, 3), f(5, 3, seed=1), f(5, 4, 6)
IMAGE, VOLUME, SERIES = f(5, 9, 8, 4), f(2, 5, 6, 4, 3), f(5, 7, 4)
ROWS = f(5, 4, low=0.1, high=1.0)

ELEMENTWISE: dict[str, Case] = {
    **_named(
        "abs absolute negative sign square exp expm1 exp2 sin cos tan tanh arctan sinh cosh arcsinh "
        "floor ceil trunc round rad2deg deg2rad cbrt sinc isnan isinf isfinite isposinf isneginf "
        "isreal real imag conj logical_not reciprocal signbit fabs copy erf erfc "
        "relu relu6 sigmoid softplus softsign silu swish log_sigmoid leaky_relu hard_sigmoid "
        "hard_silu hard_swish elu selu celu gelu tanh_shrink hard_tanh hard_shrink "
        "soft_shrink squareplus sparse_plus sparse_sigmoid softmax log_softmax",
        X,
    ),
    **_named("log log2 log10 log1p sqrt rsqrt arccos arcsin arctanh erfinv", ROWS * 0.95),
    **_named("arccosh", ROWS + 1.5),
    **_named(
        "abs negative sign square exp sqrt floor ceil round isnan logical_not bitwise_not "
        "bitwise_invert relu tanh reciprocal",
        i(5, 3, low=1),
    ),
    **_named(
        "add subtract multiply divide true_divide maximum minimum power equal not_equal less "
        "less_equal greater greater_equal logical_and logical_or logical_xor floor_divide mod fmod "
        "arctan2 logaddexp logaddexp2 hypot heaviside fmax fmin divide_no_nan isclose allclose",
        f(5, 3, low=0.5),
        f(3, low=0.5, seed=2),
    ),
    **_named(
        "add subtract multiply divide floor_divide mod power maximum bitwise_and bitwise_or "
        "bitwise_xor left_shift right_shift bitwise_left_shift bitwise_right_shift equal",
        i(5, 3, low=1),
        i(5, 1, low=1),
    ),
    **_named("fmax fmin", NAN, NAN[::-1].copy()),
    "ldexp": Case(lambda o, x, y: o.ldexp(x, y), (X, i(5, 3))),
    "round decimals": Case(lambda o, x: o.round(x, 1), (X,)),
    "clip": Case(lambda o, x: o.clip(x, -0.5, 0.7), (X,)),
    "clip tensors": Case(lambda o, x, y: o.clip(x, y - 1, y), (X, Y)),
    "where": Case(lambda o, c, x, y: o.where(c, x, y), (b(5, 1), X, Y)),
    "where positions": Case(lambda o, x: o.where(x > 0), (X,), traces=False, symbolic=False),
    "select": Case(lambda o, x, y: o.select([x > 1, x > 0], [x, y], 0.5), (X, Y), symbolic=False),
    "nan_to_num": Case(lambda o, x: o.nan_to_num(x, 0.5, posinf=3.0), (NAN,)),
    "isclose nan": Case(lambda o, x: o.isclose(x, x, equal_nan=True), (NAN,)),
    "leaky_relu slope": Case(lambda o, x: o.leaky_relu(x, 0.4), (X,)),
    "elu alpha": Case(lambda o, x: o.elu(x, 0.4), (X,)),
    "celu alpha": Case(lambda o, x: o.celu(x, 0.4), (X,)),
    "gelu exact": Case(lambda o, x: o.gelu(x, False), (X,)),
    "threshold": Case(lambda o, x: o.threshold(x, 0.3, 7.0), (X,)),
    "glu": Case(lambda o, x: o.glu(x), (f(5, 6),)),
    "softmax axis": Case(lambda o, x: o.softmax(x, axis=1), (Z,)),
    "softmax axes": Case(lambda o, x: o.softmax(x, axis=(1, 2)), (Z,)),
    "softmax none": Case(lambda o, x: o.softmax(x, axis=None), (X,)),
    "log_softmax axis": Case(lambda o, x: o.log_softmax(x, axis=1), (Z,)),
    "operators": Case(lambda o, x, y: (-x + y * 2 - 1 / y) ** 2 // 3, (X, Y + 4)),
    "stop_gradient": Case(lambda o, x: o.stop_gradient(x), (X,)),
    "cast": Case(lambda o, x: o.cast(x, "int8"), (X,)),
    "saturate_cast": Case(lambda o, x: o.saturate_cast(x * 200, "uint8"), (X,)),
}

REDUCTIONS: dict[str, Case] = {
    **_named(
        "sum mean var std max min amax amin prod any all argmax argmin ptp median logsumexp "
        "count_nonzero",
        Z,
    ),
    **_named("sum mean max min prod any all argmax cumsum count_nonzero", i(5, 3, dtype="int8")),
    **_named("sum mean prod any all cumsum", b(5, 3)),
    **{
        f"{name} axis": Case(lambda o, x, name=name: getattr(o, name)(x, axis=1), (Z,))
        for name in (
            "sum",
            "mean",
            "var",
            "std",
            "max",
            "min",
            "prod",
            "argmax",
            "argmin",
            "cumsum",
            "cumprod",
            "median",
            "logsumexp",
            "count_nonzero",
            "any",
            "all",
            "average",
        )
    },
    **{
        f"{name} keepdims": Case(
            lambda o, x, name=name: getattr(o, name)(x, axis=(0, -1), keepdims=True), (Z,)
        )
        for name in [
            "sum",
            "mean",
            "var",
            "std",
            "max",
            "min",
            "prod",
            "median",
            "logsumexp",
            "any",
            "all",
            "ptp",
        ]
    },
    **{
        name: Case(lambda o, x, name=name: getattr(o, name)(x, axis=1), (NAN,))
        for name in [
            "nansum",
            "nanprod",
            "nanmax",
            "nanmin",
            "nanmean",
            "nanvar",
            "nanstd",
            "nancumsum",
            "nancumprod",
        ]
    },
    "nanargmax": Case(lambda o, x: o.nanargmax(x, axis=1), (NAN[::2].copy(),)),
    "nanargmin": Case(lambda o, x: o.nanargmin(x, axis=0), (NAN[:, :2].copy(),)),
    "max initial": Case(lambda o, x: o.max(x, axis=1, initial=0.5), (X,)),
    "argmax keepdims": Case(lambda o, x: o.argmax(x, axis=1, keepdims=True), (X,)),
    "average weights": Case(lambda o, x, w: o.average(x, axis=1, weights=w), (X, f(3, low=0.1))),
    "moments": Case(lambda o, x: o.moments(x, axes=(0, 1), keepdims=True), (Z,)),
    "quantile": Case(lambda o, x: o.quantile(x, [0.2, 0.75], axis=1), (Z,)),
    "percentile": Case(lambda o, x: o.percentile(x, 30, axis=-1, keepdims=True), (Z,)),
    "corrcoef": Case(lambda o, x: o.corrcoef(x), (X,), symbolic=False),
    "trapezoid": Case(lambda o, y: o.trapezoid(y, dx=0.5, axis=1), (Z,)),
    "cumsum flat": Case(lambda o, x: o.cumsum(x), (X,)),
}

SHAPING: dict[str, Case] = {
    "reshape": Case(lambda o, x: o.reshape(x, (-1, 2, 12)), (Z,)),
    "ravel": Case(lambda o, x: o.ravel(x), (Z,)),
    "transpose": Case(lambda o, x: o.transpose(x), (Z,)),
    "transpose axes": Case(lambda o, x: o.transpose(x, (1, 0, 2)), (Z,)),
    "squeeze": Case(lambda o, x: o.squeeze(x, axis=1), (f(5, 1, 3),)),
    "expand_dims": Case(lambda o, x: o.expand_dims(x, -2), (X,)),
    "expand_dims several": Case(lambda o, x: o.expand_dims(x, (1, 2)), (X,)),
    "moveaxis": Case(lambda o, x: o.moveaxis(x, (0, 1), (-1, 0)), (Z,)),
    "swapaxes": Case(lambda o, x: o.swapaxes(x, 1, 2), (Z,)),
    "broadcast_to": Case(lambda o, x: o.broadcast_to(x, (2, 4, 6)), (f(4, 1),)),
    "concatenate": Case(lambda o, x, y: o.concatenate([x, y], axis=1), (X, f(5, 2))),
    "concatenate promotes": Case(lambda o, x, y: o.concatenate([x, y], axis=-1), (X, i(5, 2))),
    "append": Case(lambda o, x, y: o.append(x, y), (X, Y)),
    "stack": Case(lambda o, x, y: o.stack([x, y], axis=-1), (X, Y)),
    "hstack": Case(lambda o, x, y: o.hstack([x, y]), (X, Y)),
    "vstack": Case(lambda o, x, y: o.vstack([x, y]), (X, Y), symbolic=False),
    "dstack": Case(lambda o, x, y: o.dstack([x, y]), (X, Y), symbolic=False),
    "split": Case(lambda o, x: o.split(x, 3, axis=-1), (Z,)),
    "split at": Case(lambda o, x: o.split(x, [1, 3], axis=1), (Z,)),
    "array_split": Case(lambda o, x: o.array_split(x, 4, axis=2), (Z,)),
    "hsplit": Case(lambda o, x: o.hsplit(x, 2), (Z,)),
    "unstack": Case(lambda o, x: o.unstack(x, axis=1), (Z,)),
    "flip": Case(lambda o, x: o.flip(x, axis=1), (Z,)),
    "flip all": Case(lambda o, x: o.flip(x), (Z,)),
    "fliplr": Case(lambda o, x: o.fliplr(x), (Z,)),
    "rot90": Case(
        lambda o, x: (o.rot90(x), o.rot90(x, 2), o.rot90(x, 3)), (f(3, 4),), symbolic=False
    ),
    "roll": Case(lambda o, x: o.roll(x, 2, axis=1), (Z,)),
    "roll negative": Case(lambda o, x: o.roll(x, -1), (X,), symbolic=False),
    "roll axes": Case(lambda o, x: o.roll(x, (1, -2), axis=(0, 2)), (Z,)),
    "tile": Case(lambda o, x: o.tile(x, (2, 1, 3)), (X,)),
    "repeat": Case(lambda o, x: o.repeat(x, 3, axis=1), (X,)),
    "repeat flat": Case(lambda o, x: o.repeat(x, 2), (X,)),
    "repeat counts": Case(
        lambda o, x: o.repeat(x, np.array([1, 0, 2]), axis=1), (X,), symbolic=False
    ),
    "pad": Case(lambda o, x: o.pad(x, ((0, 0), (1, 2)), constant_values=3.0), (X,)),
    "pad reflect": Case(lambda o, x: o.pad(x, ((0, 0), (2, 1), (0, 3)), mode="reflect"), (Z,)),
    "pad symmetric": Case(lambda o, x: o.pad(x, ((0, 0), (2, 1), (0, 3)), mode="symmetric"), (Z,)),
    "pad edge": Case(
        lambda o, x: o.pad(x, ((0, 0), (2, 1), (0, 0)), mode="edge"), (Z,), symbolic=False
    ),
    "diag": Case(lambda o, x: o.diag(x, 1), (f(4),)),
    "diag of matrix": Case(lambda o, x: o.diag(x, -1), (f(4, 3),)),
    "diagonal": Case(lambda o, x: o.diagonal(x, 1, 1, 2), (Z,)),
    "trace": Case(lambda o, x: o.trace(x, 0, 1, 2), (Z,)),
    "diff": Case(lambda o, x: o.diff(x, 2, axis=1), (Z,)),
    "tril": Case(lambda o, x: o.tril(x, 1), (Z,)),
    "triu": Case(lambda o, x: o.triu(x, -1), (Z,)),
    "meshgrid": Case(lambda o, x, y: o.meshgrid(x, y), (f(3), f(4)), symbolic=False),
    "get_item": Case(lambda o, x: x[:, 1:-1, ::2], (Z,)),
    "get_item mixed": Case(lambda o, x: x[..., None, 2, :], (Z,)),
    "get_item backwards": Case(lambda o, x: x[:, ::-2], (Z,), symbolic=False),
    "get_item array": Case(lambda o, x, n: x[:, n], (Z, i(2, 3)), symbolic=False),
}

INDEXING: dict[str, Case] = {
    "take": Case(lambda o, x, n: o.take(x, n, axis=1), (Z, i(5, 2, low=-4))),
    "take flat": Case(lambda o, x, n: o.take(x, n), (X, i(4))),
    "take_along_axis": Case(lambda o, x, n: o.take_along_axis(x, n, axis=1), (Z, i(5, 2, 6))),
    "one_hot": Case(lambda o, n: o.one_hot(n, 4), (i(5, 2, low=-1, high=6),)),
    "one_hot axis": Case(lambda o, n: o.one_hot(n, 4, axis=1, dtype="int32"), (i(5, 2),)),
    "multi_hot": Case(lambda o, n: o.multi_hot(n, 6), (i(5, 3),), symbolic=False),
    "sort": Case(lambda o, x: o.sort(x, axis=1), (Z,)),
    "argsort": Case(lambda o, x: o.argsort(x), (TIES,)),
    "top_k": Case(lambda o, x: tuple(o.top_k(x, 3)), (TIES,)),
    "in_top_k": Case(lambda o, n, x: o.in_top_k(n, x, 2), (i(5), TIES)),
    "searchsorted": Case(
        lambda o, e, x: o.searchsorted(e, x, side="right"), (np.sort(f(6)), X), symbolic=False
    ),
    "digitize": Case(lambda o, x: o.digitize(x, np.array([-1.0, 0.0, 1.0])), (X,)),
    "isin": Case(lambda o, x, y: o.isin(x, y, invert=True), (i(5, 3), i(2))),
    "bincount": Case(
        lambda o, x: o.bincount(x, minlength=6), (i(5),), traces=False, symbolic=False
    ),
    "bincount weights": Case(
        lambda o, x, w: o.bincount(x, weights=w, minlength=6),
        (i(5), f(5)),
        traces=False,
        symbolic=False,
    ),
    "histogram": Case(lambda o, x: o.histogram(x, 6, range=(-1, 2)), (f(9),), symbolic=False),
    "unravel_index": Case(
        lambda o, n: o.unravel_index(n, (3, 4)), (i(5, high=12),), symbolic=False
    ),
    "scatter": Case(
        lambda o, n, v: o.scatter(n, v, (4, 3)),
        (np.array([[0], [2], [0]]), f(3, 3)),
        symbolic=False,
    ),
    "scatter_update": Case(
        lambda o, x, n, v: o.scatter_update(x, n, v),
        (f(4, 3), np.array([[0], [2]]), f(2, 3)),
    ),
    "slice": Case(lambda o, x: o.slice(x, (1, 0, 2), (2, 3, 4)), (f(3, 4, 6),)),
    "slice traced": Case(
        lambda o, x, n: o.slice(x, n, (2, 3)), (f(4, 6), np.array([1, 2])), symbolic=False
    ),
    "slice_update": Case(lambda o, x, u: o.slice_update(x, (1, 2), u), (f(4, 6), f(2, 3))),
    **{
        f"segment_{name}": Case(
            lambda o, x, n, name=name: getattr(o, f"segment_{name}")(x, n, num_segments=4),
            (Z, i(5)),
            symbolic=False,
        )
        for name in ("sum", "max", "min", "prod")
    },
    "nonzero": Case(lambda o, x: o.nonzero(x), (i(3, 3),), traces=False, symbolic=False),
    "unique": Case(lambda o, x: o.unique(x), (i(9),), traces=False, symbolic=False),
}

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

CONTROL: dict[str, Case] = {
    "scan": Case(
        lambda o, x: o.scan(lambda c, v: (c + v, c * v), np.zeros(3, "float32"), x),
        (f(5, 3),),
        symbolic=False,
    ),
    "scan reverse": Case(
        lambda o, x: o.scan(lambda c, v: (c * 0.5 + v, c), x[0], x, reverse=True),
        (f(4, 3),),
        symbolic=False,
    ),
    "map": Case(lambda o, x: o.map(lambda v: v * 2 + x[0], x), (X,), symbolic=False),
    "vectorized_map": Case(lambda o, x: o.vectorized_map(lambda v: v @ v, x), (X,), symbolic=False),
    "fori_loop": Case(
        lambda o, x: o.fori_loop(2, 6, lambda n, v: v + o.cast(n, "float32"), x),
        (X,),
        symbolic=False,
    ),
    "while_loop": Case(
        lambda o, x: o.while_loop(
            lambda v, n: n < 3,
            lambda v, n: (v * 2, n + 1),
            (x, o.convert_to_tensor(0)),
            maximum_iterations=4,
        ),
        (X,),
        symbolic=False,
    ),
    "cond": Case(
        lambda o, x, y: o.cond(o.sum(x) > 0, lambda: x + y, lambda: x - y), (X, Y), symbolic=False
    ),
    "switch": Case(
        lambda o, n, x: o.switch(n, [lambda v: v, lambda v: v * 2, lambda v: v * 3], x),
        (np.array(1), X),
        symbolic=False,
    ),
    "associative_scan": Case(
        lambda o, x: o.associative_scan(lambda a, c: a * c, x, axis=1), (Z,), symbolic=False
    ),
    "associative_scan reverse": Case(
        lambda o, x: o.associative_scan(lambda a, c: a + c, x, reverse=True),
        (f(7, 2),),
        symbolic=False,
    ),
}

CREATION: dict[str, Case] = {
    name: Case(call, (), traces=False, symbolic=False)
    for name, call in {
        "zeros": lambda o: o.zeros((2, 3)),
        "ones": lambda o: o.ones((2, 3), "int32"),
        "full": lambda o: o.full((2,), 2.5),
        "eye": lambda o: o.eye(3, 4, k=1),
        "identity": lambda o: o.identity(3),
        "tri": lambda o: o.tri(3, 4, k=-1),
        "arange": lambda o: o.arange(5),
        "arange floats": lambda o: o.arange(0.5, 3, 0.25),
        "arange dtype": lambda o: o.arange(1, 9, 3, dtype="float32"),
        "linspace": lambda o: o.linspace(0, 3, 7),
        "linspace open": lambda o: o.linspace(np.float32([0, 1]), 3.0, 4, endpoint=False, axis=1),
        "logspace": lambda o: o.logspace(0.0, 2.0, 5),
        "geomspace": lambda o: o.geomspace(1.0, 100.0, 5),
        "vander": lambda o: o.vander(np.float32([1, 2, 3]), 4),
        "bartlett": lambda o: o.bartlett(7),
        "blackman": lambda o: o.blackman(7),
        "hamming": lambda o: o.hamming(7),
        "hanning": lambda o: o.hanning(7),
        "kaiser": lambda o: o.kaiser(7, 2.5),
        "convert_to_tensor": lambda o: o.convert_to_tensor([[1, 2], [3, 4]]),
        "convert_to_tensor floats": lambda o: o.convert_to_tensor([1.5, 2]),
        "array": lambda o: o.array([1.0, 2.0]),
        "zeros_like": lambda o: o.zeros_like(np.int32([1, 2])),
        "ones_like": lambda o: o.ones_like(np.int32([1, 2]), dtype="float32"),
        "full_like": lambda o: o.full_like(np.float32([1, 2]), 7),
    }.items()
}

CASES: dict[str, Case] = {
    **ELEMENTWISE,
    **REDUCTIONS,
    **SHAPING,
    **INDEXING,
    **LINEAR,
    **NN,
    **CONTROL,
    **CREATION,
}
