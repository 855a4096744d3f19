"""Plans: memory that is never used twice at once, state written in place."""

from __future__ import annotations

import numpy as np
import pytest

from bigdl_backend.graph.executable import Executable
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.plan import Plan, make_plan
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind


def without_kernels(node, in_place):
    return None


def span(buffer):
    return range(buffer.offset, buffer.offset + buffer.size)


def overlap(a, b) -> bool:
    return max(a.start, b.start) < min(a.stop, b.stop)


def check_memory(plan: Plan) -> None:
    """Every step finds in its inputs what was written there, and writes no input but one it replaces."""
    writer = np.zeros(plan.arena_bytes, np.int64)
    written: dict[int, int] = {}
    under_way: list = []
    for token, step in enumerate(plan.steps, start=1):
        under_way = [other for other in under_way if other is not step.awaited]
        for other in under_way:
            touched = [id(buffer) for buffer in (*step.outputs, *step.spare)]
            assert not {id(buffer) for buffer in (*other.inputs, *other.outputs)} & set(touched)
            assert not {id(buffer) for buffer in other.outputs} & {id(b) for b in step.inputs}
            for buffer in (*other.inputs, *other.outputs):
                if buffer.kind == "arena" and buffer.size:
                    assert (writer[buffer.offset :][: buffer.size] == written[id(buffer)]).all()
        if step.overlaps:
            under_way.append(step)
        for buffer in step.inputs:
            if buffer.kind == "arena" and buffer.size:
                assert (writer[buffer.offset :][: buffer.size] == written[id(buffer)]).all()
        made = [b for b in (*step.outputs, *step.spare) if b.kind == "arena"]
        for i, buffer in enumerate(made):
            others = [*made[:i], *(b for b in step.inputs if b.kind == "arena" and b is not buffer)]
            assert not any(overlap(span(buffer), span(other)) for other in others)
        for buffer in made:
            writer[buffer.offset :][: buffer.size] = token
            written[id(buffer)] = token
    assert not under_way


@pytest.mark.parametrize("native", [False, True], ids=["truth", "native"])
def test_random_plans_keep_values_apart(random_step, native):
    for seed in range(60):
        step = random_step(seed, nodes=8 + seed % 25, gradients=seed % 3 == 0)
        state = step.arrays[: step.n_state]
        if native:
            graph = optimise(step.graph, alone=seed % 2 == 0)
            check_memory(Executable(graph, state, state).plan)
        else:
            check_memory(make_plan(step.graph, without_kernels, state, state))


def state_graph(update, n_state=1, shape=(8,)):
    graph = Graph()
    inputs = [graph.input(TensorSpec.of(shape, "float32"), f"s{i}") for i in range(n_state)]
    inputs.append(graph.input(TensorSpec.of(shape, "float32"), "x"))
    graph.outputs = update(graph, *inputs)
    return graph


def copies(plan: Plan) -> int:
    return sum(str(step) == "copy" for step in plan.steps)


def run(graph, state, arrays):
    executable = Executable(graph, state, state)
    return executable, executable.run(arrays)


def test_state_is_updated_where_it_is():
    graph = state_graph(lambda g, s, x: [bind("add", s, x)])
    state = [np.arange(8, dtype=np.float32)]
    executable, _ = run(graph, state, [np.ones(8, np.float32)])
    np.testing.assert_array_equal(state[0], np.arange(1, 9))
    assert copies(executable.plan) == 0
    assert executable.plan.arena_bytes == 0


def test_readers_of_the_old_state_go_before_its_update():
    def update(graph, s, x):
        new = bind("add", s, x)
        return [bind("exp", bind("reshape", s, shape=(2, 4))), new]

    state = [np.ones(8, np.float32)]
    executable, (y,) = run(state_graph(update), state, [np.ones(8, np.float32)])
    np.testing.assert_allclose(y, np.full((2, 4), np.e), rtol=1e-6)
    np.testing.assert_array_equal(state[0], np.full(8, 2))
    assert copies(executable.plan) == 0


def test_state_read_after_its_update_is_copied_at_the_end():
    def update(graph, s, x):
        new = bind("add", bind("tanh", s), x)
        return [
            bind(
                "matmul",
                *(bind("reshape", v, shape=(1, 8)) for v in (new, s)),
                transpose_a=True,
                transpose_b=False,
            ),
            new,
        ]

    start, x = np.linspace(-1, 1, 8, dtype=np.float32), np.ones(8, np.float32)
    state = [start.copy()]
    executable, (y,) = run(state_graph(update), state, [x])
    new = np.tanh(start) + x
    np.testing.assert_allclose(y, np.outer(new, start), rtol=1e-5)
    np.testing.assert_allclose(state[0], new, rtol=1e-6)
    assert copies(executable.plan) == 1


def test_states_can_change_places():
    graph = state_graph(lambda g, a, b, x: [a, b, a], n_state=2)
    state = [np.full(8, 1, np.float32), np.full(8, 2, np.float32)]
    _, (old,) = run(graph, state, [np.zeros(8, np.float32)])
    assert (old[0], state[0][0], state[1][0]) == (1, 2, 1)


def test_old_state_can_be_an_output():
    graph = state_graph(lambda g, s, x: [s, bind("reshape", s, shape=(2, 4)), bind("neg", s)])
    state = [np.full(8, 3, np.float32)]
    _, (old, shaped) = run(graph, state, [np.zeros(8, np.float32)])
    assert old[0] == shaped[0, 0] == 3
    assert state[0][0] == -3


def test_one_value_for_two_states_and_an_output():
    def update(graph, a, b, x):
        new = bind("add", a, x)
        return [new, new, new]

    state = [np.zeros(8, np.float32), np.ones(8, np.float32)]
    _, (y,) = run(state_graph(update, n_state=2), state, [np.full(8, 5, np.float32)])
    for array in (y, *state):
        np.testing.assert_array_equal(array, np.full(8, 5))


def test_state_stays_while_a_sum_reads_it():
    def update(graph, s, x):
        (total,) = graph.add("psum", [s], {}, [s.spec])
        new = bind("add", s, x)
        return [bind("exp", new), bind("neg", total), new]

    graph = state_graph(update)
    plan = make_plan(graph, without_kernels, state := [np.ones(8, np.float32)], state)
    (sum_step,) = [step for step in plan.steps if step.overlaps]
    check_memory(plan)
    names = [str(step) for step in plan.steps]
    assert names.index("wait") > names.index("add") > names.index("psum")
    assert sum_step.inputs[0] is not plan.steps[names.index("add")].outputs[0]
    assert copies(plan) == 1


def test_outputs_of_two_runs_are_different_arrays():
    graph = state_graph(lambda g, s, x: [bind("mul", s, x), s])
    executable, (first,) = run(graph, [np.ones(8, np.float32)], [np.ones(8, np.float32)])
    (second,) = executable.run([np.full(8, 2, np.float32)])
    assert first[0] == 1
    assert second[0] == 2


def test_intermediate_results_share_memory():
    def chain(graph, s, x):
        for _ in range(10):
            x = bind("concat", x, x, axis=0)
            x = bind("slice", x, starts=(4,), limits=(1028,), strides=(1,))
        return [x, s]

    graph = state_graph(chain, shape=(1024,))
    state = [np.zeros(1024, np.float32)]
    executable, _ = run(graph, state, [np.ones(1024, np.float32)])
    assert executable.plan.arena_bytes <= 4 * (2048 + 1024 + 1024)
