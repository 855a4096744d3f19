"""Masks of rectifiers that move behind a max pooling."""

from __future__ import annotations

import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.pooled_masks import pooled_masks
from bigdl_backend.graph.passes.relu_masks import relu_masks
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def pooled(x, stride):
    attrs = {"window": (2,), "strides": (stride,), "padding": ((1, 0),)}
    return bind("max_pool", F.relu(x), **attrs)


def after(graph_of, rewritten, function):
    graph = dead_code(rewritten(relu_masks, graph_of(function, (2, 7, 3))))
    return dead_code(rewritten(pooled_masks, graph))


@pytest.mark.parametrize("stride", [1, 2])  # windows that share elements, and that do not
def test_the_mask_moves(stride, graph_of, rewritten):
    def step(x):
        return grad(F.sum(F.square(pooled(x, stride))), [x])

    graph = after(graph_of, rewritten, step)
    (choice,) = [node for node in graph.nodes if node.primitive == "select"]
    assert choice.outputs[0].shape == (2, 8 // stride - (stride == 1), 3)
    assert graph.outputs[0].node.primitive == "max_pool_grad"


def test_a_gradient_that_others_read_stays(graph_of, rewritten):
    def step(x):
        activated = F.relu(x)
        y = bind("max_pool", activated, window=(2,), strides=(2,), padding=((1, 0),))
        (through,) = grad(F.sum(F.square(y)), [activated])
        return [through, F.where(activated > 0, through, 0.0)]

    graph = after(graph_of, rewritten, step)
    assert graph.outputs[1].node.primitive == "select"
