"""The metrics that `compile` was given, over all outputs."""

from typing import Any

from bigdl_keras import metrics as metrics_module
from bigdl_keras import tree
from bigdl_keras.core.variable import Variable
from bigdl_keras.trainers.compile_loss import is_binary_or_sparse, object_name
from bigdl_keras.trainers.output_alignment import Outputs


def get_metric(identifier: Any, y_true: Any, y_pred: Any) -> metrics_module.Metric:
    """A `Metric` from a name, function or object; "accuracy" is chosen by the shapes."""
    if str(identifier).lower() in ("accuracy", "acc"):
        binary, sparse = is_binary_or_sparse(y_true, y_pred)
        if binary:
            metric: Any = metrics_module.BinaryAccuracy()
        elif sparse:
            metric = metrics_module.SparseCategoricalAccuracy()
        else:
            metric = metrics_module.CategoricalAccuracy()
    else:
        metric = metrics_module.get(identifier)
    name = identifier if isinstance(identifier, str) else object_name(metric)
    if not isinstance(metric, metrics_module.Metric):
        metric = metrics_module.MeanMetricWrapper(metric)
    metric.name = name
    return metric


class _OutputMetrics:
    """The metrics of one output."""

    def __init__(self, metrics: list[metrics_module.Metric], output_name: str | None) -> None:
        self.metrics = metrics
        self.output_name = output_name


class CompileMetrics(metrics_module.Metric):
    """All metrics of all outputs as one.

    Args:
        metrics: for one output a list; for several a list of lists, or a dict by output names.
        weighted_metrics: the same, for metrics that get the sample weights.
        output_names: names of a functional model's outputs.
    """

    def __init__(self, metrics: Any, weighted_metrics: Any, output_names: Any = None) -> None:
        super().__init__(name="compile_metrics")
        for what, given in {"metrics": metrics, "weighted_metrics": weighted_metrics}.items():
            if given and not isinstance(given, (list, tuple, dict)):
                raise ValueError(f"`{what}` must be a list, tuple or dict; got {given!r}.")
        self._given = metrics
        self._given_weighted = weighted_metrics
        self._output_names = output_names
        self._plain: list[_OutputMetrics | None] = []
        self._weighted: list[_OutputMetrics | None] = []
        self.built = False

    @property
    def metrics(self) -> list[metrics_module.Metric]:
        """The single metrics; none before the first batch is seen."""
        groups = [*self._plain, *self._weighted]
        return [metric for group in groups if group is not None for metric in group.metrics]

    @property
    def variables(self) -> list[Variable]:
        """The state of all of them."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Make the metrics of every output, given labels and predictions (shapes only matter)."""
        outputs = Outputs.of(y_pred, self._output_names)
        labels, predictions = outputs.spread(y_true, "y"), tree.flatten(y_pred)
        self._plain = self._made(self._given, outputs, labels, predictions, "metrics")
        self._weighted = self._made(
            self._given_weighted, outputs, labels, predictions, "weighted_metrics"
        )
        self.built = True

    def _made(
        self, given: Any, outputs: Outputs, labels: list[Any], predictions: list[Any], what: str
    ) -> list[_OutputMetrics | None]:
        if not given:
            return [None] * len(outputs)
        if len(outputs) == 1:
            entries = [tree.flatten(given)]
        else:
            entries = outputs.spread(given, what)
        groups: list[_OutputMetrics | None] = []
        for entry, name, label, prediction in zip(
            entries, outputs.names, labels, predictions, strict=True
        ):
            if entry is None:
                groups.append(None)
                continue
            listed = list(entry) if isinstance(entry, (list, tuple)) else [entry]
            made = [get_metric(metric, label, prediction) for metric in listed]
            groups.append(_OutputMetrics(made, name if len(outputs) > 1 else None))
        return groups

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if not self.built:
            self.build(y_true, y_pred)
        outputs = Outputs.of(y_pred, self._output_names)
        labels, predictions = outputs.spread(y_true, "y"), tree.flatten(y_pred)
        weights = [sample_weight] * len(outputs)
        if tree.is_nested(sample_weight):
            weights = outputs.spread(sample_weight, "sample_weight")
        for i, (label, prediction) in enumerate(zip(labels, predictions, strict=True)):
            for metric in _metrics_of(self._plain[i]):
                metric.update_state(label, prediction)
            for metric in _metrics_of(self._weighted[i]):
                metric.update_state(label, prediction, sample_weight=weights[i])

    def reset_state(self) -> None:
        for metric in self.metrics:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """Every metric's result by its name in logs."""
        if not self.built:
            raise ValueError("The metrics have no result before the first batch.")
        results: dict[str, Any] = {}
        taken: dict[str, int] = {}
        for weighted, groups in ((False, self._plain), (True, self._weighted)):
            for group in groups:
                for metric in _metrics_of(group):
                    name = _log_name(metric.name, group, taken, weighted)
                    results[name] = metric.result()
        return results


def _metrics_of(group: _OutputMetrics | None) -> list[metrics_module.Metric]:
    return [] if group is None else group.metrics


def _log_name(
    metric_name: str, group: _OutputMetrics | None, taken: dict[str, int], weighted: bool
) -> str:
    """Keras's name in logs: prefixed by the output, by "weighted_" or numbered if it is taken."""

    def prefixed(name: str) -> str:
        output = group.output_name if group is not None else None
        return f"{output}_{name}" if output else name

    name = prefixed(metric_name)
    if name in taken and weighted:
        name = prefixed(f"weighted_{metric_name}")
    count = taken.get(name, 0)
    taken[name] = count + 1
    return f"{name}_{count}" if count else name
