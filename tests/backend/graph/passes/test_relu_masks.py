"""Masks of relu's gradient."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.relu_masks import relu_masks
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F

ZERO = np.float32(0)


def masks(graph):
    """The operands of all comparisons, by the primitives that made them."""
    return [n.inputs[0].node.primitive for n in graph.nodes if n.primitive == "gt"]


def test_gradient_reads_the_result(graph_of, rewritten):
    def step(x):
        y = F.relu(bind("sin", x))
        return [y, *grad(F.sum(F.square(y)), [x])]

    graph = dead_code(rewritten(relu_masks, graph_of(step, (4, 3))))
    assert set(masks(graph)) == {"maximum"}


def test_operand_that_is_needed_anyway_is_compared(graph_of, rewritten):
    def function(x):
        z = bind("sin", x)
        return [bind("maximum", z, ZERO), bind("gt", z, ZERO), bind("exp", z)]

    assert masks(rewritten(relu_masks, graph_of(function, (4, 3)))) == ["sin"]


def test_other_bounds_are_no_relu(graph_of, rewritten):
    def function(x):
        z = bind("sin", x)
        one = np.float32(0.5)
        return [bind("maximum", z, one), bind("gt", z, ZERO)]

    assert masks(rewritten(relu_masks, graph_of(function, (4, 3)))) == ["sin"]


def test_comparison_before_the_activation_stays(graph_of, rewritten):
    def function(x):
        z = bind("sin", x)
        return [bind("gt", z, ZERO), bind("maximum", z, ZERO)]

    assert masks(rewritten(relu_masks, graph_of(function, (4, 3)))) == ["sin"]
