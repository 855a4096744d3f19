"""Tracing `train_step`, `test_step` and `predict_step` of a model into programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bigdl_backend.graph import replica
from bigdl_backend.graph.dims import Dim, strict_comparisons
from bigdl_backend.graph.garbage import no_collections
from bigdl_backend.graph.gradient import is_differentiable
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import as_tensor
from bigdl_keras import tree
from bigdl_keras.core.host_stage import HostStage, check_no_text_inside
from bigdl_keras.core.trace_scope import TraceScope
from bigdl_keras.core.variable import Variable
from bigdl_keras.trainers.call_step import call_step
from bigdl_keras.trainers.log_order import ordered_logs

BATCH = Dim.var("batch")
_MODES = ("train", "test", "predict")


@dataclass
class StateNames:
    """One name in programs for every variable: its path, numbered where paths collide."""

    variables: dict[str, Variable] = field(default_factory=dict)
    _names: dict[Variable, str] = field(default_factory=dict)

    def of(self, variable: Variable) -> str:
        """The name of `variable`, given at the first call."""
        if variable not in self._names:
            name, count = variable.path, 1
            while name in self.variables:
                count += 1
                name = f"{variable.path}#{count}"
            self.variables[name] = variable
            self._names[variable] = name
        return self._names[variable]


@dataclass
class TracedStep:
    """A step as a graph, and what its outputs stand for.

    Attributes:
        graph: the step.
        structure: its result with output numbers at the leaves: logs by name, or predictions.
        host: what makes the graph's batch inputs of the arrays of a batch.
    """

    graph: StepGraph
    structure: Any
    host: HostStage


@dataclass
class ModelProgram:
    """Steps of a model that share one state.

    Attributes:
        program: what runs.
        variables: the variable behind every state array, by name. The arrays are the variables'
            own storage, so whoever changes them changes the model.
        metric_state: the names of state that begins every epoch with zeros.
        steps: by mode.
    """

    program: Program
    variables: dict[str, Variable]
    metric_state: tuple[str, ...]
    steps: dict[str, TracedStep]


def batch_spec(shape: Sequence[Any], dtype: Any) -> TensorSpec:
    """The spec of batches whose rows have this shape: `shape` without the axis of rows."""
    return TensorSpec.of((BATCH, *shape), dtype)


def trace_program(
    model: Any, modes: Iterable[str], specs: Any, distributed: bool = False
) -> ModelProgram:
    """Trace steps of a built model.

    Args:
        model: a compiled model (for "predict" alone a built one).
        modes: among "train", "test", "predict".
        specs: `(x, y, sample_weight)`, structures of `TensorSpec`s, `None` where absent. Made by
            `batch_spec` they fit any number of rows. "predict" uses `x` only.
        distributed: the steps will run on several workers at once.
    """
    names = StateNames()
    steps = {}
    for mode in modes:
        given = (specs[0], None, None) if mode == "predict" else specs
        steps[mode] = _trace_step(model, mode, given, names, distributed)
    metric_state = tuple(names.of(variable) for variable in model.metrics_variables)
    state = {name: variable.storage for name, variable in names.variables.items()}
    program = Program({mode: step.graph for mode, step in steps.items()}, state)
    return ModelProgram(program, names.variables, metric_state, steps)


@no_collections()
def _trace_step(
    model: Any, mode: str, specs: Any, names: StateNames, distributed: bool
) -> TracedStep:
    if mode not in _MODES:
        raise ValueError(f"Unknown step {mode!r}; the steps are {_MODES}.")
    graph = Graph()
    special = replica.Replica(graph, BATCH, distributed)
    scope = TraceScope(graph)
    batch = {
        _leaf_name(path): graph.input(spec, _leaf_name(path))
        for path, spec in tree.flatten_with_path(specs)
        if spec is not None
    }
    tensors = iter(batch.values())
    data = tree.map_structure(lambda spec: None if spec is None else next(tensors), specs)
    with replica.replica_scope(special), strict_comparisons(), scope:
        metrics = model.metrics_variables if distributed and mode != "predict" else []
        begin = {variable: variable.value for variable in metrics}
        for variable in metrics:
            variable.assign(variable.value * 0)
        results = call_step(model, mode, data)
        if distributed:
            _merge(scope, begin, model.non_trainable_variables)
            if metrics:
                results = _merged_logs(model, results)
    if mode != "predict":
        results = ordered_logs(results)
    return _as_step(scope, batch, special.special, results, names)


def _merge(
    scope: TraceScope, metrics: Mapping[Variable, Any], statistics: Iterable[Variable]
) -> None:
    """Make the new state the same on all workers: metrics are added up, statistics averaged.

    Trainable variables and optimizer state are equal already, because their gradients are, and
    so are counters and seeds.
    """
    for variable, before in metrics.items():
        variable.assign(before + replica.sum_across(variable.value))
    for variable in statistics:
        if variable in scope.writes and is_differentiable(variable.storage.dtype):
            total = replica.sum_across(scope.writes[variable])
            variable.assign(total / replica.world_size(total.dtype))


def _merged_logs(model: Any, logs: Mapping[str, Any]) -> Any:
    """Logs of all workers' rows: results of the merged metrics, other values averaged."""
    results = model.get_metrics_result()
    workers = replica.world_size()
    return {
        name: results[name] if name in results else replica.sum_across(value) / workers
        for name, value in logs.items()
    }


def _as_step(
    scope: TraceScope,
    batch: Mapping[str, Any],
    special: Mapping[str, Any],
    results: Any,
    names: StateNames,
) -> TracedStep:
    graph = scope.graph
    leaves = [as_tensor(graph, leaf) for leaf in tree.flatten(results)]
    written = {
        variable: as_tensor(graph, value)
        for variable, value in scope.writes.items()
        if value is not scope.reads.get(variable)
    }
    # Variables became inputs wherever they were first read; programs want them first.
    check_no_text_inside(graph)
    host, fed = HostStage.of(list(batch.values()), scope.host_calls)
    graph.inputs = [*scope.reads.values(), *fed, *special.values()]
    graph.outputs = [*leaves, *written.values()]
    numbers = iter(range(len(leaves)))
    structure = tree.map_structure(lambda _: next(numbers), results)
    step = StepGraph(
        graph,
        state_in=[names.of(variable) for variable in scope.reads],
        batch=[str(tensor.name) for tensor in fed],
        outputs=["/".join(map(str, path)) for path, _ in tree.flatten_with_path(results)],
        state_out=[names.of(variable) for variable in written],
    )
    return TracedStep(step, structure, host)


def _leaf_name(path: Sequence[Any]) -> str:
    return "/".join([("x", "y", "sample_weight")[path[0]], *map(str, path[1:])])
