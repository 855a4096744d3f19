"""Sessions: state in place, shapes, special inputs, errors."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from bigdl_backend.graph import registry
from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.session import Session
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind, trace
from bigdl_backend.primitives import functional as F

BATCH = Dim.var("batch")
F32 = np.float32


def train_step(w, x, y, rows):
    error = F.subtract(F.matmul(x, F.expand_dims(w, 1))[:, 0], y)
    loss = F.sum(F.square(error)) / rows
    slope = F.matmul(F.expand_dims(error, 0), x)[0] * 2 / rows
    return [loss, w - slope * F32(0.1)]


def make_program() -> Program:
    specs = [
        TensorSpec.of((3,), "float32"),
        TensorSpec.of((BATCH, 3), "float32"),
        TensorSpec.of((BATCH,), "float32"),
        TensorSpec.of((), "float32"),
    ]
    train = trace(train_step, specs, ["w", "x", "y", "global_batch"])
    predict = trace(lambda w, x: F.matmul(x, F.expand_dims(w, 1))[:, 0], specs[:2], ["w", "x"])
    return Program(
        {
            "train": StepGraph(train, ["w"], ["x", "y"], ["loss"], ["w"]),
            "predict": StepGraph(predict, ["w"], ["x"], ["y"], []),
        },
        {"w": np.zeros(3, F32)},
    )


@pytest.fixture(params=["native", "truth"])
def engine(request, monkeypatch):
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "1" if request.param == "native" else "0")


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 3)).astype(F32)
    return x, x @ np.array([1, -2, 3], F32)


def test_training_updates_the_arrays_given(engine, data):
    program = make_program()
    w = program.state["w"]
    session = Session(program, threads=1)
    expected = np.zeros(3, np.float64)
    x, y = data
    for _ in range(100):
        (loss,) = session.run("train", [x, y], global_batch=8)
        error = x @ expected - y
        np.testing.assert_allclose(loss, np.mean(error**2), rtol=1e-3, atol=1e-6)
        expected -= 0.1 * 2 / 8 * error @ x
        np.testing.assert_allclose(w, expected, rtol=1e-4, atol=1e-5)
    assert session.state["w"] is w
    np.testing.assert_allclose(w, [1, -2, 3], rtol=0.05)


def test_each_batch_size_works(engine, data):
    session = Session(make_program(), threads=1)
    session.state["w"][...] = [1, 2, 3]
    for size in (1, 8, 3, 8, 1):
        (y,) = session.run("predict", [data[0][:size]])
        np.testing.assert_allclose(y, data[0][:size] @ np.array([1, 2, 3], F32), rtol=1e-5)


def test_plans_for_many_shapes_do_not_pile_up(monkeypatch):
    prepared = []
    prepare = Session._prepare
    monkeypatch.setattr(
        Session, "_prepare", lambda self, *args: prepared.append(1) or prepare(self, *args)
    )
    session = Session(make_program(), threads=1)
    for size in [*range(1, 30), 1]:
        session.run("predict", [np.ones((size, 3), F32)])
        session.run("predict", [np.ones((29, 3), F32)])
    assert len(prepared) == 30
    assert len(session._engines) < 29


def test_plans_share_their_working_memory(monkeypatch):
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "1")

    def wide(x):
        return F.sum(F.matmul(x, F.transpose(x)) @ F.sin(x))

    graph = trace(wide, [TensorSpec.of((BATCH, 8), "float32")], ["x"])
    session = Session(Program({"s": StepGraph(graph, [], ["x"], ["y"], [])}), threads=1)
    rng = np.random.default_rng(0)
    sizes, memory = [40, 9, 300, 40, 9, 700, 300], []
    for size in sizes:
        x = rng.standard_normal((size, 8)).astype(F32)
        (y,) = session.run("s", [x])
        np.testing.assert_allclose(y, (x @ x.T @ np.sin(x)).sum(), rtol=1e-3)
        memory.append(session._arena.bytes)
    assert memory == sorted(memory)
    assert memory[2] == memory[3] == memory[4] < memory[5] == memory[6]


def test_outputs_are_new_arrays(engine, data):
    session = Session(make_program(), threads=1)
    (first,) = session.run("predict", [data[0]])
    session.state["w"][...] = 1
    (second,) = session.run("predict", [data[0]])
    assert not first.any()
    assert second.any()


def test_inputs_are_converted(engine, data):
    session = Session(make_program(), threads=1)
    session.state["w"][...] = [1, 2, 3]
    x = np.asfortranarray(data[0].astype(np.float64))
    (y,) = session.run("predict", [x])
    assert y.dtype == F32
    np.testing.assert_allclose(y, data[0] @ np.array([1, 2, 3], F32), rtol=1e-5)


def test_threads_take_turns(data):
    session = Session(make_program(), threads=1)
    session.state["w"][...] = 1
    wrong = []

    def work(rows):
        x = np.full((rows, 3), rows, F32)
        for _ in range(50):
            (y,) = session.run("predict", [x])
            if not (y == 3 * rows).all():
                wrong.append(y)

    workers = [threading.Thread(target=work, args=(rows,)) for rows in (2, 2, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s, x, y: s.run("fit", [x]), r"no step 'fit'; it has \['predict', 'train'\]"),
        (lambda s, x, y: s.run("predict", [x, y]), r"takes 1 batch inputs \(x\), 2 were given"),
        (lambda s, x, y: s.run("train", [x, y]), r"special inputs \['global_batch'\], \[\] were"),
        (lambda s, x, y: s.run("predict", [x], seed=1), r"\['seed'\] were given"),
        (lambda s, x, y: s.run("predict", [y]), r"input 'x': expected an array of shape"),
        (lambda s, x, y: s.run("predict", [x[:, :2]]), r"input 'x': expected an array of shape"),
        (lambda s, x, y: s.run("train", [x, y[:5]], global_batch=8), r"input 'y': .*got \(5,\)"),
    ],
)
def test_errors_name_the_input(call, message, engine, data):
    with pytest.raises(ValueError, match=message):
        call(Session(make_program(), threads=1), *data)


def test_state_cannot_be_replaced():
    session = Session(make_program(), threads=1)
    with pytest.raises(TypeError):
        session.state["w"] = np.ones(3, F32)


def test_state_must_be_writable():
    program = make_program()
    program.state["w"].flags.writeable = False
    with pytest.raises(ValueError, match="'w' is updated in place"):
        Session(program)


def test_errors_of_python_steps_reach_the_caller(monkeypatch):
    def broken(x):
        raise ArithmeticError("no order today")

    row = registry.Primitive("broken", broken, lambda x: x)
    monkeypatch.setitem(registry.PRIMITIVES, "broken", row)
    graph = trace(lambda x: bind("broken", x), [TensorSpec.of((BATCH,), "float32")], ["x"])
    session = Session(Program({"s": StepGraph(graph, [], ["x"], ["y"], [])}), threads=1)
    for _ in range(2):
        with pytest.raises(ArithmeticError, match="no order today"):
            session.run("s", [np.ones(4, F32)])


def test_loop_that_overwrites_its_carry(engine):
    def running(x, start):
        (last,), ys = F.scan(
            lambda c, s: ([bind("sub", s[0], c[0])], [c[0]]), [start], [x], reverse=True
        )
        return [last, *ys]

    specs = [TensorSpec.of((Dim.var("time"), 2), "float32"), TensorSpec.of((2,), "float32")]
    graph = trace(running, specs, ["x", "start"])
    session = Session(Program({"s": StepGraph(graph, [], ["x", "start"], ["a", "b"], [])}))
    for length in (1, 2, 5):
        x = np.arange(2 * length, dtype=F32).reshape(length, 2)
        last, ys = session.run("s", [x, np.ones(2, F32)])
        carry = np.ones(2, F32)
        for t in reversed(range(length)):
            np.testing.assert_array_equal(ys[t], carry)
            carry = x[t] - carry
        np.testing.assert_array_equal(last, carry)
