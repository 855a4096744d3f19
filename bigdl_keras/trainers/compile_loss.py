"""The loss that `compile` was given, over all outputs."""

from dataclasses import dataclass
from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import losses as losses_module
from bigdl_keras import metrics as metrics_module
from bigdl_keras import ops, tree
from bigdl_keras.core.variable import Variable
from bigdl_keras.trainers.output_alignment import Outputs


def is_binary_or_sparse(y_true: Any, y_pred: Any) -> tuple[bool, bool]:
    """Whether shapes tell of one yes/no score, and of integer labels against class scores."""
    binary = y_pred.shape[-1] == 1
    column = y_true.shape[-1] == 1 if y_true.shape else True
    sparse = len(y_true.shape) < len(y_pred.shape) or (column and not binary)
    return binary, sparse


def get_loss(identifier: Any, y_true: Any, y_pred: Any) -> losses_module.Loss:
    """A `Loss` from a name, function or object; "crossentropy" is chosen by the shapes."""
    if str(identifier).lower() in ("crossentropy", "ce"):
        binary, sparse = is_binary_or_sparse(y_true, y_pred)
        if binary:
            loss: Any = losses_module.binary_crossentropy
        elif sparse:
            loss = losses_module.sparse_categorical_crossentropy
        else:
            loss = losses_module.categorical_crossentropy
    else:
        loss = losses_module.get(identifier)
    if isinstance(loss, losses_module.Loss):
        return loss
    name = identifier if isinstance(identifier, str) else object_name(loss)
    return losses_module.LossFunctionWrapper(loss, name=name)


def object_name(item: Any) -> str:
    """The name of a loss, metric, function or other callable."""
    for attribute in ("name", "__name__"):
        name = getattr(item, attribute, None)
        if name is not None:
            return name
    return type(item).__name__


@dataclass(frozen=True)
class _Term:
    output: int
    loss: losses_module.Loss
    weight: float | None
    name: str


class CompileLoss(losses_module.Loss):
    """Weighted sum of the losses of all outputs.

    Args:
        loss: a loss for all outputs, or a list or dict with one an output (`None`: no loss; a
            list: their sum).
        loss_weights: factors, in the same form.
        output_names: names of a functional model's outputs.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, output_names: Any = None) -> None:
        super().__init__(name="compile_loss")
        if loss_weights is not None and not isinstance(loss_weights, (list, tuple, dict, float)):
            raise ValueError(
                "`loss_weights` must be a float, or a list or dict of floats; "
                f"got {loss_weights!r}."
            )
        self._loss = loss
        self._loss_weights = loss_weights
        self._output_names = output_names
        self._terms: list[_Term] = []
        self.metrics: list[metrics_module.Mean] = []
        self.built = False

    @property
    def variables(self) -> list[Variable]:
        """The state of the means of the single losses, kept when there are several."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Find the loss of every output, given labels and predictions (shapes only matter)."""
        outputs = Outputs.of(y_pred, self._output_names)
        labels = self._labels(outputs, y_true)
        self._terms = []
        given = self._entries(outputs)
        for i, (entry, prediction) in enumerate(zip(given, tree.flatten(y_pred), strict=True)):
            for identifier, weight in entry:
                if labels[i] is None:
                    raise ValueError(
                        f"Output {i} ('{outputs.names[i]}') has a loss, but no labels are given."
                    )
                loss = get_loss(identifier, labels[i], prediction)
                self._terms.append(_Term(i, loss, weight, outputs.names[i] or loss.name))
        if len(self._terms) > 1:
            self.metrics = [metrics_module.Mean(name=f"{term.name}_loss") for term in self._terms]
        self.built = True

    def _entries(self, outputs: Outputs) -> list[list[tuple[Any, float | None]]]:
        """For every output its losses with their weights."""
        loss, weights = self._loss, self._loss_weights
        if not tree.is_nested(loss):
            spread = [loss] * len(outputs)
        elif isinstance(loss, (list, tuple)) and not outputs.nested and len(loss) > 1:
            # Several losses of the one output.
            factors: list[Any] = [None] * len(loss) if weights is None else tree.flatten(weights)
            return [list(zip(loss, factors, strict=True))]
        else:
            _check_keys(loss, outputs)
            spread = outputs.spread(loss, "loss")
        factors = [None] * len(outputs)
        if weights is not None:
            factors = outputs.spread(weights, "loss_weights")
        return [
            _pairs(entry, factor, name)
            for entry, factor, name in zip(spread, factors, outputs.names, strict=True)
        ]

    def _labels(self, outputs: Outputs, y_true: Any) -> list[Any]:
        """Labels for every output; those of outputs without a loss may be left out."""
        given = tree.flatten(y_true)
        if tree.is_nested(self._loss) and len(given) < len(outputs):
            with_loss = [i for i, entry in enumerate(self._entries(outputs)) if entry]
            if not isinstance(y_true, dict) and len(with_loss) == len(given):
                labels: list[Any] = [None] * len(outputs)
                for i, label in zip(with_loss, given, strict=True):
                    labels[i] = label
                return labels
        return outputs.spread(y_true, "y")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The total loss, a scalar, or `None` when no output has a loss."""
        if not self.built:
            self.build(y_true, y_pred)
        outputs = Outputs.of(y_pred, self._output_names)
        labels, predictions = self._labels(outputs, y_true), tree.flatten(y_pred)
        weights = _weights(outputs, sample_weight)
        total = None
        for k, term in enumerate(self._terms):
            i = term.output
            value = ops.cast(term.loss(labels[i], predictions[i], weights[i]), self.dtype)
            if self.metrics:
                update_mean_of_batch(self.metrics[k], value, predictions[i].shape[0])
            if term.weight is not None:
                value = value * term.weight
            total = value if total is None else total + value
        return total


def _check_keys(loss: Any, outputs: Outputs) -> None:
    if isinstance(loss, dict) and isinstance(outputs.structure, dict):
        unknown = sorted(set(loss) - set(outputs.names))
        if unknown:
            raise KeyError(
                f"`loss` names {unknown}; the model's outputs are {sorted(map(str, outputs.names))}"
            )


def _weights(outputs: Outputs, sample_weight: Any) -> list[Any]:
    """Sample weights for every output."""
    if tree.is_nested(sample_weight):
        return outputs.spread(sample_weight, "sample_weight")
    shape = () if sample_weight is None else tuple(sample_weight.shape)
    if len(outputs) > 1 and (len(shape) > 2 or (len(shape) == 2 and shape[1] != 1)):
        raise ValueError(
            f"One `sample_weight` for {len(outputs)} outputs must have one number a row; got shape "
            f"{shape}. Give one array an output for other weights."
        )
    return [sample_weight] * len(outputs)


def _pairs(loss: Any, weight: Any, output: str | None) -> list[tuple[Any, float | None]]:
    """The losses of one output, which may be a list, with their weights."""
    if loss is None:
        return []
    if not isinstance(loss, (list, tuple)):
        return [(loss, weight)]
    weights = list(weight) if isinstance(weight, (list, tuple)) else [weight] * len(loss)
    if len(weights) != len(loss):
        raise ValueError(
            f"Output '{output}' has {len(loss)} losses and {len(weights)} `loss_weights`: give one "
            "weight a loss."
        )
    return list(zip(loss, weights, strict=True))


def update_mean_of_batch(metric: metrics_module.Mean, loss: Any, rows: Any) -> None:
    """Add the mean loss of a batch of `rows` rows to a running mean over rows.

    On several workers `loss` is a part of the sum that makes the mean, and the updates of the
    workers are summed: each adds its part times all rows, and its share of the number of rows.
    """
    like = ops.zeros((rows,), dtype=metric.dtype)
    workers = replica.world_size(metric.dtype)
    weight = replica.global_size(like, metric.dtype) / workers
    metric.update_state(loss * workers, sample_weight=weight)
