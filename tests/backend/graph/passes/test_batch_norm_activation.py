"""Batch normalization joined with what stands around it."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.batch_norm_activation import batch_norm_activation
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.relu_masks import relu_masks
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F

SHAPES = [(3, 4, 2), (2,), (2,), (3, 4, 2)]


def normalized(x, gamma, beta):
    y, mean, variance = bind("batch_norm", x, gamma, beta, epsilon=0.1)
    return y, F.sum(mean) + F.sum(variance)


def half_normalized(x, gamma, beta):
    """As layers of mixed precision do: data of 16 bits, parameters of 32."""
    y, statistics = normalized(bind("cast", x, dtype="float32"), gamma, beta)
    return bind("cast", y, dtype="bfloat16"), statistics


def relu6(x):
    return F.minimum(F.relu(x), 6.0)


def step(function, *wrt):
    """A function of the operands that gives a loss and its gradients."""

    def with_gradients(*operands):
        y, statistics = function(*operands)
        loss = F.sum(F.square(F.cast(y, "float32")))
        return [loss, statistics, *grad(loss, [operands[i] for i in wrt])]

    return with_gradients


def joined(graph_of, rewritten, function):
    graph = graph_of(function, *SHAPES)
    graph = dead_code(rewritten(relu_masks, graph))
    return dead_code(rewritten(batch_norm_activation, graph))


def attributes(graph, primitive):
    return [node.attrs["activation"] for node in graph.nodes if node.primitive == primitive]


@pytest.mark.parametrize("rectifier", [F.relu, relu6])
def test_a_rectifier_joins_forward_and_backward(rectifier, graph_of, rewritten, primitives_of):
    def function(x, gamma, beta, _):
        y, statistics = normalized(x, gamma, beta)
        return rectifier(y), statistics

    graph = joined(graph_of, rewritten, step(function, 0, 1, 2))
    name = "relu" if rectifier is F.relu else "relu6"
    assert attributes(graph, "batch_norm_act") == [name]
    assert attributes(graph, "batch_norm_act_grad") == [name]
    assert not {"select", "maximum", "minimum", "gt", "batch_norm"} & set(primitives_of(graph))


def test_without_a_gradient_relu6_joins_too(graph_of, rewritten, primitives_of):
    def function(x, gamma, beta, _):
        return relu6(normalized(x, gamma, beta)[0])

    graph = joined(graph_of, rewritten, function)
    assert primitives_of(graph) == ["batch_norm_act"]
    assert attributes(graph, "batch_norm_act") == ["relu6"]


def test_a_shortcut_joins_and_its_mask_stays(graph_of, rewritten, primitives_of):
    def function(x, gamma, beta, shortcut):
        y, statistics = normalized(x, gamma, beta)
        return F.relu(y + shortcut), statistics

    graph = joined(graph_of, rewritten, step(function, 0, 1, 2, 3))
    (node,) = [node for node in graph.nodes if node.primitive == "batch_norm_act"]
    assert len(node.inputs) == 4
    assert node.attrs["activation"] == "relu"
    names = primitives_of(graph)
    assert "batch_norm_grad" in names
    assert names.count("select") == 1


def test_of_two_normalizations_that_are_added_the_later_takes_the_sum(graph_of, rewritten):
    def function(x, gamma, beta, z):
        first, _ = normalized(x, gamma, beta)
        second, _ = normalized(z, gamma, beta)
        return F.relu(first + second)

    graph = joined(graph_of, rewritten, function)
    assert [node.primitive for node in graph.nodes] == ["batch_norm", "batch_norm_act"]
    assert graph.nodes[1].inputs[0] is graph.inputs[3]


@pytest.mark.parametrize("rectifier", [F.relu, relu6])
@pytest.mark.parametrize("with_shortcut", [False, True])
def test_casts_of_mixed_precision_go(rectifier, with_shortcut, graph_of, rewritten):
    def function(x, gamma, beta, shortcut):
        x, shortcut = (bind("cast", a, dtype="bfloat16") for a in (x, shortcut))
        y, statistics = half_normalized(x, gamma, beta)
        if with_shortcut:
            y = y + shortcut
        return rectifier(y), statistics

    # Rounded once instead of twice, so the values differ by roundings of 16 bits.
    graph = dead_code(relu_masks(graph_of(step(function, 0, 1), *SHAPES)))
    graph = dead_code(batch_norm_activation(graph))
    (forward,) = [node for node in graph.nodes if node.primitive == "batch_norm_act"]
    (backward,) = [node for node in graph.nodes if node.primitive == "batch_norm_act_grad"]
    for tensor in (forward.inputs[0], forward.outputs[0], *backward.inputs[:2]):
        assert tensor.dtype.name == "bfloat16"
    assert backward.outputs[0].dtype.name == "bfloat16"
    assert forward.outputs[1].dtype == backward.outputs[1].dtype == np.float32


def test_values_that_others_read_are_not_hidden(graph_of, rewritten, primitives_of):
    def function(x, gamma, beta, _):
        y, _ = normalized(x, gamma, beta)
        return [y, F.relu(y)]

    assert primitives_of(joined(graph_of, rewritten, function)) == ["batch_norm", "maximum"]


def test_a_gradient_that_others_read_keeps_its_mask(graph_of, rewritten, primitives_of):
    def function(x, gamma, beta, _):
        y, _ = normalized(x, gamma, beta)
        activated = F.relu(y)
        (slope,) = grad(F.sum(F.square(activated)), [y])
        return [F.sum(slope), *grad(F.sum(F.square(activated)), [x])]

    names = primitives_of(joined(graph_of, rewritten, function))
    assert "select" in names
