"""Executables against the plain interpreter of graphs."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.executable import Executable
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.trace import evaluate
from bigdl_backend.graph.validate import validate


def check_step(step, threads: int, optimised: bool, alone: bool = True) -> None:
    """One run of the executable: outputs, and state in place, equal the interpreter's."""
    validate(step.graph)
    n_users = len(step.graph.outputs) - step.n_state
    expected = [np.array(x) for x in evaluate(step.graph, [np.array(a) for a in step.arrays])]
    graph = optimise(step.graph, alone, check=validate) if optimised else step.graph
    state = [np.array(array) for array in step.arrays[: step.n_state]]
    executable = Executable(graph, state, state, threads=threads)
    outputs = executable.run(step.arrays[step.n_state :])
    for got, want in zip([*outputs, *state], expected, strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-5)
    assert len(outputs) == n_users


@pytest.mark.parametrize("optimised", [False, True], ids=["plain", "optimised"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", range(4))
def test_random_graphs(random_step, block, threads, optimised):
    for seed in range(block * 20, block * 20 + 20):
        check_step(random_step(seed, nodes=5 + seed % 20), threads, optimised, seed % 2 == 0)


@pytest.mark.parametrize("block", range(4))
def test_gradients_of_random_graphs(random_step, block):
    for seed in range(1000 + block * 15, 1000 + block * 15 + 15):
        check_step(random_step(seed, nodes=5 + seed % 12, gradients=True), 1, optimised=True)
