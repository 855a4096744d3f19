"""Elementwise operations and reductions."""

from __future__ import annotations

from tests.keras.ops.case import (
    NAN,
    ROWS,
    Case,
    X,
    Y,
    Z,
    b,
    f,
    i,
    named,
)

ELEMENTWISE: dict[str, Case] = {
    **named(
        "abs absolute negative sign square exp expm1 exp2 sin cos tan tanh arctan sinh cosh arcsinh "
        "floor ceil trunc round rad2deg deg2rad cbrt sinc isnan isinf isfinite isposinf isneginf "
        "isreal real imag conj logical_not reciprocal signbit fabs copy erf erfc i0 "
        "relu relu6 sigmoid softplus softsign silu swish log_sigmoid leaky_relu hard_sigmoid "
        "hard_silu hard_swish elu selu celu gelu tanh_shrink hard_tanh hard_shrink "
        "soft_shrink squareplus sparse_plus sparse_sigmoid softmax log_softmax",
        X,
    ),
    **named("log log2 log10 log1p sqrt rsqrt arccos arcsin arctanh erfinv", ROWS * 0.95),
    **named("arccosh", ROWS + 1.5),
    **named(
        "abs negative sign square exp sqrt floor ceil round isnan logical_not bitwise_not "
        "bitwise_invert relu tanh reciprocal",
        i(5, 3, low=1),
    ),
    **named(
        "add subtract multiply divide true_divide maximum minimum power equal not_equal less "
        "less_equal greater greater_equal logical_and logical_or logical_xor floor_divide mod fmod "
        "arctan2 logaddexp logaddexp2 hypot heaviside fmax fmin divide_no_nan isclose allclose",
        f(5, 3, low=0.5),
        f(3, low=0.5, seed=2),
    ),
    **named(
        "add subtract multiply divide floor_divide mod power maximum bitwise_and bitwise_or "
        "bitwise_xor left_shift right_shift bitwise_left_shift bitwise_right_shift equal",
        i(5, 3, low=1),
        i(5, 1, low=1),
    ),
    **named("fmax fmin", NAN, NAN[::-1].copy()),
    "gcd": Case(
        lambda o, x, y: (o.gcd(x, y), o.lcm(x, y)),
        (i(5), i(5, low=1)),
        traces=False,
        symbolic=False,
    ),
    "angle": Case(lambda o, x: o.angle(x), (X,)),
    **{
        name: Case(
            lambda o, x, name=name: getattr(o, name)(x, axis=1),
            (NAN,),
            traces=False,
            symbolic=False,
        )
        for name in ("nanmedian",)
    },
    "nanpercentile": Case(
        lambda o, x: o.nanpercentile(x, 30), (NAN,), traces=False, symbolic=False
    ),
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
    **named(
        "sum mean var std max min amax amin prod any all argmax argmin ptp median logsumexp "
        "count_nonzero",
        Z,
    ),
    **named("sum mean max min prod any all argmax cumsum count_nonzero", i(5, 3, dtype="int8")),
    **named("sum mean prod any all cumsum", b(5, 3)),
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
