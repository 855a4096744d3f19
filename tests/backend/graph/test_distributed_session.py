"""Sessions of several workers, here threads joined by a real exchange."""

from __future__ import annotations

import threading
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from bigdl_native._exchange import ExchangeError, Listener, Mesh

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.passes.collectives import bucketed_sums
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.row_sums import row_sums
from bigdl_backend.graph.plan import make_plan
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.session import Session
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.specialise import specialise
from bigdl_backend.graph.trace import bind, trace
from bigdl_backend.primitives import functional as F

BATCH = Dim.var("batch")
SIZES = [6, 40, 30, 1]


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    state = {}
    for i, (rows, columns) in enumerate(pairwise(SIZES)):
        state[f"w{i}"] = rng.standard_normal((rows, columns)).astype(np.float32) / 4
        state[f"b{i}"] = np.zeros(columns, np.float32)
    return state


def make_program(distributed: bool) -> Program:
    """Three dense layers, the mean loss over the global batch, gradients clipped by their common norm."""
    state = weights()
    names = list(state)

    def total(*values):
        return bind("psum", *values) if distributed else values

    def step(*inputs):
        variables, (x, y, rows) = dict(zip(names, inputs, strict=False)), inputs[len(names) :]
        for i in range(len(SIZES) - 1):
            x = F.tanh(F.add(F.matmul(x, variables[f"w{i}"]), variables[f"b{i}"]))
        loss = F.sum(F.square(F.subtract(x, y))) / rows
        slopes = total(*grad(loss, [variables[name] for name in names]))
        norm = F.sqrt(sum(F.sum(F.square(slope)) for slope in slopes))
        (loss, count) = total(loss, F.sum(F.ones_like(y)))
        scale = 0.5 / F.maximum(norm, 0.5)
        new = [variables[n] - slope * scale for n, slope in zip(names, slopes, strict=True)]
        return [loss, count, *new]

    specs = [TensorSpec.of(array.shape, "float32") for array in state.values()]
    specs += [TensorSpec.of((BATCH, SIZES[0]), "float32"), TensorSpec.of((BATCH, 1), "float32")]
    specs.append(TensorSpec.of((), "float32"))
    graph = trace(step, specs, [*names, "x", "y", "global_batch"])
    return Program({"train": StepGraph(graph, names, ["x", "y"], ["loss", "count"], names)}, state)


def in_threads(world: int, work) -> list:
    """What ``work(rank, mesh)`` returns, or raises, on every rank."""
    listeners = [Listener("127.0.0.1") for _ in range(world)]
    peers = [(rank, "127.0.0.1", listener.port, "") for rank, listener in enumerate(listeners)]
    results: list = [None] * world

    def run(rank):
        mesh = Mesh(listeners[rank], rank, peers, b"secret of the test", 1, timeout=20.0)
        with mesh:
            try:
                results[rank] = work(rank, mesh.connect())
            except Exception as error:
                results[rank] = error

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(world)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def batches():
    rng = np.random.default_rng(1)
    for size in (12, 12, 7, 2):
        x = rng.standard_normal((size, SIZES[0])).astype(np.float32)
        yield x, np.sin(x.sum(axis=1, keepdims=True))


@pytest.fixture(params=["one bucket", "small buckets", "truth"])
def engine(request, monkeypatch):
    if request.param == "small buckets":
        small = partial(bucketed_sums, bucket_bytes=200)
        monkeypatch.setattr("bigdl_backend.graph.optimise.bucketed_sums", small)
    if request.param == "truth":
        monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")


@pytest.mark.parametrize("world", [1, 2, 3])
def test_workers_together_train_like_one(world, engine):
    local = Session(make_program(distributed=False), threads=1)
    expected = [local.run("train", [x, y], global_batch=len(x)) for x, y in batches()]

    def work(rank, mesh):
        session = Session(make_program(distributed=True), threads=1, collective=mesh)
        outputs = [
            session.run("train", [x[rank::world], y[rank::world]], global_batch=len(x))
            for x, y in batches()
        ]
        return outputs, session.state

    results = in_threads(world, work)
    for outputs, state in results:
        for got, want in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)
        for name, array in local.state.items():
            np.testing.assert_allclose(state[name], array, rtol=1e-3, atol=1e-5)
            np.testing.assert_array_equal(state[name], results[0][1][name])


def lookup_program(distributed: bool) -> Program:
    """Products of rows of two tables, one of them looked up twice."""
    rng = np.random.default_rng(2)
    state = {
        name: rng.standard_normal((rows, 4)).astype(np.float32)
        for name, rows in (("users", 400), ("items", 300))
    }

    def step(users, items, user, item, rows):
        def looked_up(table, indices):
            return bind("gather", table, indices, axis=0)

        score = looked_up(users, user) * looked_up(items, item)
        likes = F.tanh(looked_up(items, item + 1))
        loss = F.sum(F.square(score - likes)) / rows
        slopes = grad(loss, [users, items])
        if distributed:
            loss, *slopes = bind("psum", loss, *slopes)
        return [loss, *(x - F.tanh(slope) for x, slope in zip((users, items), slopes, strict=True))]

    specs = [TensorSpec.of(array.shape, "float32") for array in state.values()]
    specs += [TensorSpec.of((BATCH,), "int32"), TensorSpec.of((BATCH,), "int64")]
    specs.append(TensorSpec.of((), "float32"))
    names = ["users", "items"]
    graph = trace(step, specs, [*names, "user", "item", "global_batch"])
    return Program({"train": StepGraph(graph, names, ["user", "item"], ["loss"], names)}, state)


@pytest.mark.parametrize("least", [0, 1 << 20], ids=["rows", "tables"])
def test_lookups_on_workers_train_like_one(monkeypatch, least):
    passes = "bigdl_backend.graph.optimise.row_sums"
    monkeypatch.setattr(passes, partial(row_sums, least_bytes=least))
    rng = np.random.default_rng(3)
    steps = [(rng.integers(0, 400, size), rng.integers(0, 299, size)) for size in (30, 30, 5, 1)]
    local = Session(lookup_program(distributed=False), threads=1)
    expected = [local.run("train", [*x], global_batch=len(x[0])) for x in steps]

    def work(rank, mesh):
        session = Session(lookup_program(distributed=True), threads=1, collective=mesh)
        losses = [
            session.run("train", [u[rank::3], i[rank::3]], global_batch=len(u)) for u, i in steps
        ]
        return losses, session.state

    results = in_threads(3, work)
    for losses, state in results:
        np.testing.assert_allclose(losses, expected, rtol=1e-5)
        for name, array in local.state.items():
            np.testing.assert_allclose(state[name], array, rtol=1e-4, atol=1e-6)
            np.testing.assert_array_equal(state[name], results[0][1][name])


def test_lost_worker_ends_the_step():
    def work(rank, mesh):
        if rank == 1:
            mesh.close()
            return None
        session = Session(make_program(distributed=True), threads=1, collective=mesh)
        x, y = next(batches())
        return session.run("train", [x, y], global_batch=24)

    lost, _ = in_threads(2, work)
    assert isinstance(lost, ExchangeError)


def test_buckets_travel_while_gradients_are_computed():
    graph = specialise(make_program(distributed=True).graphs["train"].graph, {"batch": 4})
    graph = dead_code(bucketed_sums(graph, bucket_bytes=200))
    plan = make_plan(graph, lambda node, in_place: None)
    steps = [str(step) for step in plan.steps]
    assert steps.count("psum") == 4
    first = steps.index("psum")
    assert plan.steps[first].overlaps
    assert "matmul" in steps[first : steps.index("wait")]
    assert steps.count("wait") == sum(step.overlaps for step in plan.steps)


def test_small_models_need_one_exchange():
    graph = specialise(make_program(distributed=True).graphs["train"].graph, {"batch": 4})
    assert sum(node.primitive == "psum" for node in optimise(graph, alone=False).nodes) == 1
