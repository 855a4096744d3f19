"""One row or more for every primitive: what the discovery tests run it on.

The size 5 stands for the batch: it is made symbolic where shapes are checked, so no other size is 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.registry import find
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import trace
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.hashing import packed

BATCH = 5


@dataclass(frozen=True)
class Case:
    """Operands and attributes of one application.

    Attributes:
        operands: arrays; the floating ones in float64.
        outputs: positions of outputs whose gradient is checked (all floating ones by default).
        smooth: whether finite differences mean anything.
        second: whether the gradient can be differentiated again.
    """

    operands: tuple[np.ndarray, ...]
    attrs: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[int, ...] | None = None
    smooth: bool = True
    second: bool = True


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal numbers."""
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def between(low: float, high: float, *shape: int, seed: int = 0) -> np.ndarray:
    """Uniform numbers."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, size=shape)


def integers(high: int, *shape: int, low: int = 0, dtype: str = "int32") -> np.ndarray:
    """Integers from `low` to below `high`."""
    return np.random.default_rng([high, *shape]).integers(low, high, size=shape).astype(dtype)


def distinct(*shape: int) -> np.ndarray:
    """Numbers far enough apart that no finite difference reorders them."""
    numbers = np.linspace(-2, 2, int(np.prod(shape)))
    return np.random.default_rng(3).permutation(numbers).reshape(shape)


def booleans(*shape: int) -> np.ndarray:
    """True and false."""
    return integers(2, *shape).astype(bool)


def _unary(low: float, high: float) -> Case:
    return Case((between(low, high, 5, 3),))


def _pair(a: np.ndarray, b: np.ndarray) -> list[Case]:
    """The pair itself, and broadcast both ways."""
    return [Case((a, b)), Case((a[:, :1], b[:1])), Case((a, b[0]))]


def _reductions(x: np.ndarray) -> list[Case]:
    return [
        Case((x,), {"axes": (1,), "keepdims": False}),
        Case((x,), {"axes": (0, 2), "keepdims": True}),
        Case((x,), {"axes": (0, 1, 2), "keepdims": False}),
    ]


def _scan_case(reverse: bool) -> Case:
    weights, start, xs = normal(3, 3) * 0.5, normal(5, 3), normal(4, 5, 3)
    batch = Dim.var("n")

    def body(w: Any, h: Any, c: Any, x: Any) -> list[Any]:
        h = F.tanh(F.add(F.matmul(h, w), x))
        return [h, F.add(F.multiply(c, 0.5), h), h, F.multiply(c, 3.0)]

    state = TensorSpec.of((batch, 3), "float64")
    graph = trace(body, [TensorSpec.of((3, 3), "float64"), state, state, state])
    attrs = {"body": graph, "n_consts": 1, "n_carry": 2, "length": 4, "reverse": reverse}
    return Case((weights, start, normal(5, 3, seed=1), xs), attrs)


_CONV_2D = {
    "strides": (2, 1),
    "padding": ((1, 0), (0, 2)),
    "dilation": (1, 2),
    "groups": 2,
}
_CONV_1D = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
_CONV_3D = {"strides": (2, 1, 2), "padding": ((1, 1),) * 3, "dilation": (1, 1, 1), "groups": 1}
_POOL = {"window": (3, 2), "strides": (2, 2), "padding": ((1, 1), (0, 1))}
_POOL_1D = {"window": (2,), "strides": (1,), "padding": ((0, 0),)}
_NORM_RELU = {"epsilon": 1e-3, "activation": "relu"}
_FRESH = {"transpose_a": False, "transpose_b": False}
_PROGRAM = {
    "ops": ("mul", "add"),
    "args": (0, 1, -1, 3, 2, -1),
    "dtypes": ("float64", "float64"),
    "results": (4, 3),
    "scalars": (0.5,),
    "scalar_dtypes": ("float64",),
}


def _attention_grad_case(operands: tuple[np.ndarray, ...], attrs: dict[str, Any]) -> Case:
    _, stats = find("attention").truth(*operands, **attrs)
    slopes = normal(5, 3, 2, 3, seed=3)
    return Case((slopes, *operands[:3], stats, *operands[3:]), attrs)


_pool_x = distinct(5, 6, 7, 2)
_lstm = (
    normal(5, 4, 3),
    normal(5, 2),
    normal(5, 2, seed=1),
    normal(3, 8),
    normal(2, 8),
    normal(8),
    np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1], [1, 1, 1, 0], [0, 0, 0, 0]], bool),
)
_gru = (_lstm[0], _lstm[1], normal(3, 6), normal(2, 6), normal(2, 6, seed=2), _lstm[6])
_cells = normal(5, 4, 2, seed=1), normal(5, 4, 2, seed=2)
_gates = between(0.1, 0.9, 5, 4, 8)
_rows = normal(5, 3, 4)

_heads = normal(5, 3, 2, 4), normal(5, 6, 2, 4), normal(5, 6, 2, 3)
_seen = booleans(5, 1, 3, 6)
_seen[1, 0, 2] = False
_drawn = np.array([1, 2], "uint32"), integers(99, 5)
_ATTENTIONS = [
    (
        (*_heads, *([_seen] if masked else []), *(_drawn[:drawn])),
        {"scale": 0.5, "masked": masked, "rate": 0.25 if drawn else 0.0, "spreads": spreads},
    )
    for masked, drawn, spreads in ((False, 0, True), (True, 1, True), (True, 2, False))
]

_weights = normal(5, 3), normal(5, 3, seed=1), between(0.5, 2, 5, 3)
_ADAM = {"rest_1": 0.1, "rest_2": 0.001, "epsilon": 1e-7}

# Of every length up to 70 and some beyond.
_TEXTS = packed([bytes(range(50, 50 + size)) for size in (*range(71), 127, 128, 129)])

CASES: dict[str, list[Case]] = {
    # Elementwise, one operand.
    "neg": [_unary(-2, 2)],
    "abs": [Case((distinct(5, 3) + 0.01,))],
    "square": [_unary(-2, 2)],
    "reciprocal": [_unary(0.5, 2)],
    "exp": [_unary(-2, 2)],
    "expm1": [_unary(-2, 2)],
    "log": [_unary(0.5, 3)],
    "log1p": [_unary(-0.5, 2)],
    "sqrt": [_unary(0.5, 3)],
    "rsqrt": [_unary(0.5, 3)],
    "sin": [_unary(-2, 2)],
    "cos": [_unary(-2, 2)],
    "tan": [_unary(-1, 1)],
    "asin": [_unary(-0.8, 0.8)],
    "acos": [_unary(-0.8, 0.8)],
    "atan": [_unary(-2, 2)],
    "sinh": [_unary(-2, 2)],
    "cosh": [_unary(-2, 2)],
    "tanh": [_unary(-2, 2)],
    "asinh": [_unary(-2, 2)],
    "acosh": [_unary(1.5, 3)],
    "atanh": [_unary(-0.8, 0.8)],
    "erf": [_unary(-2, 2)],
    "erfinv": [_unary(-0.9, 0.9)],
    "sigmoid": [_unary(-3, 3)],
    "softplus": [_unary(-3, 3)],
    "lgamma": [_unary(0.5, 4)],
    "digamma": [_unary(0.5, 4), Case((between(-1.8, -1.2, 5, 2),))],
    "polygamma": [Case((between(0.5, 4, 5, 2),), {"order": 2})],
    "sign": [Case((distinct(5, 3) + 0.01,))],
    "floor": [_unary(0.1, 0.9)],
    "ceil": [_unary(0.1, 0.9)],
    "round": [_unary(0.6, 1.4)],
    "trunc": [_unary(0.1, 0.9)],
    "logical_not": [Case((booleans(5, 3),))],
    "bitwise_not": [Case((integers(9, 5, 3),))],
    "isfinite": [Case((np.array([1, np.nan, np.inf, -np.inf, 0]),), smooth=False)],
    "isnan": [Case((np.array([1, np.nan, np.inf, -np.inf, 0]),), smooth=False)],
    "isinf": [Case((np.array([1, np.nan, np.inf, -np.inf, 0]),), smooth=False)],
    "cast": [
        Case((normal(5, 3),), {"dtype": "float64"}),
        Case((normal(5, 3),), {"dtype": "int32"}, smooth=False),
        Case((integers(9, 5),), {"dtype": "float32"}),
    ],
    "stop_gradient": [Case((normal(5, 3),), smooth=False)],
    # Elementwise, two and three operands.
    "add": _pair(normal(5, 3), normal(5, 3, seed=1)),
    "sub": _pair(normal(5, 3), normal(5, 3, seed=1)),
    "mul": _pair(normal(5, 3), normal(5, 3, seed=1)),
    "div": _pair(normal(5, 3), between(0.5, 2, 5, 3)),
    "mod": [Case((np.full((5, 3), 7.3), between(2.5, 3.5, 5, 3)))],
    "pow": [
        *_pair(between(0.5, 2, 5, 3), normal(5, 3)),
        Case((np.array([-1.5, 2.0, 0.0, 1.0, 3.0]), np.full(5, 2.0)), smooth=False),
    ],
    "maximum": _pair(distinct(5, 3), distinct(5, 3)[::-1] + 0.03),
    "minimum": _pair(distinct(5, 3), distinct(5, 3)[::-1] + 0.03),
    "atan2": _pair(between(0.5, 2, 5, 3), normal(5, 3)),
    "floor_divide": [
        Case((between(2.1, 2.9, 5, 3), np.full((5, 3), 1.0)), smooth=False),
        Case((integers(9, 5, low=-9), integers(4, 5, low=1))),
    ],
    "bitwise_and": [Case((integers(99, 5, 3), integers(77, 5, 3)))],
    "bitwise_or": [Case((integers(99, 5, 3), integers(77, 5, 3)))],
    "bitwise_xor": [Case((integers(99, 5, 3), integers(77, 5, 3)))],
    "shift_left": [Case((integers(99, 5, 3), integers(4, 5, 3)))],
    "shift_right": [Case((integers(99, 5, 3), integers(4, 5, 3)))],
    "select": [
        Case((booleans(5, 3), normal(5, 3), normal(5, 3, seed=1))),
        Case((booleans(5, 1), normal(3), normal(5, 3))),
    ],
    **{
        name: [
            Case((integers(3, 5, 4), integers(3, 5, 1))),
            Case(
                (np.array([1.0, np.nan, 2, 3, 4]), np.array([1.0, np.nan, 3, 2, 4])), smooth=False
            ),
        ]
        for name in ("eq", "ne", "lt", "le", "gt", "ge")
    },
    **{
        name: [Case((booleans(5, 3), booleans(1, 3)))]
        for name in ("logical_and", "logical_or", "logical_xor")
    },
    # Movement.
    "reshape": [Case((normal(5, 6),), {"shape": (5, 2, 3)})],
    "transpose": [Case((normal(5, 2, 3),), {"perm": (1, 2, 0)})],
    "broadcast_to": [Case((normal(5, 1),), {"shape": (2, 5, 3)})],
    "concat": [Case((normal(5, 2), normal(5, 3), normal(5, 1)), {"axis": 1})],
    "slice": [
        Case((normal(5, 7),), {"starts": (0, 1), "limits": (5, 6), "strides": (1, 2)}),
        Case((normal(5, 7),), {"starts": (1, 0), "limits": (5, 7), "strides": (2, 3)}),
    ],
    "pad": [
        Case((normal(5, 3), np.array(0.7)), {"low": (0, 1), "high": (0, 2), "interior": (0, 1)}),
        Case((normal(5, 3), np.array(0.7)), {"low": (1, 0), "high": (2, 0), "interior": (2, 0)}),
    ],
    "reverse": [Case((normal(5, 2, 3),), {"axes": (0, 2)})],
    "dynamic_slice": [
        Case((normal(5, 6), np.array([0, 2], "int32")), {"sizes": (5, 3)}),
        Case((normal(4, 6), np.array([3, -2], "int32")), {"sizes": (2, 3)}),
    ],
    "dynamic_update_slice": [
        Case((normal(5, 6), normal(5, 3), np.array([0, 2], "int32"))),
        Case((normal(4, 6), normal(2, 3), np.array([9, 9], "int32"))),
    ],
    "iota": [Case((), {"shape": (5, 3), "axis": 1, "dtype": "int32"})],
    "dim_value": [Case((), {"dim": BATCH, "dtype": "float32"})],
    # Indexing.
    "gather": [
        Case((normal(7, 3), integers(7, 5, 2)), {"axis": 0}),
        Case((normal(5, 6), integers(6, 4)), {"axis": 1}),
    ],
    "scatter_add": [
        Case((normal(7, 3), integers(7, 5, 2), normal(5, 2, 3)), {"axis": 0}),
        Case((normal(5, 6), integers(6, 4), normal(5, 4)), {"axis": 1}),
    ],
    "gather_nd": [Case((normal(4, 6, 3), integers(4, 5, 2)))],
    "scatter_nd_add": [Case((normal(4, 6, 3), integers(4, 5, 2), normal(5, 3)))],
    "one_hot": [Case((integers(6, 5, 2, low=-1),), {"depth": 4, "dtype": "float32"})],
    # Reductions, scans along an axis, sorting.
    "reduce_sum": _reductions(normal(5, 3, 2)),
    "reduce_prod": [
        *_reductions(between(0.5, 1.5, 5, 3, 2)),
        Case((np.array([[1.0, 0, 2], [0, 3, 0]]),), {"axes": (1,), "keepdims": False}),
    ],
    "reduce_max": _reductions(distinct(5, 3, 2)),
    "reduce_min": _reductions(distinct(5, 3, 2)),
    "reduce_any": _reductions(booleans(5, 3, 2)),
    "reduce_all": _reductions(booleans(5, 3, 2)),
    "argmax": [Case((distinct(5, 3),), {"axis": 0}), Case((integers(3, 5, 6),), {"axis": 1})],
    "argmin": [Case((distinct(5, 3),), {"axis": 1}), Case((integers(3, 5, 6),), {"axis": 1})],
    "cumsum": [
        Case((normal(5, 3, 2),), {"axis": 1, "reverse": False}),
        Case((normal(5, 3, 2),), {"axis": 0, "reverse": True}),
    ],
    "cumprod": [
        Case((normal(5, 3, 2),), {"axis": 1, "reverse": False}),
        Case((np.array([[1.0, 0, 2], [0, 3, 0]]),), {"axis": 1, "reverse": True}),
    ],
    "sort": [Case((distinct(5, 6),), {"axis": 1}), Case((distinct(5, 2, 3),), {"axis": 0})],
    "argsort": [Case((distinct(5, 6),), {"axis": 1})],
    "top_k": [Case((distinct(5, 6),), {"k": 3})],
    "searchsorted": [
        Case((np.sort(distinct(5)), normal(5, 3)), {"side": "left"}),
        Case((np.arange(4), integers(6, 5, 3, low=-2, dtype="int64")), {"side": "right"}),
    ],
    # Fingerprints.
    "fingerprint": [
        Case(_TEXTS, {"salt": None}),
        Case(_TEXTS, {"salt": (133, -137)}),
    ],
    "fingerprint_integers": [
        Case((integers(10**6, 5, 3, low=-(10**6), dtype="int64"),), {"salt": None}),
        Case((np.array([0, -1, 2**63 - 1, -(2**63)]),), {"salt": (1, 2)}),
    ],
    "crossed_fingerprints": [
        Case((integers(10**6, 5, dtype="uint64"), integers(10**5, 5, dtype="uint64"))),
    ],
    # Matrix products, convolution, pooling.
    "matmul": [
        Case((normal(5, 3), normal(3, 2)), _FRESH),
        Case((normal(3, 5), normal(2, 3)), {"transpose_a": True, "transpose_b": True}),
        Case((normal(5, 4, 3), normal(3, 2)), _FRESH),
        Case((normal(5, 3, 4), normal(3, 2)), {"transpose_a": True, "transpose_b": False}),
        Case((normal(5, 4, 3), normal(2, 3)), {"transpose_a": False, "transpose_b": True}),
        Case((normal(5, 3, 4), normal(2, 3)), {"transpose_a": True, "transpose_b": True}),
        Case((normal(5, 4, 3), normal(5, 3, 2)), _FRESH),
        Case((normal(5, 3, 4), normal(5, 3, 2)), {"transpose_a": True, "transpose_b": False}),
        Case((normal(5, 4, 3), normal(5, 2, 3)), {"transpose_a": False, "transpose_b": True}),
        Case((normal(5, 3, 4), normal(5, 2, 3)), {"transpose_a": True, "transpose_b": True}),
    ],
    "conv": [
        Case((normal(5, 7, 8, 4), normal(3, 2, 2, 6)), _CONV_2D),
        Case((normal(5, 6, 3), normal(3, 3, 2)), _CONV_1D),
        Case((normal(2, 4, 4, 6, 2), normal(2, 3, 2, 2, 3)), _CONV_3D),
    ],
    "conv_input_grad": [
        Case((normal(5, 3, 8, 6), normal(3, 2, 2, 6)), {"input_shape": (5, 7, 8, 4), **_CONV_2D}),
        Case((normal(5, 4, 2), normal(3, 3, 2)), {"input_shape": (5, 6, 3), **_CONV_1D}),
    ],
    "conv_weight_grad": [
        Case((normal(5, 7, 8, 4), normal(5, 3, 8, 6)), {"kernel_shape": (3, 2, 2, 6), **_CONV_2D}),
        Case((normal(5, 6, 3), normal(5, 4, 2)), {"kernel_shape": (3, 3, 2), **_CONV_1D}),
    ],
    "max_pool": [Case((_pool_x,), _POOL), Case((distinct(5, 4, 3),), _POOL_1D)],
    "max_pool_grad": [
        Case(
            (distinct(5, 4, 1), distinct(5, 4, 1)[:, 1:].repeat(1, 1), normal(5, 3, 1)),
            _POOL_1D,
            smooth=False,
        )
    ],
    "avg_pool": [
        Case((normal(5, 6, 7, 2),), {**_POOL, "count_include_pad": False}),
        Case((normal(5, 6, 7, 2),), {**_POOL, "count_include_pad": True}),
    ],
    "avg_pool_grad": [
        Case(
            (normal(5, 3, 4, 2),),
            {"input_shape": (5, 6, 7, 2), **_POOL, "count_include_pad": False},
        )
    ],
    # Normalization, softmax, recurrence.
    "batch_norm": [Case((normal(5, 3, 4), normal(4), normal(4, seed=1)), {"epsilon": 1e-3})],
    "batch_norm_grad": [
        Case(
            (_rows, normal(5, 3, 4, seed=1), normal(4), between(0.5, 2, 4), normal(4, seed=1)),
            {"epsilon": 1e-3},
        )
    ],
    "layer_norm": [Case((normal(5, 3, 4), normal(4), normal(4, seed=1)), {"epsilon": 1e-3})],
    "layer_norm_grad": [
        Case((_rows, normal(5, 3, 4, seed=1), normal(5, 3), between(0.5, 2, 5, 3), normal(4)))
    ],
    "attention": [Case(*case, outputs=(0,)) for case in _ATTENTIONS],
    "attention_grad": [_attention_grad_case(*case) for case in _ATTENTIONS],
    "softmax": [Case((normal(5, 3, 4),))],
    "log_softmax": [Case((normal(5, 3, 4),))],
    "sparse_softmax_cross_entropy": [Case((normal(5, 4), integers(4, 5)))],
    "lstm": [Case(_lstm, outputs=(0, 1), second=False)],
    "lstm_grad": [
        Case((*_cells, *_lstm[:5], _lstm[6], *_cells, _gates), smooth=False),
    ],
    "gru": [
        Case(_gru, {"reset_after": True}, outputs=(0,), second=False),
        Case(_gru, {"reset_after": False}, outputs=(0,), second=False),
    ],
    "gru_grad": [
        Case(
            (_cells[0], *_gru[:4], _gru[5], _cells[1], _gates), {"reset_after": flag}, smooth=False
        )
        for flag in (True, False)
    ],
    # Randomness, loops, workers.
    "random_bits": [
        Case((np.array([1, 2], "uint32"),), {"shape": (5, 3)}),
        Case((np.array([1, 2], "uint32"), integers(99, 5)), {"shape": (5, 3)}),
    ],
    "scan": [_scan_case(reverse=False), _scan_case(reverse=True)],
    "psum": [Case((normal(5, 3),)), Case((normal(5, 3), normal(2)))],
    "psum_rows": [
        Case((normal(5, 3), integers(5, 4))),
        Case((normal(5, 3), normal(2), integers(5, 4), integers(2, 1))),
    ],
    # Made by passes, after differentiation.
    "fused_elementwise": [Case((normal(5, 3), normal(3)), _PROGRAM)],
    "adam_update": [Case((*_weights, normal(5, 3, seed=2), np.array(0.01)), _ADAM)],
    "adam_update_rows": [
        Case((*_weights, integers(5, 4), normal(4, 3), np.array(0.01)), _ADAM),
    ],
    "matmul_bias_act": [
        Case((normal(5, 3), normal(3, 2), normal(2)), {**_FRESH, "activation": "tanh"})
    ],
    "conv_bias_act": [
        Case(
            (normal(5, 7, 8, 4), normal(3, 2, 2, 6), normal(6)), {**_CONV_2D, "activation": "relu"}
        )
    ],
    "batch_norm_act": [
        Case((_rows, normal(4), normal(4, seed=1), normal(5, 3, 4, seed=2)), _NORM_RELU)
    ],
    "batch_norm_act_grad": [
        Case(
            (normal(5, 3, 4, seed=1), _rows, normal(4), between(0.5, 2, 4), normal(4), normal(4)),
            _NORM_RELU,
        )
    ],
}
