"""What `compile` keeps of how to train."""

import warnings
from typing import Any

from bigdl_keras import optimizers
from bigdl_keras.core.tracking import untracked
from bigdl_keras.metrics import Mean
from bigdl_keras.trainers.compile_loss import CompileLoss
from bigdl_keras.trainers.compile_metrics import CompileMetrics
from bigdl_keras.trainers.position import Position
from bigdl_keras.trainers.step_cache import Steps
from bigdl_keras.trainers.step_methods import StepMethods


class Compilation(StepMethods):
    """Settings of training, given by `compile` and written to files with the model."""

    @untracked()
    def __init__(self) -> None:
        self.compiled = False
        self.optimizer: Any = None
        self.loss: Any = None
        self.stop_training = False
        self.stop_evaluating = False
        self.stop_predicting = False
        self.steps_per_execution = 1
        self.run_eagerly = False
        self.jit_compile: Any = "auto"
        self.history: Any = None
        self._initial_epoch: int | None = None
        self._resumes_at: Position | None = None  # on Spark: behind which step
        self._compile_loss: CompileLoss | None = None
        self._compile_metrics: CompileMetrics | None = None
        self._loss_tracker: Mean | None = None
        self._compile_arguments: dict[str, Any] = {}
        self._steps: Steps | None = None
        self._steps_key: Any = None
        self._steps_seen: Any = None
        self._built_seen = -1

    @untracked()
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: an optimizer or its name.
            loss: a loss, its name or a function `(y_true, y_pred)`; for several outputs a list,
                or a dict by output names.
            loss_weights: a factor for each loss, in the same form.
            metrics: a list of metrics, names or functions; for several outputs a list of lists,
                or a dict by output names.
            weighted_metrics: the same, for metrics that obey sample weights.
            run_eagerly: run steps operation by operation on values, anew for every batch, so that
                Python can look at them (see `EagerSteps`). Slow, for debugging; not on Spark.
            steps_per_execution: steps between two calls of the batch callbacks.
            jit_compile: `True`, `False` and "auto" mean the same: unless `run_eagerly`, steps are
                traced once, optimised and run as native code.
            auto_scale_loss: with the policy "mixed_float16", scale the loss dynamically.
        """
        if run_eagerly and jit_compile is True:
            warnings.warn(
                "`run_eagerly=True` runs steps operation by operation: `jit_compile=True` has no "
                "effect.",
                stacklevel=2,
            )
            jit_compile = False
        if jit_compile == "auto":
            jit_compile = not run_eagerly
        if steps_per_execution < 1:
            raise ValueError(f"`steps_per_execution` must be >= 1; got {steps_per_execution}.")
        self._compile_arguments = {
            "optimizer": optimizers.get(optimizer),
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }
        self.optimizer = self._compile_arguments["optimizer"]
        policy = getattr(self, "dtype_policy", None)
        needs_scale = auto_scale_loss and getattr(policy, "name", "") == "mixed_float16"
        if needs_scale and not isinstance(self.optimizer, optimizers.LossScaleOptimizer):
            self.optimizer = optimizers.LossScaleOptimizer(self.optimizer)
        names = getattr(self, "output_names", None)
        self.loss = loss
        self._compile_loss = None if loss is None else CompileLoss(loss, loss_weights, names)
        self._compile_metrics = None
        if metrics is not None or weighted_metrics is not None:
            self._compile_metrics = CompileMetrics(metrics, weighted_metrics, names)
        self._loss_tracker = Mean(name="loss")
        self.run_eagerly = run_eagerly
        self.jit_compile = jit_compile
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self.compiled = True
        self._steps = None

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise ValueError(f"Call `compile()` before `{method}()`.")

    def get_compile_config(self) -> dict[str, Any]:
        """What `compile` was given, serialised."""
        from bigdl_keras.saving import serialize_keras_object

        return {
            name: serialize_keras_object(value) for name, value in self._compile_arguments.items()
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` tells; models with their own `compile` are left alone."""
        if type(self).compile is not Compilation.compile:
            warnings.warn(
                f"{type(self).__name__} was not compiled when it was loaded, because it has its "
                "own `compile()`. Override `compile_from_config()`, or call `compile()`.",
                stacklevel=2,
            )
            return
        from bigdl_keras.saving import deserialize_keras_object

        self.compile(**deserialize_keras_object(config))
        if self.optimizer is not None and self.built:  # type: ignore[attr-defined]
            self.optimizer.build(self.trainable_variables)  # type: ignore[attr-defined]
