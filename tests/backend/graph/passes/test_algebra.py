"""Algebraic identities."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.passes.algebra import algebra
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.trace import bind


def scalar(value):
    return np.asarray(value, np.float32)


NOTHING_LEFT = {
    "add zero": lambda x: bind("add", x, scalar(0)),
    "subtract zero": lambda x: bind("sub", x, scalar(0)),
    "multiply by one": lambda x: bind("mul", scalar(1), x),
    "divide by one": lambda x: bind("div", x, scalar(1)),
    "power one": lambda x: bind("pow", x, scalar(1)),
    "negate twice": lambda x: bind("neg", bind("neg", x)),
    "reshape back": lambda x: bind("reshape", bind("reshape", x, shape=(12,)), shape=(3, 4)),
    "transpose back": lambda x: bind("transpose", bind("transpose", x, perm=(1, 0)), perm=(1, 0)),
    "same cast": lambda x: bind("cast", x, dtype="float32"),
    "cast and back": lambda x: bind("cast", bind("cast", x, dtype="float64"), dtype="float32"),
    "whole slice": lambda x: bind("slice", x, starts=(0, 0), limits=(3, 4), strides=(1, 1)),
    "one operand": lambda x: bind("concat", x, axis=0),
    "no padding": lambda x: bind("pad", x, scalar(7), low=(0, 0), high=(0, 0), interior=(0, 0)),
    "no axes": lambda x: bind("reduce_sum", x, axes=(), keepdims=False),
    "same shape": lambda x: bind("broadcast_to", x, shape=(3, 4)),
    "stopped": lambda x: bind("stop_gradient", x),
}


@pytest.mark.parametrize("name", NOTHING_LEFT)
def test_nothing_is_left(name, graph_of, rewritten, primitives_of):
    graph = graph_of(NOTHING_LEFT[name], (3, 4))
    assert len(graph.nodes) > 0
    assert primitives_of(dead_code(rewritten(algebra, graph))) == []


KEPT = {
    "a wider one": lambda x: bind("mul", x, np.ones((2, 3, 4), np.float32)),
    "zero minus x": lambda x: bind("sub", scalar(0), x),
    "one over x": lambda x: bind("div", scalar(1), x),
    "a lossy cast and back": lambda x: bind(
        "cast", bind("cast", x, dtype="float16"), dtype="float32"
    ),
    "part of a slice": lambda x: bind("slice", x, starts=(0, 1), limits=(3, 4), strides=(1, 1)),
    "a true transpose": lambda x: bind("transpose", x, perm=(1, 0)),
}


@pytest.mark.parametrize("name", KEPT)
def test_similar_nodes_are_kept(name, graph_of, rewritten, primitives_of):
    graph = graph_of(KEPT[name], (3, 4))
    assert primitives_of(rewritten(algebra, graph)) == primitives_of(graph)


def simplified(graph_of, rewritten, primitives_of, function, *shapes):
    return primitives_of(dead_code(rewritten(algebra, graph_of(function, *shapes))))


def test_chain_of_transposes_is_one(graph_of, rewritten, primitives_of):
    def chain(x):
        return bind("transpose", bind("transpose", x, perm=(1, 2, 0)), perm=(1, 2, 0))

    assert simplified(graph_of, rewritten, primitives_of, chain, (2, 3, 4)) == ["transpose"]


def test_transpose_of_unit_axes_is_a_reshape(graph_of, rewritten, primitives_of):
    def moved(x):
        return bind("transpose", x, perm=(1, 0, 2))

    assert simplified(graph_of, rewritten, primitives_of, moved, (1, 3, 4)) == ["reshape"]


def test_reduction_of_unit_axes_is_a_reshape(graph_of, rewritten, primitives_of):
    def total(x):
        return bind("reduce_max", x, axes=(0,), keepdims=False)

    assert simplified(graph_of, rewritten, primitives_of, total, (1, 3)) == ["reshape"]


@pytest.mark.parametrize("flag", ["transpose_a", "transpose_b"])
def test_transposes_go_into_the_product(flag, graph_of, rewritten):
    def product(a, b):
        flags = {"transpose_a": False, "transpose_b": False}
        if flag == "transpose_a":
            a = bind("transpose", a, perm=(0, 2, 1))
        else:
            b = bind("transpose", b, perm=(0, 2, 1))
        return bind("matmul", a, b, **flags)

    shapes = [(2, 4, 3), (2, 4, 5)] if flag == "transpose_a" else [(2, 3, 4), (2, 5, 4)]
    (node,) = dead_code(rewritten(algebra, graph_of(product, *shapes))).nodes
    assert node.attrs[flag] is True


def test_square_and_sums_of_negations(graph_of, rewritten, primitives_of):
    def function(x, y):
        return [
            bind("pow", x, scalar(2)),
            bind("add", bind("neg", x), y),
            bind("sub", x, bind("neg", y)),
        ]

    assert simplified(graph_of, rewritten, primitives_of, function, (3,), (3,)) == [
        "square",
        "sub",
        "add",
    ]


def test_broadcasts_before_elementwise_nodes_go(graph_of, rewritten, primitives_of):
    def function(x, row):
        return bind("mul", x, bind("broadcast_to", row, shape=(5, 3)))

    assert simplified(graph_of, rewritten, primitives_of, function, (5, 3), (3,)) == ["mul"]


def test_broadcast_that_sets_the_shape_stays(graph_of, rewritten, primitives_of):
    def function(x, y):
        return bind("mul", bind("broadcast_to", x, shape=(5, 3)), y)

    names = simplified(graph_of, rewritten, primitives_of, function, (3,), (1, 3))
    assert names == ["broadcast_to", "mul"]
