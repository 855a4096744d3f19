"""Gradients of lookups, summed over workers by rows."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.passes.collectives import bucketed_sums
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.row_sums import row_sums
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F

by_rows = partial(row_sums, least_bytes=0)
INDICES = np.array([[3, 1], [3, -1]], "int64")


def lookup(table, indices=INDICES):
    return F.square(bind("gather", table, indices, axis=0))


def slopes_of(loss_of):
    """A step that sums the gradients of all its inputs over workers."""

    def step(*inputs):
        return [bind("psum", slope) for slope in grad(F.sum(loss_of(*inputs)), inputs)]

    return step


def nodes(graph, primitive):
    return [node for node in graph.nodes if node.primitive == primitive]


def test_the_gradient_of_a_lookup_travels_by_rows(graph_of, rewritten, primitives_of):
    graph = dead_code(rewritten(by_rows, graph_of(slopes_of(lookup), (5, 3))))
    (total,) = nodes(graph, "psum_rows")
    table, rows = total.inputs
    assert table.shape == (5, 3)
    assert rows.spec.dtype == np.int32
    assert rows.shape == (4,)
    assert "psum" not in primitives_of(graph)


def shared(table):
    return F.sum(lookup(table)) + F.sum(lookup(table, np.array([0, 2], "int32")))


def narrow(table):
    return F.cast(lookup(F.cast(table, "float16")), "float32")


@pytest.mark.parametrize(("loss", "named"), [(shared, 6), (narrow, 4)])
def test_lookups_of_one_table_and_other_dtypes(graph_of, rewritten, loss, named):
    graph = dead_code(rewritten(by_rows, graph_of(slopes_of(loss), (5, 3))))
    (total,) = nodes(graph, "psum_rows")
    assert total.inputs[1].shape == (named,)


@pytest.mark.parametrize(
    "loss",
    [
        lambda table: F.sum(lookup(table)) + F.sum(F.square(table)),  # a penalty on all rows
        lambda table: lookup(F.reshape(table, (3, 5)), np.array([0, 2])),
        lambda table: F.square(bind("gather", table, np.array([0, 2]), axis=1)),
        lambda table: F.matmul(table, F.transpose(table)),
    ],
)
def test_other_gradients_travel_whole(graph_of, rewritten, loss):
    graph = rewritten(by_rows, graph_of(slopes_of(loss), (5, 3)))
    assert not nodes(graph, "psum_rows")
    assert len(nodes(graph, "psum")) == 1


def test_small_tables_travel_with_the_other_gradients(graph_of, rewritten):
    assert not nodes(rewritten(row_sums, graph_of(slopes_of(lookup), (5, 3))), "psum_rows")


def test_a_sum_of_several_keeps_what_travels_whole(graph_of, rewritten):
    def step(table, x):
        slopes = grad(F.sum(lookup(table)) * F.sum(x), [table, x])
        return bind("psum", x, slopes[0], slopes[1])

    graph = dead_code(rewritten(by_rows, graph_of(step, (5, 3), (2, 2))))
    assert len(nodes(graph, "psum_rows")) == 1
    (whole,) = nodes(graph, "psum")
    assert [tensor.shape for tensor in whole.inputs] == [(2, 2), (2, 2)]


def test_all_tables_of_a_round_are_one_exchange(graph_of, rewritten):
    def loss(a, b, x):
        return F.sum(lookup(a)) * F.sum(lookup(b, np.array([1, 1]))) * F.sum(x)

    def both(graph):
        return dead_code(bucketed_sums(by_rows(graph)))

    graph = rewritten(both, graph_of(slopes_of(loss), (5, 3), (4, 2), (2,)))
    (whole,), (rows,) = nodes(graph, "psum"), nodes(graph, "psum_rows")
    assert [tensor.shape for tensor in rows.inputs] == [(5, 3), (4, 2), (4,), (2,)]
    assert [whole.attrs["order"], rows.attrs["order"]] == [0, 1]
