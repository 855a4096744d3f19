"""What is computed in a step: the methods of models that are traced."""

import inspect
from typing import Any

from bigdl_backend.graph import replica
from bigdl_keras import config, ops, tree
from bigdl_keras.core.host_stage import is_text
from bigdl_keras.core.variable import Variable
from bigdl_keras.metrics import Mean, Metric
from bigdl_keras.trainers.compile_loss import CompileLoss, update_mean_of_batch
from bigdl_keras.trainers.compile_metrics import CompileMetrics
from bigdl_keras.trainers.data_adapters.unpack import unpack_x_y_sample_weight
from bigdl_keras.trainers.gradients import gradients


class StepMethods:
    """Steps, losses and metrics of a compiled model; all of them may be overridden."""

    compiled: bool
    optimizer: Any
    _compile_loss: CompileLoss | None
    _compile_metrics: CompileMetrics | None
    _loss_tracker: Mean | None

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step of training on a batch, traced once.

        Args:
            data: `(x, y, sample_weight)`, structures of tensors, `None` where absent.

        Returns:
            Logs: metric results by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=True)  # type: ignore[operator]
        loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
        self._track_loss(loss, x)
        variables = self.trainable_variables  # type: ignore[attr-defined]
        if variables:
            self.optimizer.apply(gradients(self.optimizer.scale_loss(loss), variables), variables)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """One step of evaluation on a batch, traced once; see `train_step`."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)  # type: ignore[operator]
        self._track_loss(self._loss_of(x, y, y_pred, sample_weight, training=False), x)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The predictions for a batch, traced once; see `train_step`."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)  # type: ignore[operator]

    def _track_loss(self, loss: Any, x: Any) -> None:
        if self._loss_tracker is not None:
            first = next(leaf for leaf in tree.flatten(x) if leaf is not None)
            update_mean_of_batch(self._loss_tracker, loss, first.shape[0])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The scalar to minimise: the compiled loss and the losses added by layers.

        Args:
            x: inputs, for overriding methods.
            y: labels.
            y_pred: predictions.
            sample_weight: weights of the samples, or `None`.
            training: whether a training step asks. Without any loss it is an error; otherwise the
                loss is 0.
        """
        losses = []
        if self._compile_loss is not None:
            if any(is_text(label) for label in tree.flatten(y)):
                raise ValueError(
                    "The labels hold text, and losses compare numbers: turn them into numbers "
                    "first, for example with StringLookup(num_oov_indices=0)."
                )
            losses.append(self._compile_loss(y, y_pred, sample_weight))
        for added in self.losses:  # type: ignore[attr-defined]
            # Every worker has the same added losses; their sum over workers must count once.
            scalar = ops.sum(ops.cast(added, config.floatx()))
            shared = replica.is_distributed()
            losses.append(scalar / replica.world_size(scalar.dtype) if shared else scalar)
        total = None
        for loss in losses:
            if loss is not None:
                total = loss if total is None else total + loss
        if total is None and not training:
            return ops.zeros(())
        if total is None:
            raise ValueError(
                "There is nothing to minimise: give a `loss` to `compile()`, or add one with "
                "`add_loss()` in a layer."
            )
        return total

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        # Methods written for older Keras lack the last argument.
        if "training" in inspect.signature(self.compute_loss).parameters:
            return self.compute_loss(x, y, y_pred, sample_weight, training=training)
        return self.compute_loss(x, y, y_pred, sample_weight)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Update the compiled metrics and return the results of all metrics by name."""
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The results of all metrics, by their names in logs."""
        results: dict[str, Any] = {}
        for metric in self.metrics:
            result = metric.result()
            results.update(result if isinstance(result, dict) else {metric.name: result})
        return results

    @property
    def metrics(self) -> list[Metric]:
        """The loss tracker, the compiled metrics, and those of the model and its layers."""
        found: list[Any] = []
        if self.compiled:
            found += [m for m in (self._loss_tracker, self._compile_metrics) if m is not None]
            found += [] if self._compile_loss is None else self._compile_loss.metrics
        found += self._metrics  # type: ignore[attr-defined]
        for layer in self._flatten_layers(include_self=False):  # type: ignore[attr-defined]
            if not isinstance(layer, StepMethods):
                found += layer._metrics
        return found

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return [metric.name for metric in self.metrics]

    @property
    def metrics_variables(self) -> list[Variable]:
        """The state of `metrics`."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def reset_metrics(self) -> None:
        """Forget the batches seen so far."""
        for metric in self.metrics:
            metric.reset_state()
