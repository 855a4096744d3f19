"""Gradients of operations on images against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, trace
from bigdl_keras import ops

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 1, (2, 5, 6, 2))
AFFINE = np.array(
    [[0.91, 0.31, -0.43, -0.22, 1.13, 0.84, 0, 0], [1.02, 0, 1.37, 0, 0.71, -0.63, 0, 0]]
)
AFFINE[:, :6] += RNG.uniform(-0.01, 0.01, (2, 6))
START = np.array([[[0, 0], [5, 0], [0, 4], [5, 4]]] * 2, "float64")
END = START + RNG.uniform(-1, 1, (2, 4, 2))
PLACES = RNG.uniform(-4, 8, (2, 7))
STEP = 1e-5

CASES: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    **{
        f"affine_transform {mode}": (
            lambda x, t, mode=mode: ops.image.affine_transform(
                x, t, fill_mode=mode, fill_value=0.3
            ),
            (IMAGES, AFFINE),
        )
        for mode in ("constant", "nearest", "wrap", "mirror", "reflect")
    },
    "map_coordinates": (
        lambda x, p: ops.image.map_coordinates(x, p, 1, "reflect"),
        (IMAGES[0, :, :, 0], PLACES),
    ),
    "perspective_transform": (
        lambda x, e: ops.image.perspective_transform(x, START, e),
        (IMAGES, END),
    ),
    "scale_and_translate": (
        lambda x, s, t: ops.image.scale_and_translate(x, (2, 4, 8, 2), s, t, (1, 2), "cubic"),
        (IMAGES, np.array([0.83, 1.41]), np.array([0.13, -0.57])),
    ),
    "resize": (lambda x: ops.image.resize(x, (3, 8), "lanczos3", antialias=True), (IMAGES,)),
    "elastic_transform": (lambda x: ops.image.elastic_transform(x, 2.0, 0.7, seed=3), (IMAGES,)),
    "extract_patches_3d": (
        lambda x: ops.image.extract_patches_3d(x, 2, 1, padding="same"),
        (IMAGES[None, ..., :1],),
    ),
    "ssim": (lambda x, y: ops.image.ssim(x, y, filter_size=3), (IMAGES, IMAGES[::-1].copy())),
    "gaussian_blur": (lambda x: ops.image.gaussian_blur(x, (3, 5), (0.7, 1.2)), (IMAGES,)),
    "sobel_edges": (ops.image.sobel_edges, (IMAGES,)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients(name: str) -> None:
    """Along random directions, in float64."""
    call, arrays = CASES[name]
    weights = RNG.standard_normal(np.shape(call(*arrays)))

    def loss(*xs: Any) -> Any:
        return ops.sum(call(*xs) * weights)

    def with_gradients(*xs: Any) -> list[Any]:
        return grad(loss(*xs), list(xs))

    graph = trace(with_gradients, [TensorSpec(x.shape, x.dtype) for x in arrays])
    for place, (x, gradient) in enumerate(zip(arrays, evaluate(graph, arrays), strict=True)):
        direction = RNG.standard_normal(x.shape)
        around = []
        for sign in (1, -1):
            moved = list(arrays)
            moved[place] = x + sign * STEP * direction
            around.append(float(loss(*moved)))
        difference = (around[0] - around[1]) / (2 * STEP)
        np.testing.assert_allclose(np.sum(gradient * direction), difference, rtol=1e-4, atol=1e-5)
