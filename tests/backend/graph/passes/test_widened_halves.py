"""16-bit floats where native code wants 32."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.executable import has_kernel
from bigdl_backend.graph.passes.widened_halves import widened_halves
from bigdl_backend.graph.trace import bind


def softmax(x):
    return bind("softmax", bind("neg", x))


def widened(known):
    return lambda graph: widened_halves(graph, known)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_unknown_halves_become_float32(dtype, graph_of, rewritten, primitives_of):
    def known(node):
        return node.primitive != "softmax" or node.inputs[0].dtype == np.float32

    graph = rewritten(widened(known), graph_of(softmax, (4, 3), dtype=dtype), rtol=2e-2)
    assert primitives_of(graph) == ["neg", "cast", "softmax", "cast"]
    assert graph.nodes[2].outputs[0].dtype == np.float32


@pytest.mark.parametrize("known", [lambda node: True, lambda node: False], ids=["all", "none"])
def test_nothing_changes_where_it_does_not_help(known, graph_of, rewritten, primitives_of):
    graph = rewritten(widened(known), graph_of(softmax, (4, 3), dtype="bfloat16"))
    assert primitives_of(graph) == ["neg", "softmax"]


def test_float32_and_integers_are_left_alone(graph_of, rewritten, primitives_of):
    def known(node):
        return False

    graph = rewritten(widened(known), graph_of(softmax, (4, 3)))
    assert primitives_of(graph) == ["neg", "softmax"]


def test_every_output_keeps_its_dtype(graph_of, rewritten):
    def known(node):
        return node.inputs[0].dtype == np.float32

    graph = rewritten(
        widened(known), graph_of(lambda x: bind("top_k", x, k=2), (7,), dtype="float16")
    )
    assert [tensor.dtype.name for tensor in graph.outputs] == ["float16", "int32"]


def test_native_code_is_asked_about_the_node(graph_of):
    (known,) = graph_of(lambda x: bind("tanh", x), (3,)).nodes
    (unknown,) = graph_of(lambda x: bind("tanh", x), (3,), dtype="float8_e4m3fn").nodes
    (product,) = graph_of(
        lambda x: bind("matmul", x, x, transpose_a=False, transpose_b=False), (3, 3)
    ).nodes
    assert has_kernel(known)
    assert has_kernel(product)
    assert not has_kernel(unknown)
