"""Projective maps of the plane, from four points and their images."""

from __future__ import annotations

from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F


def homography(source: Any, target: Any) -> Any:
    """The map that takes four points of the plane to four others.

    Args:
        source: [B, 4, 2], (x, y) each; no three on one line.
        target: [B, 4, 2].

    Returns:
        [B, 8]: ``(h0 x + h1 y + h2, h3 x + h4 y + h5) / (h6 x + h7 y + 1)``, float32, or float64 for such points.
        Computed in float64, by way of the unit square, so that it can be traced and differentiated.

    Source: Heckbert, "Fundamentals of texture mapping and image warping", 1989, section 2.2.3.
    """
    source, target = F.promoted_float(source, target)
    there = _from_unit_square(F.cast(target, "float64"))
    back = _inverse(_from_unit_square(F.cast(source, "float64")))
    product = [
        sum(there[3 * row + k] * back[3 * k + column] for k in range(3))
        for row in range(3)
        for column in range(3)
    ]
    result = F.stack([F.divide(entry, product[8]) for entry in product[:8]], -1)
    return F.cast(result, wide_float(source.dtype))


def projected(coefficients: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """Where a map with coefficients [B, 8 (or more)] takes points x, y (B or 1 first)."""
    wide = (-1, *(1,) * (x.ndim - 1))
    h = [F.reshape(coefficients[:, i], wide) for i in range(8)]
    depth = h[6] * x + h[7] * y + 1
    return (h[0] * x + h[1] * y + h[2]) / depth, (h[3] * x + h[4] * y + h[5]) / depth


def wide_float(dtype: Any) -> str:
    """A dtype for places of such a dtype that can tell all pixels of a side apart."""
    return "float64" if np.dtype(dtype) == np.float64 else "float32"


def _from_unit_square(points: Any) -> list[Any]:
    """The nine entries, row by row, of the map from (0, 0), (1, 0), (0, 1), (1, 1)."""
    x0, x1, x3, x2 = (points[:, i, 0] for i in range(4))
    y0, y1, y3, y2 = (points[:, i, 1] for i in range(4))
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    determinant = dx1 * dy2 - dx2 * dy1
    g = (sx * dy2 - dx2 * sy) / determinant
    h = (dx1 * sy - sx * dy1) / determinant
    return [
        x1 - x0 + g * x1,
        x3 - x0 + h * x3,
        x0,
        y1 - y0 + g * y1,
        y3 - y0 + h * y3,
        y0,
        g,
        h,
        F.ones_like(g),
    ]


def _inverse(matrix: list[Any]) -> list[Any]:
    """The inverse of a 3 x 3 matrix, up to a factor."""
    a, b, c, d, e, f, g, h, i = matrix
    return [
        e * i - f * h,
        c * h - b * i,
        b * f - c * e,
        f * g - d * i,
        a * i - c * g,
        c * d - a * f,
        d * h - e * g,
        b * g - a * h,
        a * e - b * d,
    ]
