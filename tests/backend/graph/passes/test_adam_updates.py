"""Updates by Adam as one sweep."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.passes.adam_updates import adam_updates
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F


def update(w, m, v, g, alpha):
    m = m + (g - m) * np.float32(0.1)
    v = v + (F.square(g) - v) * np.float32(0.001)
    return [w - m * alpha / (F.sqrt(v) + np.float32(1e-7)), m, v]


def primitives(graph):
    return [node.primitive for node in graph.nodes]


SHAPES = [(6, 3)] * 3


def test_dense_gradient(graph_of, rewritten):
    def step(w, m, v, g, alpha):
        return update(w, m, F.square(v), bind("sin", g), alpha)

    graph = dead_code(rewritten(adam_updates, graph_of(step, *SHAPES, (6, 3), ())))
    assert primitives(graph) == ["square", "sin", "adam_update"]


@pytest.mark.parametrize("start", [0.0, 1.0])
def test_rows_of_a_table(graph_of, rewritten, start):
    indices = np.array([4, 0, 4], "int32")

    def step(w, m, v, g, alpha):
        table = F.broadcast_to(np.float32(start), (6, 3))
        g = bind("scatter_add", table, indices, g, axis=0)
        return update(w, m, F.square(v), g, alpha)

    graph = dead_code(rewritten(adam_updates, graph_of(step, *SHAPES, (3, 3), ())))
    from_zeros = ["square", "adam_update_rows"]
    assert (primitives(graph) == from_zeros) == (start == 0)


def test_what_others_read_stays(graph_of, rewritten):
    def step(w, m, v, g, alpha):
        results = update(w, m, F.square(v), g, alpha)
        return [*results, F.exp(results[1])]

    assert "adam_update" not in primitives(
        rewritten(adam_updates, graph_of(step, *SHAPES, (6, 3), ()))
    )
