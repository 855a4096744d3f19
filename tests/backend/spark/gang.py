"""A small program and threads that play the workers, for tests of the coordinator without Spark."""

import pickle
import subprocess
import sys
import threading

import numpy as np

from bigdl_backend.graph.dims import Dim
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.replica import Replica, global_size, replica_scope, sum_across
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind, tracing
from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.ingest import Block, DataSet
from bigdl_backend.spark.worker import run_worker

FIELDS = (Field("c0", (3,), "float32", "array<float>"), Field("c1", (), "float32", "float"))


def regression_program(distributed=True, rate=0.1):
    """Linear regression by momentum, with the mean loss of an epoch as metric state."""
    state = {
        "w": np.zeros((3, 1), "float32"),
        "momentum": np.zeros((3, 1), "float32"),
        "total": np.zeros((), "float32"),
        "count": np.zeros((), "float32"),
    }
    return Program(
        {name: _step(name, state, distributed, rate) for name in ("train", "test")}, state
    )


def _step(name, state, distributed, rate):
    graph = Graph()
    batch = Dim.var("batch")
    w, momentum, total, count = (
        graph.input(TensorSpec.of(value.shape, value.dtype), key) for key, value in state.items()
    )
    x = graph.input(TensorSpec.of((batch, 3), "float32"), "x")
    y = graph.input(TensorSpec.of((batch,), "float32"), "y")
    with tracing(graph), replica_scope(Replica(graph, batch, distributed)):
        predicted = bind(
            "reshape", bind("matmul", x, w, transpose_a=False, transpose_b=False), shape=(batch,)
        )
        squared = bind("square", bind("sub", predicted, y))
        size = global_size(squared)
        loss = bind("div", bind("reduce_sum", squared, axes=(0,), keepdims=False), size)
        reported = sum_across(loss)
        new = [bind("add", total, bind("mul", reported, size)), bind("add", count, size)]
        if name == "train":
            slope = sum_across(grad(loss, [w])[0])
            speed = bind(
                "sub",
                bind("mul", momentum, np.full((), 0.9, "float32")),
                bind("mul", slope, np.full((), rate, "float32")),
            )
            new = [bind("add", w, speed), speed, *new]
    graph.outputs = [reported, *new]
    keys = list(state)
    return StepGraph(graph, keys, ["x", "y"], ["loss"], keys if name == "train" else keys[2:])


def make_rows(count, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, 3)).astype("float32")
    y = (x @ np.array([1.0, -2.0, 0.5]) + generator.normal(size=count) * 0.1).astype("float32")
    return x, y


def blocks_of(worker, workers, datasets, rows, partitions=3):
    """The blocks that Spark would hand to a worker: `rows[d]` = (x, y) of data set d."""
    for number, (x, y) in enumerate(rows):
        partition = np.arange(len(x)) % partitions
        position = np.arange(len(x)) // partitions
        owner = (partition + position) % datasets[number].lanes % workers
        mine = np.flatnonzero(owner == worker)
        yield Block(number, partition[mine], position[mine], [x[mine], y[mine]])


def dataset(name, count, lanes=12):
    return DataSet(name, FIELDS, count, lanes)


class WorkerThread(threading.Thread):
    """One worker; `error` is what ended it against its will."""

    def __init__(self, plan, program, worker, blocks):
        super().__init__(daemon=True)
        self.arguments = plan, program, worker, blocks
        self.error = None

    def run(self):
        try:
            run_worker(*self.arguments)
        except Exception as error:
            self.error = error


class WorkerProcess:
    """One worker in a process of its own, which a test may kill."""

    def __init__(self, plan, worker, counts):
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE)
        self.process.stdin.write(pickle.dumps((plan, worker, counts)))
        self.process.stdin.close()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def wait(self):
        return self.process.wait(30)


if __name__ == "__main__":
    given_plan, number, row_counts = pickle.load(sys.stdin.buffer)
    given_rows = [make_rows(size, seed) for seed, size in enumerate(row_counts)]
    given_blocks = blocks_of(number, given_plan.workers, given_plan.datasets, given_rows)
    run_worker(given_plan, regression_program(), number, given_blocks)
