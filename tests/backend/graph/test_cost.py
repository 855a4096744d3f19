"""The work of nodes."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.cost import flops, is_product, product_flops, traffic
from bigdl_backend.graph.registry import PRIMITIVES, load_all
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def node_of(graph_of, function, *shapes):
    return graph_of(function, *shapes).nodes[-1]


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_a_product_counts_two_for_every_pair_of_factors(graph_of, transpose_a, transpose_b):
    a = (5, 4, 2) if transpose_a else (5, 2, 4)
    b = (5, 3, 4) if transpose_b else (5, 4, 3)
    attrs = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    node = node_of(graph_of, lambda a, b: bind("matmul", a, b, **attrs), a, b)
    assert flops(node) == product_flops(node) == 2 * 5 * 2 * 4 * 3
    assert traffic(node) == 4 * 5 * (2 * 4 + 4 * 3 + 2 * 3)


@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_and_its_gradients_multiply_equally_often(graph_of, groups):
    window = {"strides": (2,), "padding": ((1, 1),), "dilation": (1,), "groups": groups}
    x, w, y = (2, 9, 4), (3, 4 // groups, 6), (2, 5, 6)
    nodes = [
        node_of(graph_of, lambda x, w: bind("conv", x, w, **window), x, w),
        node_of(
            graph_of, lambda g, w: bind("conv_input_grad", g, w, input_shape=x, **window), y, w
        ),
        node_of(
            graph_of, lambda x, g: bind("conv_weight_grad", x, g, kernel_shape=w, **window), x, y
        ),
    ]
    # Every one of the results takes a window of three places and its group's channels.
    assert [flops(node) for node in nodes] == [2 * (2 * 5 * 6) * (3 * 4 // groups)] * 3


def test_recurrent_layers_count_the_products_of_every_step(graph_of):
    n, t, i, u = 3, 5, 4, 2
    mask = np.ones((n, t), bool)
    shapes = [(n, t, i), (n, u), (n, u), (i, 4 * u), (u, 4 * u), (4 * u,)]
    lstm = node_of(graph_of, lambda *operands: list(bind("lstm", *operands, mask)), *shapes)
    products = t * (2 * n * i * 4 * u + 2 * n * u * 4 * u)
    assert flops(lstm) == products
    states = [(n, t, u), (n, t, u)]
    shapes = [*states, *shapes[:-1], *states, (n, t, 4 * u)]
    backward = node_of(graph_of, lambda *o: list(bind("lstm_grad", *o[:7], mask, *o[7:])), *shapes)
    assert flops(backward) == 2 * products


def test_attention_counts_scores_and_sums(graph_of):
    b, t, s, n, h, v = 2, 3, 4, 5, 6, 7
    attrs = {"scale": 0.5, "masked": False, "rate": 0.0, "spreads": True}
    shapes = [(b, t, n, h), (b, s, n, h), (b, s, n, v)]
    forward = node_of(graph_of, lambda *o: list(bind("attention", *o, **attrs)), *shapes)
    products = 2 * b * n * t * s * h + 2 * b * n * t * s * v
    assert flops(forward) == products
    shapes = [(b, t, n, v), *shapes, (b, n, t, 2)]
    backward = node_of(graph_of, lambda *o: list(bind("attention_grad", *o, **attrs)), *shapes)
    assert flops(backward) == 2 * products


def test_a_loop_counts_its_body_every_time(graph_of):
    def step(carries, slices):
        (state,), (item,) = carries, slices
        return [F.matmul(state, item)], []

    node = node_of(graph_of, lambda s, xs: F.scan(step, [s], [xs])[0], (2, 4), (7, 4, 4))
    assert product_flops(node) == 7 * 2 * 2 * 4 * 4
    assert not is_product(node)


def test_picking_rows_moves_only_those(graph_of):
    rows = np.arange(3, dtype=np.int32)
    taken = node_of(graph_of, lambda x: bind("gather", x, rows, axis=0), (1000, 8))
    assert (flops(taken), traffic(taken)) == (0, 2 * 4 * 3 * 8 + 4 * 3)
    added = node_of(
        graph_of, lambda x, u: bind("scatter_add", x, rows, u, axis=0), (1000, 8), (3, 8)
    )
    assert (flops(added), traffic(added)) == (3 * 8, 4 * 3 + 3 * 4 * 3 * 8)


def test_rules_are_of_primitives_that_exist():
    from bigdl_backend.graph import cost

    load_all()
    assert {*cost._PRODUCTS, *cost._OTHERS, *cost._TRAFFIC} <= PRIMITIVES.keys()
