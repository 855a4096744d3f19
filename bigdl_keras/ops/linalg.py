"""Linear algebra on arrays.

Decompositions run at once, through LAPACK in NumPy; a traced model cannot contain them. `norm` can be
traced, and comes from `linear`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras.core.keras_op import keras_op
from bigdl_keras.ops.derivatives import jvp as jvp
from bigdl_keras.ops.linear import norm as norm


def _matrix(x: Any, operation: str, square: bool = False) -> np.ndarray:
    (x,) = F.promoted_float(x)
    if F.is_tensor(x):
        raise ValueError(
            f"`{operation}` works on arrays: call it outside of a traced model, for example in "
            "`build()`"
        )
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        kind = "square matrices" if square else "matrices"
        raise ValueError(f"`{operation}` needs {kind}, got the shape {x.shape}")
    return x


def _as_dtype(results: Any, dtype: np.dtype) -> Any:
    if isinstance(results, tuple):
        return tuple(np.asarray(part).astype(dtype) for part in results)
    return np.asarray(results).astype(dtype)


def _square(name: str, function: Callable[[np.ndarray], Any], doc: str) -> Callable[..., Any]:
    def operation(x: Any) -> Any:
        x = _matrix(x, name, square=True)
        return _as_dtype(function(x), x.dtype)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = doc
    return keras_op(operation)


det = _square("det", np.linalg.det, "The determinant.")
inv = _square("inv", np.linalg.inv, "The inverse.")
slogdet = _square("slogdet", lambda x: tuple(np.linalg.slogdet(x)), "Sign and log of |det|.")
logdet = _square("logdet", lambda x: np.linalg.slogdet(x)[1], "The log of a positive determinant.")
eigh = _square("eigh", lambda x: tuple(np.linalg.eigh(x)), "Eigenvalues and vectors, symmetric x.")


@keras_op
def eig(x: Any) -> Any:
    """Eigenvalues and eigenvectors, complex."""
    x = _matrix(x, "eig", square=True)
    complex_type = np.complex128 if x.dtype == np.float64 else np.complex64
    return _as_dtype(tuple(np.linalg.eig(x)), np.dtype(complex_type))


@keras_op
def cholesky(x: Any, upper: bool = False) -> Any:
    """The lower (or upper) triangular factor of a positive definite matrix."""
    x = _matrix(x, "cholesky", square=True)
    factor = np.linalg.cholesky(x)
    return np.swapaxes(factor, -1, -2) if upper else factor


@keras_op
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """The inverse of the matrix whose Cholesky factor is `x`."""
    x = _matrix(x, "cholesky_inverse", square=True)
    lower = np.swapaxes(x, -1, -2) if upper else x
    inverse = np.linalg.inv(lower)
    return np.swapaxes(inverse, -1, -2) @ inverse


@keras_op
def qr(x: Any, mode: str = "reduced") -> Any:
    """An orthogonal and an upper triangular factor."""
    if mode not in ("reduced", "complete"):
        raise ValueError(f"`mode` must be 'reduced' or 'complete'. Received: mode={mode}")
    x = _matrix(x, "qr")
    factors: Any = np.linalg.qr(x, "complete" if mode == "complete" else "reduced")
    return _as_dtype(tuple(factors), x.dtype)


@keras_op
def lu_factor(x: Any) -> Any:
    """Both triangular factors in one matrix [..., M, N], and the rows exchanged, int32 [..., min(M, N)]."""
    x = _matrix(x, "lu_factor").copy()
    rows, columns = x.shape[-2:]
    steps = min(rows, columns)
    batch = x.reshape(-1, rows, columns)
    pivots = np.zeros((len(batch), steps), np.int32)
    every = np.arange(len(batch))
    for k in range(steps):
        best = k + np.abs(batch[:, k:, k]).argmax(axis=1)
        pivots[:, k] = best
        batch[every, best], batch[:, k] = batch[:, k].copy(), batch[every, best]
        pivot = batch[:, k, k, None]
        batch[:, k + 1 :, k] /= np.where(pivot == 0, 1, pivot)
        batch[:, k + 1 :, k + 1 :] -= batch[:, k + 1 :, k, None] * batch[:, None, k, k + 1 :]
    return batch.reshape(x.shape), pivots.reshape(*x.shape[:-2], steps)


@keras_op
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Singular values, with the orthogonal factors on both sides if `compute_uv`."""
    x = _matrix(x, "svd")
    if not compute_uv:
        return _as_dtype(np.linalg.svd(x, compute_uv=False), x.dtype)
    return _as_dtype(tuple(np.linalg.svd(x, full_matrices=full_matrices)), x.dtype)


@keras_op
def solve(a: Any, b: Any) -> Any:
    """`x` with a x = b."""
    a, b = _matrix(a, "solve", square=True), F.as_value(b)
    if b.ndim == a.ndim - 1:
        return np.linalg.solve(a, b[..., None])[..., 0].astype(a.dtype)
    return np.linalg.solve(a, b).astype(a.dtype)


@keras_op
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """`x` with a x = b, looking at one triangle of `a` only."""
    a = _matrix(a, "solve_triangular", square=True)
    return solve(np.tril(a) if lower else np.triu(a), b)


@keras_op
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """The `x` with the smallest |a x - b|."""
    a, b = _matrix(a, "lstsq"), F.as_value(b)
    return np.linalg.lstsq(a, b, rcond=rcond)[0].astype(a.dtype)


@keras_op
def pinv(x: Any, rcond: float | None = None) -> Any:
    """The pseudo-inverse."""
    x = _matrix(x, "pinv")
    return np.linalg.pinv(x, rcond).astype(x.dtype)


@keras_op
def matrix_rank(x: Any, tol: float | None = None) -> Any:
    """The number of singular values above the tolerance."""
    return np.asarray(np.linalg.matrix_rank(_matrix(x, "matrix_rank"), tol)).astype(np.int32)
