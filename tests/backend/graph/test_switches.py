"""Optimisations one by one turned off: other plans, the same numbers."""

from __future__ import annotations

import pkgutil

import numpy as np
import pytest

from bigdl_backend.graph import passes
from bigdl_backend.graph.executable import Executable, has_kernel
from bigdl_backend.graph.optimise import OPTIONAL, optimise
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.switches import VARIABLE
from bigdl_backend.graph.trace import trace
from bigdl_backend.primitives import functional as F

# Without these steps do not run, or not on several workers, or they are no pass.
NEEDED = {"collectives", "dead_code", "elementwise", "row_sums", "widened_halves"}


def optimised(step):
    return optimise(step.graph, has_kernel=has_kernel)


@pytest.mark.parametrize("name", [*sorted(OPTIONAL), "all"])
def test_numbers_stay(random_step, monkeypatch, name):
    for seed in range(3000, 3012):
        step = random_step(seed, nodes=15, gradients=seed % 2 == 0)
        results = []
        for off in ("", name):
            monkeypatch.setenv(VARIABLE, off)
            state = [np.array(array) for array in step.arrays[: step.n_state]]
            executable = Executable(optimised(step), state, state, threads=1)
            results.append([*executable.run(step.arrays[step.n_state :]), *state])
        for one, other in zip(*results, strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_a_pass_that_is_off_does_nothing(monkeypatch):
    graph = trace(lambda x: F.tanh(F.exp(x) + 1.0), [TensorSpec.of((8,), "float32")])
    assert [node.primitive for node in optimise(graph).nodes] == ["fused_elementwise"]
    monkeypatch.setenv(VARIABLE, " elementwise_fusion ,algebra")
    assert [node.primitive for node in optimise(graph).nodes][-3:] == ["exp", "add", "tanh"]


def test_unknown_names_are_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "algebra,fusion")
    with pytest.raises(ValueError, match="names fusion; it can turn off adam_updates, algebra"):
        optimise(trace(lambda x: x, [TensorSpec.of((8,), "float32")]))


def test_every_pass_has_a_switch_or_is_needed():
    assert {module.name for module in pkgutil.iter_modules(passes.__path__)} == OPTIONAL | NEEDED
