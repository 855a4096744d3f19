"""Bias and activation inside products."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.bias_activation import bias_activation
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F

SHAPES = [(5, 4), (4, 3), (3,)]


def product(x, w):
    return bind("matmul", x, w, transpose_a=False, transpose_b=False)


def fused(graph_of, rewritten, function, shapes=SHAPES):
    return dead_code(rewritten(bias_activation, graph_of(function, *shapes)))


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid"])
def test_dense_layer_is_one_node(name, graph_of, rewritten):
    def dense(x, w, b):
        return getattr(F, name)(bind("add", product(x, w), b))

    (node,) = fused(graph_of, rewritten, dense).nodes
    assert node.primitive == "matmul_bias_act"
    assert node.attrs["activation"] == name


def test_other_activations_stay_outside(graph_of, rewritten, primitives_of):
    def dense(x, w, b):
        return bind("softplus", bind("add", b, product(x, w)))

    names = primitives_of(fused(graph_of, rewritten, dense))
    assert names == ["matmul_bias_act", "softplus"]


def test_convolution(graph_of, rewritten, primitives_of):
    def layer(x, w, b):
        y = bind("conv", x, w, strides=(1, 1), padding=((1, 1), (1, 1)), dilation=(1, 1), groups=1)
        return F.relu(bind("add", y, bind("reshape", b, shape=(1, 1, 1, 3))))

    graph = fused(graph_of, rewritten, layer, [(2, 5, 5, 4), (3, 3, 4, 3), (3,)])
    assert primitives_of(graph) == ["reshape", "reshape", "conv_bias_act"]


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid"])
def test_gradients_use_the_output(name, graph_of, rewritten, primitives_of):
    def step(x, w, b):
        y = getattr(F, name)(bind("add", product(x, w), b))
        return [y, *grad(F.mean(F.square(y)), [w, b])]

    names = primitives_of(fused(graph_of, rewritten, step))
    assert names.count("matmul_bias_act") == 1
    assert "add" not in names[:3]
    assert name not in names


def test_needed_intermediate_values_are_not_hidden(graph_of, rewritten, primitives_of):
    def function(x, w, b):
        y = product(x, w)
        total = bind("add", y, b)
        return [y, bind("tanh", total)]

    graph = graph_of(function, *SHAPES)
    assert primitives_of(rewritten(bias_activation, graph)) == primitives_of(graph)


def test_a_needed_sum_keeps_the_activation_outside(graph_of, rewritten, primitives_of):
    def function(x, w, b):
        total = bind("add", product(x, w), b)
        return [total, bind("tanh", total)]

    names = primitives_of(fused(graph_of, rewritten, function))
    assert names == ["matmul_bias_act", "tanh"]


@pytest.mark.parametrize("shape", [(5, 3), (5, 1), (1,), (2, 5, 3)])
def test_only_one_value_a_channel_is_a_bias(shape, graph_of, rewritten, primitives_of):
    def function(x, w, b):
        return bind("add", product(x, w), b)

    graph = graph_of(function, (5, 4), (4, 3), shape)
    assert primitives_of(rewritten(bias_activation, graph)) == ["matmul", "add"]


def test_mask_used_before_the_activation_prevents_it(graph_of, rewritten):
    def function(x, w, b):
        total = bind("add", product(x, w), b)
        mask = bind("cast", bind("gt", total, np.float32(0)), dtype="float32")
        return [mask, bind("maximum", total, np.float32(0))]

    names = [node.primitive for node in fused(graph_of, rewritten, function).nodes]
    assert names == ["matmul_bias_act", "gt", "cast", "maximum"]


def test_a_mask_of_the_sum_allows_relu_only(graph_of, rewritten, primitives_of):
    def function(x, w, b):
        total = bind("add", product(x, w), b)
        y = bind("sigmoid", total)
        return [y, bind("cast", bind("gt", total, np.float32(0)), dtype="float32")]

    names = primitives_of(fused(graph_of, rewritten, function))
    assert names == ["matmul_bias_act", "sigmoid", "gt", "cast"]


def test_two_products_of_one_row_are_not_each_others_bias(graph_of, rewritten, primitives_of):
    def function(x, w, h, u):
        return bind("add", product(x, w), product(h, u))

    graph = fused(graph_of, rewritten, function, [(1, 2), (2, 3), (1, 4), (4, 3)])
    assert sorted(primitives_of(graph)) == ["matmul", "matmul_bias_act", "reshape"]
