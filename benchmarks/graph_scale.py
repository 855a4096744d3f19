"""Time to trace, differentiate, optimise and plan a graph against its number of nodes.

    python benchmarks/graph_scale.py [--layers 10 100 1000] [--nodes 100 1000 10000]

Two kinds of graphs: training steps of dense nets of many layers, and random graphs of elementwise operations, sums and
products that share their operands. Seconds are of processor time, and every stage counts with its fastest round. The
growth is the exponent between two sizes: 1 is linear.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
from report import Report

import bigdl_keras as keras
from bigdl_backend.graph.executable import Executable, has_kernel
from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.specialise import specialise
from bigdl_backend.graph.trace import as_tensor, tracing
from bigdl_backend.primitives import functional as F
from bigdl_keras.trainers.step import batch_spec, trace_program

STAGES = ("build", "trace", "differentiate", "specialise", "optimise", "plan")


def main():
    args = parse_arguments()
    report = Report("graph_scale")
    for kind, make, sizes in (
        ("dense layers", dense_net, args.layers),
        ("random nodes", random_graph, args.nodes),
    ):
        rows = []
        for size in sizes:
            rounds = [timed(make, size) for _ in range(args.rounds)]
            best = {stage: min(seconds[stage] for _, seconds in rounds) for stage in STAGES}
            total = sum(best.values())
            row = {"graph": kind, "size": size, "nodes": rounds[0][0], **best, "seconds": total}
            if rows:
                more = math.log(row["nodes"] / rows[-1]["nodes"])
                row["growth"] = math.log(total / rows[-1]["seconds"]) / more
            rows.append(row)
        report.rows += rows
    report.write(args.output)
    with report.picture(args.output) as figure:
        draw(report.rows, figure.subplots())


def timed(make, size):
    """The number of nodes, and seconds by stage."""
    watch = Stopwatch()
    graph, state, new_state = make(size, watch)
    concrete = specialise(graph, {"batch": 4})
    watch.lap("specialise")
    optimised = optimise(concrete, has_kernel=has_kernel)
    watch.lap("optimise")
    Executable(optimised, state, new_state)
    watch.lap("plan")
    return len(graph.nodes), watch.seconds


class Stopwatch:
    """Seconds of the processor by stage; a lap ends where the next begins."""

    def __init__(self):
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._last = time.process_time()

    def lap(self, stage):
        now = time.process_time()
        self.seconds[stage] += now - self._last
        self._last = now


def dense_net(layers, watch):
    """The training step of a net; its gradient is part of what is traced."""
    x = keras.Input((8,))
    y = x
    for _ in range(layers):
        y = keras.layers.Dense(8, activation="tanh")(y)
    model = keras.Model(x, y)
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    watch.lap("build")
    rows = batch_spec((8,), "float32")
    program = trace_program(model, ["train"], (rows, rows, None)).program
    watch.lap("trace")
    step = program.graphs["train"]
    arrays = [[program.state[name] for name in names] for names in (step.state_in, step.state_out)]
    return step.graph, *arrays


def random_graph(nodes, watch):
    """Operations on operands chosen among the last thirty values, and the gradient of their mean."""
    rng = np.random.default_rng(0)
    graph = Graph()
    inputs = [graph.input(TensorSpec.of((4, 4), "float32"), f"x{i}") for i in range(4)]
    values = list(inputs)
    binary = (F.add, F.multiply, F.maximum, F.matmul)
    with tracing(graph):
        while len(graph.nodes) < nodes / 3:  # gradients are twice as many again
            a, b = (values[-1 - rng.integers(min(30, len(values)))] for _ in range(2))
            values.append(F.tanh(binary[rng.integers(4)](a, b)))
        loss = as_tensor(graph, F.mean(sum(values[-30:])))
        watch.lap("trace")
        graph.outputs = [loss, *grad(loss, inputs)]
        watch.lap("differentiate")
    return graph, [], []


def draw(rows, axes):
    for kind in dict.fromkeys(row["graph"] for row in rows):
        chosen = [row for row in rows if row["graph"] == kind]
        counts = [row["nodes"] for row in chosen]
        axes.loglog(counts, [row["seconds"] for row in chosen], "o-", label=kind)
        per_node = chosen[0]["seconds"] / counts[0]
        axes.loglog(counts, [per_node * count for count in counts], ":", color="gray")
    axes.set(xlabel="nodes", ylabel="seconds (dotted: linear)")
    axes.legend()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, nargs="+", default=[10, 100, 300, 1000])
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1000, 3000, 10_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/graph_scale.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
