"""Shapes, positions, new tensors, control flow."""

from __future__ import annotations

import numpy as np

from tests.keras.ops.case import (
    TIES,
    Case,
    X,
    Y,
    Z,
    f,
    i,
)

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
    "unfold": Case(
        lambda o, x: o.unfold(x, (3, 2), dilation=(1, 2), padding=(1, 0), stride=2),
        (f(2, 3, 7, 6),),
        symbolic=False,
    ),
    "fold": Case(
        lambda o, x: o.fold(x, (6, 7), (2, 3), padding=1, stride=(2, 1)),
        (f(2, 18, 28),),
        symbolic=False,
    ),
    **{
        f"correlate {mode} {m}": Case(
            lambda o, x, y, mode=mode: o.correlate(x, y, mode), (f(m), f(4)), symbolic=False
        )
        for mode in ("valid", "same", "full")
        for m in (7, 3, 2)
    },
    "rearrange": Case(
        lambda o, x: o.rearrange(x, "b (h w) c -> (b c) w h", h=2),
        (f(3, 6, 4),),
        traces=False,
        symbolic=False,
    ),
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

CONTROL: dict[str, Case] = {
    "vectorize": Case(
        lambda o, x, y: o.vectorize(lambda a, c: o.where(a > c, o.sin(a), c * 2))(x, y),
        (Z, f(4, 1)),
        symbolic=False,
    ),
    "vectorize with a signature": Case(
        lambda o, x, y: o.vectorize(o.matmul, signature="(m,n),(n)->(m)")(x, y),
        (Z, f(6)),
        symbolic=False,
    ),
    "vectorize an argument": Case(
        lambda o, x, y: o.vectorize(lambda a, c, power: (a**power, o.sum(c)), excluded=[1, 2])(
            x, y, 2
        ),
        (X, f(4)),
        symbolic=False,
    ),
    "jvp": Case(
        lambda o, x, y: o.jvp(lambda a, c: (o.tanh(a) * c, o.sum(c)), (x, x + 1), (y, x)),
        (X, Y),
        symbolic=False,
    ),
    "jvp of a dict": Case(
        lambda o, x, y: o.jvp(
            lambda d: ({"a": o.max(d["x"] * d["y"], axis=1)}, o.exp(d["x"])),
            ({"x": x, "y": y},),
            ({"x": y, "y": x},),
            has_aux=True,
        ),
        (X, Y),
        symbolic=False,
    ),
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
