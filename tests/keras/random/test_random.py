"""Random tensors: moments, seeds, and the same numbers however the batch is split."""

from __future__ import annotations

import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.replica import Replica, replica_scope
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import evaluate, tracing
from bigdl_keras import random
from bigdl_keras.core.trace_scope import TraceScope

SHAPE = (200, 150)
MOMENTS = {
    "normal": ((2.0, 0.5), 2.0, 0.5),
    "truncated_normal": ((2.0, 0.5), 2.0, 0.5 * 0.87962),
    "uniform": ((-1.0, 2.0), 0.5, 3 / 12**0.5),
    "randint": ((2, 6), 3.5, 1.25**0.5),
    "gamma": ((0.5,), 0.5, 0.5**0.5),
    "beta": ((2.0, 3.0), 0.4, 0.2),
    "binomial": ((5, 0.3), 1.5, 1.05**0.5),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_moments_and_seeds(name: str) -> None:
    arguments, mean, deviation = MOMENTS[name]
    draw = getattr(random, name)
    first = draw(SHAPE, *arguments, seed=1)
    assert first.shape == SHAPE
    assert first.dtype == ("int32" if name == "randint" else "float32")
    assert first.mean() == pytest.approx(mean, abs=0.02)
    assert first.std() == pytest.approx(deviation, abs=0.02)
    np.testing.assert_array_equal(first, draw(SHAPE, *arguments, seed=1))
    assert np.any(first != draw(SHAPE, *arguments, seed=2))
    generator = random.SeedGenerator(3)
    assert np.any(
        draw(SHAPE, *arguments, seed=generator) != draw(SHAPE, *arguments, seed=generator)
    )


def test_gamma_above_one() -> None:
    sample = random.gamma((40000,), 3.5, seed=1)
    assert sample.mean() == pytest.approx(3.5, abs=0.05)
    assert sample.var() == pytest.approx(3.5, abs=0.15)


def test_categorical() -> None:
    logits = np.log(np.array([[0.2, 0.8], [0.5, 0.5]], "float32"))
    sample = random.categorical(logits, 20000, seed=1)
    assert sample.shape == (2, 20000)
    np.testing.assert_allclose(sample.mean(axis=1), [0.8, 0.5], atol=0.02)


def test_shuffle() -> None:
    x = np.arange(20).reshape(2, 10)
    mixed = random.shuffle(x, axis=1, seed=1)
    np.testing.assert_array_equal(np.sort(mixed, axis=1), x)
    np.testing.assert_array_equal(mixed[1] - mixed[0], np.full(10, 10))
    assert np.any(mixed != x)


def test_dropout() -> None:
    x = np.ones((300, 100), "float32")
    dropped = random.dropout(x, 0.4, seed=1)
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1) / np.float32(0.6)}
    assert (dropped == 0).mean() == pytest.approx(0.4, abs=0.01)
    by_row = random.dropout(x, 0.4, noise_shape=(None, 1), seed=1)
    assert np.all(by_row == by_row[:, :1])


def test_generator_state_moves_in_a_trace() -> None:
    generator, graph = random.SeedGenerator(9), Graph()
    eager = [random.normal((4,), seed=random.SeedGenerator(9)) for _ in range(1)]
    with TraceScope(graph) as scope:
        first, second = (random.normal((4,), seed=generator) for _ in range(2))
        graph.outputs = [first, second, scope.writes[generator.state]]
    one, two, state = evaluate(graph, [generator.state.storage])
    np.testing.assert_array_equal(one, eager[0])
    assert np.any(one != two)
    np.testing.assert_array_equal(state, [9, 2])
    np.testing.assert_array_equal(generator.state.storage, [9, 0])


def test_no_seed_in_a_trace() -> None:
    with TraceScope(Graph()), pytest.raises(ValueError, match="SeedGenerator"):
        random.normal((3,))


def test_workers_draw_what_one_process_draws() -> None:
    whole = random.dropout(np.ones((6, 5), "float32"), 0.5, seed=4)
    graph, batch = Graph(), Dim.var("batch")
    with tracing(graph), replica_scope(Replica(graph, batch, distributed=True)):
        x = graph.input(TensorSpec.of((batch, 5), "float32"))
        graph.outputs = [random.dropout(x, 0.5, seed=4)]
    assert [tensor.name for tensor in graph.inputs[1:]] == ["batch_rows"]
    for rows in ([0, 2, 4], [1, 3, 5]):
        (part,) = evaluate(graph, [np.ones((3, 5), "float32"), np.array(rows, "int32")])
        np.testing.assert_array_equal(part, whole[rows])


def test_config_and_global_seed() -> None:
    generator = random.SeedGenerator(7)
    generator.next()
    again = random.SeedGenerator.from_config(generator.get_config())
    np.testing.assert_array_equal(again.next(), [7, 0])
    random.set_global_seed(11)
    first = random.uniform((3,)), random.make_default_seed()
    random.set_global_seed(11)
    assert np.all(first[0] == random.uniform((3,)))
    assert first[1] == random.make_default_seed()
    with pytest.raises(ValueError, match="must be an integer"):
        bigdl_keras.random.SeedGenerator("x")
