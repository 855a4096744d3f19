"""Convolutions of one kernel position without strides."""

from __future__ import annotations

import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.strided_pointwise import strided_pointwise
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def step(strides, padding=((0, 0), (0, 0))):
    def function(x, w):
        attrs = {"strides": strides, "padding": padding, "dilation": (1, 1), "groups": 1}
        loss = F.sum(F.square(bind("conv", x, w, **attrs)))
        return [loss, *grad(loss, [x, w])]

    return function


@pytest.mark.parametrize("strides", [(2, 2), (3, 1)])
@pytest.mark.parametrize("size", [5, 6])
def test_pixels_are_picked_once_and_spread(strides, size, graph_of, rewritten, primitives_of):
    graph = graph_of(step(strides), (2, size, 7, 3), (1, 1, 3, 4))
    graph = dead_code(rewritten(strided_pointwise, graph))
    convolutions = [node for node in graph.nodes if node.primitive.startswith("conv")]
    assert len(convolutions) == 3
    assert all(node.attrs["strides"] == (1, 1) for node in convolutions)
    assert primitives_of(graph).count("slice") == primitives_of(graph).count("pad") == 1


@pytest.mark.parametrize(
    ("strides", "kernel", "padding"),
    [
        ((1, 1), (1, 1, 3, 4), ((0, 0), (0, 0))),
        ((2, 2), (2, 1, 3, 4), ((0, 0), (0, 0))),
        ((2, 2), (1, 1, 3, 4), ((1, 0), (0, 0))),
    ],
)
def test_others_stay(strides, kernel, padding, graph_of, rewritten, primitives_of):
    graph = graph_of(step(strides, padding), (2, 5, 6, 3), kernel)
    assert primitives_of(rewritten(strided_pointwise, graph)) == primitives_of(graph)
