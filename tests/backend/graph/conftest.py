"""Random graphs for testing what transforms and runs graphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from bigdl_backend.graph.gradient import grad
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import as_tensor, bind, evaluate, tracing
from bigdl_backend.graph.validate import validate
from bigdl_backend.primitives import functional as F

SHAPES = [(), (3,), (2, 3), (4, 3), (2, 4), (3, 3), (2, 2, 3)]
SMOOTH = ["tanh", "sigmoid", "sin", "cos", "neg", "square", "erf", "atan", "softplus"]


@dataclass
class RandomStep:
    """A graph whose first inputs are state and whose last outputs are that state's new values."""

    graph: Graph
    arrays: list[np.ndarray]
    n_state: int


class _Grower:
    """Adds random nodes. Comparisons see only inputs, whose values are exact on every engine."""

    def __init__(self, rng: np.random.Generator, n_state: int) -> None:
        self.rng = rng
        self.graph = Graph()
        self.arrays: list[np.ndarray] = []
        for i in range(n_state + int(rng.integers(1, 4))):
            shape = SHAPES[rng.integers(len(SHAPES))]
            self.arrays.append(np.asarray(rng.integers(-8, 9, shape) / 4, np.float32))
            self.graph.input(TensorSpec.of(shape, "float32"), f"x{i}")
        self.values = list(self.graph.inputs)

    def pick(self, minimum_rank: int = 0):
        found = [value for value in self.values if value.ndim >= minimum_rank]
        return found[self.rng.integers(len(found))] if found else None

    def grow(self, nodes: int) -> None:
        kinds = [self.smooth, self.binary, self.binary, self.movement, self.reduction, self.product]
        kinds += [self.choice, self.cast, self.identity, self.dense, self.total, self.loop]
        for _ in range(nodes):
            made = kinds[self.rng.integers(len(kinds))]()
            if made is not None and made.size <= 200:
                self.values.append(made)

    def smooth(self):
        return bind(SMOOTH[self.rng.integers(len(SMOOTH))], self.pick())

    def binary(self):
        x, y = self.pick(), self.pick()
        name = ["add", "sub", "mul", "maximum"][self.rng.integers(4)]
        try:
            np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            return bind("mul", x, np.float32(0.5))
        return bind(name, bind("tanh", x), bind("sin", y))

    def choice(self):
        x, y = self.pick(), self.pick()
        condition = bind("gt", self.graph.inputs[0], np.float32(0.25))
        if condition.shape == x.shape == y.shape:
            return bind("select", condition, x, y)
        return None

    def movement(self):
        x = self.pick(minimum_rank=1)
        if x is None:
            return None
        kind = self.rng.integers(7)
        if kind == 0:
            return F.reshape(x, (-1,))
        if kind == 1:
            return F.transpose(x)
        if kind == 2:
            return bind("concat", x, bind("neg", x), axis=0)
        if kind == 3:
            starts = tuple(min(1, size) for size in x.shape)
            return bind("slice", x, starts=starts, limits=x.shape, strides=(1,) * x.ndim)
        if kind == 4:
            return bind("reverse", x, axes=(0,))
        if kind == 5:
            return bind("broadcast_to", x, shape=(2, *x.shape))
        ones = (1,) * x.ndim
        return bind("pad", x, np.float32(0.5), low=ones, high=ones, interior=(0,) * x.ndim)

    def reduction(self):
        x = self.pick(minimum_rank=1)
        if x is None:
            return None
        axes = (int(self.rng.integers(x.ndim)),)
        return bind("reduce_sum", x, axes=axes, keepdims=bool(self.rng.integers(2)))

    def product(self):
        x, y = self.pick(minimum_rank=2), self.pick(minimum_rank=2)
        if x is None or y.ndim != 2 or x.shape[-1] != y.shape[0]:
            return None
        return bind("tanh", bind("matmul", x, y, transpose_a=False, transpose_b=False))

    def dense(self):
        x = self.pick(minimum_rank=2)
        if x is None:
            return None
        kernel = self.rng.standard_normal((x.shape[-1], 3)).astype(np.float32) / 4
        biases = [value for value in self.values if value.shape == (3,)]
        bias = biases[0] if biases else np.full(3, 0.1, np.float32)
        product = bind("matmul", bind("tanh", x), kernel, transpose_a=False, transpose_b=False)
        activation = [F.tanh, F.sigmoid, lambda v: v][self.rng.integers(3)]
        return activation(bind("add", product, bias))

    def cast(self):
        wide = bind("cast", self.pick(), dtype="float64")
        return bind("cast", bind("mul", wide, np.float64(0.5)), dtype="float32")

    def identity(self):
        x = self.pick()
        kind = self.rng.integers(4)
        if kind == 0:
            return bind("add", x, np.zeros(x.shape, np.float32))
        if kind == 1:
            return bind("mul", x, np.float32(1))
        if kind == 2:
            return bind("transpose", bind("transpose", x, perm=_reversed(x)), perm=_reversed(x))
        return bind("stop_gradient", bind("neg", bind("neg", x)))

    def total(self):
        return bind("psum", self.pick())

    def of_spec(self, spec: TensorSpec):
        found = [value for value in self.values if value.spec == spec]
        return found[self.rng.integers(len(found))]

    def loop(self):
        x = self.pick(minimum_rank=1)
        if x is None:
            return None
        outer = bind("tanh", self.pick())
        factor = F.mean(outer)
        start = bind("reduce_sum", x, axes=(0,), keepdims=False)

        def step(carries, slices):
            (state,), (item,) = carries, slices
            new = bind("tanh", bind("add", bind("mul", state, factor), item))
            return [new], [bind("mul", new, item), bind("add", state, np.float32(0))]

        reverse = bool(self.rng.integers(2))
        (last,), ys = F.scan(step, [start], [x], reverse=reverse)
        return [last, *ys][self.rng.integers(3)]


def _reversed(x) -> tuple[int, ...]:
    return tuple(range(x.ndim))[::-1]


def make_random_step(seed: int, nodes: int = 14, gradients: bool = False) -> RandomStep:
    """A random graph with up to three state variables, reproducible by its seed."""
    rng = np.random.default_rng(seed)
    n_state = int(rng.integers(0, 4))
    grower = _Grower(rng, n_state)
    with tracing(grower.graph):
        grower.grow(nodes)
        users = [grower.values[i] for i in rng.integers(len(grower.values), size=2)]
        users += grower.values[-4:]
        if gradients:
            loss = sum(F.mean(bind("tanh", value)) for value in users)
            slopes = [
                as_tensor(grower.graph, slope)
                for slope in grad(as_tensor(grower.graph, loss), grower.graph.inputs)
            ]
            users += slopes
            new_state = [
                bind("sub", x, bind("mul", slope, np.float32(0.1)))
                for x, slope in zip(grower.graph.inputs[:n_state], slopes, strict=False)
            ]
        else:
            new_state = [grower.of_spec(x.spec) for x in grower.graph.inputs[:n_state]]
    grower.graph.outputs = [*users, *new_state]
    return RandomStep(grower.graph, grower.arrays, n_state)


@pytest.fixture(scope="session")
def random_step():
    return make_random_step


def make_graph(function, *shapes, dtype="float32") -> Graph:
    """The graph of ``function(*tensors)``, with outputs as tensors even where they are constant."""
    graph = Graph()
    inputs = [graph.input(TensorSpec.of(shape, dtype), f"x{i}") for i, shape in enumerate(shapes)]
    with tracing(graph):
        results = function(*inputs)
    results = results if isinstance(results, list | tuple) else [results]
    graph.outputs = [as_tensor(graph, result) for result in results]
    return graph


def apply_pass(rewrite, graph: Graph, rtol: float = 1e-6) -> Graph:
    """The rewritten graph, after checking that it is valid and gives the same results."""
    validate(graph)
    before = str(graph)
    rewritten = validate(rewrite(graph))
    assert str(graph) == before, "a pass changed the graph it was given"
    assert [t.spec for t in rewritten.inputs] == [t.spec for t in graph.inputs]
    rng = np.random.default_rng(0)
    arrays = [
        rng.standard_normal(t.shape).astype(t.dtype)
        if "float" in t.dtype.name
        else rng.integers(0, 2, t.shape).astype(t.dtype)
        for t in graph.inputs
    ]
    for got, want in zip(evaluate(rewritten, arrays), evaluate(graph, arrays), strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol)
    return rewritten


@pytest.fixture(scope="session")
def graph_of():
    return make_graph


@pytest.fixture(scope="session")
def rewritten():
    return apply_pass


def names(graph: Graph) -> list[str]:
    return [node.primitive for node in graph.nodes]


@pytest.fixture(scope="session")
def primitives_of():
    return names
