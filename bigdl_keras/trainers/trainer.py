"""`fit`, `evaluate`, `predict` and their one-batch forms."""

from collections.abc import Mapping, Sequence
from typing import Any

from bigdl_keras.callbacks.callback_list import CallbackList
from bigdl_keras.core.changes import changes
from bigdl_keras.core.tracking import untracked
from bigdl_keras.trainers.batch_steps import BatchSteps
from bigdl_keras.trainers.building import build_from
from bigdl_keras.trainers.compilation import Compilation
from bigdl_keras.trainers.compile_metrics import CompileMetrics
from bigdl_keras.trainers.data_adapters import get_data_adapter
from bigdl_keras.trainers.data_adapters.arrays import as_arrays
from bigdl_keras.trainers.data_adapters.kinds import brings_batches
from bigdl_keras.trainers.data_adapters.unpack import unpack_x_y_sample_weight
from bigdl_keras.trainers.data_adapters.validation_split import train_validation_split
from bigdl_keras.trainers.data_adapters.weights import with_class_weight
from bigdl_keras.trainers.eager_steps import EagerSteps
from bigdl_keras.trainers.epoch_loop import limited_epochs, run_epochs, should_validate
from bigdl_keras.trainers.local_runner import LocalRunner, plain_logs
from bigdl_keras.trainers.step_cache import StepCache, Steps


class Trainer(Compilation):
    """Training of models: what `Model` has beside being a layer.

    `train_step`, `test_step`, `predict_step`, `compute_loss` and `compute_metrics` may be
    overridden. They are traced once for every kind of batch and then run without Python.
    """

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
        **spark_options: Any,
    ) -> Any:
        """Train.

        Args:
            x: arrays (or lists or dicts of them), a `PyDataset`, a generator of batches, any
                re-iterable dataset, or a Spark DataFrame or RDD (then see
                `bigdl_keras.spark.training.fit_spark` for further arguments).
            y: labels, where `x` does not bring them.
            batch_size: rows of a batch, 32 by default; on Spark, of all workers together.
            epochs: number of the epoch to stop at.
            verbose: 0 silent, 1 a progress bar, 2 a line an epoch, "auto" 1.
            callbacks: callbacks, called in order.
            validation_split: the last fraction of the rows is validated on instead.
            validation_data: `(x, y)`, `(x, y, sample_weight)` or a source of batches.
            shuffle: new order of rows every epoch; "batch" shuffles whole batches.
            class_weight: weights of samples by class number.
            sample_weight: weights of samples.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches of an epoch; default: all.
            validation_steps: batches of a validation; default: all.
            validation_batch_size: default `batch_size`.
            validation_freq: validate every so many epochs, or after the epochs listed.
            **spark_options: arguments of `fit_spark`.

        Returns:
            A `History`: `history` holds a list of values an epoch for every log.
        """
        self._check_compiled("fit")
        epochs = limited_epochs(epochs)
        if is_spark(x):
            from bigdl_keras.spark import training

            _not_for_spark("fit", y=y)
            return training.fit_spark(
                self,
                x,
                batch_size=batch_size,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_split=validation_split,
                validation_data=validation_data,
                shuffle=shuffle,
                class_weight=class_weight,
                sample_weight=sample_weight,
                initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps,
                validation_batch_size=validation_batch_size,
                validation_freq=validation_freq,
                **spark_options,
            )
        _refuse(spark_options, "fit")
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = train_validation_split(
                (x, y, sample_weight), validation_split
            )
        batches = self._batches(
            get_data_adapter(
                x, y, sample_weight, batch_size, shuffle, class_weight, steps_per_epoch
            ),
            steps_per_epoch,
        )
        validation = None
        if validation_data is not None:
            validation = self._validation_batches(
                validation_data, validation_batch_size, batch_size, validation_steps
            )
        self._build_from(batches.source.peek())
        runner = LocalRunner(self, self._ready_steps(), batches, validation)
        return run_epochs(
            self,
            runner,
            self._callbacks(callbacks, verbose, epochs, batches, history=True),
            epochs,
            initial_epoch,
            lambda epoch: validation is not None and should_validate(epoch, validation_freq),
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **spark_options: Any,
    ) -> Any:
        """The loss and metrics on data; arguments as for `fit`.

        Returns:
            A dict by name with `return_dict`; else the loss, or a list of loss and metrics.
        """
        self._check_compiled("evaluate")
        if is_spark(x):
            from bigdl_keras.spark import training

            _not_for_spark("evaluate", y=y, sample_weight=sample_weight)
            given = {"batch_size": batch_size, "verbose": verbose, "steps": steps}
            logs = training.evaluate_spark(self, x, callbacks=callbacks, **given, **spark_options)
        else:
            _refuse(spark_options, "evaluate")
            source = get_data_adapter(x, y, sample_weight, batch_size, steps=steps)
            batches = self._batches(source, steps)
            self._build_from(batches.source.peek())
            runner = LocalRunner(self, self._ready_steps(), batches)
            logs = runner.evaluate(self._callbacks(callbacks, verbose, 1, batches))
        return logs if return_dict else self._in_order(logs)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **spark_options: Any,
    ) -> Any:
        """The outputs for data; arguments as for `fit`.

        Returns:
            Arrays in the structure of the model's output; for Spark data a DataFrame or RDD.
        """
        if is_spark(x):
            from bigdl_keras.spark import training

            _not_for_spark("predict", steps=steps, callbacks=callbacks)
            return training.predict_spark(self, x, batch_size=batch_size, **spark_options)
        _refuse(spark_options, "predict")
        batches = self._batches(get_data_adapter(x, batch_size=batch_size, steps=steps), steps)
        self._build_from(batches.source.peek(), outputs_only=True)
        runner = LocalRunner(self, self._ready_steps(), batches)
        return runner.predict(self._callbacks(callbacks, verbose, 1, batches))

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One training step on one batch; the logs of that batch, as from `evaluate`."""
        self._check_compiled("train_on_batch")
        weight = with_class_weight(as_arrays(y), as_arrays(sample_weight), class_weight)
        return self._on_batch("train", (x, y, weight), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The logs of one batch, as from `evaluate`."""
        self._check_compiled("test_on_batch")
        return self._on_batch("test", (x, y, sample_weight), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        batch = (as_arrays(x), None, None)
        self._build_from(batch, outputs_only=True)
        return self._ready_steps().run("predict", batch)

    def profile(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        sample_weight: Any = None,
        repeat: int = 5,
    ) -> Any:
        """Where the time and the memory of a step go.

        The model is afterwards as it was: weights, optimizer, metrics and random seeds included.

        Args:
            x, y, batch_size, sample_weight: as for `fit`; the first batch is used. With labels a
                training step is looked at, without a prediction.
            repeat: runs, of which the fastest is told, and of each kernel its fastest.

        Returns:
            A `Profile`: `print` shows a table of kernels with times, rates and shares of the matrix
            product's peak, and the memory plan; `save(path)` writes a Chrome trace.

        Raises:
            ValueError: the model runs eagerly.
        """
        batch = get_data_adapter(x, y, sample_weight, batch_size, shuffle=False).peek()
        mode = "predict" if batch[1] is None else "train"
        if mode == "train":
            self._check_compiled("profile")
        self._build_from(batch, outputs_only=mode == "predict")
        steps = self._ready_steps()
        if not isinstance(steps, StepCache):
            raise ValueError("A model that runs eagerly has no kernels: set `run_eagerly=False`.")
        return steps.profile(mode, (batch[0], None, None) if mode == "predict" else batch, repeat)

    def _on_batch(self, mode: str, data: tuple[Any, Any, Any], return_dict: bool) -> Any:
        batch = tuple(as_arrays(part) for part in data)
        self._build_from(batch)
        self.reset_metrics()
        logs = plain_logs(self._ready_steps().run(mode, batch))
        return logs if return_dict else self._in_order(logs)

    def _batches(self, source: Any, steps: int | None) -> BatchSteps:
        return BatchSteps(source, steps, self.steps_per_execution)

    def _validation_batches(
        self, data: Any, batch_size: int | None, default_size: int | None, steps: int | None
    ) -> BatchSteps:
        """The batches of `validation_data`; the default size is for data that has none of its own."""
        x, y, weight = unpack_x_y_sample_weight(data)
        if batch_size is None and not brings_batches(x):
            batch_size = default_size
        return self._batches(get_data_adapter(x, y, weight, batch_size, steps=steps), steps)

    def _callbacks(
        self, callbacks: Any, verbose: Any, epochs: int, batches: BatchSteps, history: bool = False
    ) -> CallbackList:
        if isinstance(callbacks, CallbackList):
            return callbacks
        return CallbackList(
            callbacks,
            add_history=history,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=batches.num_batches,
        )

    @untracked()
    def make_train_function(self, force: bool = False) -> None:
        """Steps are traced when their first batch comes; with `force`, anew."""
        if force:
            self._steps = None

    make_test_function = make_train_function
    make_predict_function = make_train_function

    @untracked()
    def _ready_steps(self) -> Steps:
        """The traced steps, begun anew when something they depend on was replaced."""
        if self.run_eagerly:
            return EagerSteps(self)
        rate = getattr(self.optimizer, "_learning_rate", None)
        if self._steps is not None and self._steps_seen == (changes(), id(rate)):
            return self._steps
        trainable = tuple(v.trainable for v in self.variables)  # type: ignore[attr-defined]
        learnt = tuple(layer._adaptations for layer in self._flatten_layers())  # type: ignore[attr-defined]
        key = (id(self.optimizer), id(rate), trainable, learnt)
        if self._steps is None or key != self._steps_key:
            self._steps, self._steps_key = StepCache(self), key
        # Past `__setattr__`, which would be a change again.
        object.__setattr__(self, "_steps_seen", (changes(), id(rate)))
        return self._steps

    def _build_from(self, batch: Any, outputs_only: bool = False) -> None:
        if outputs_only and self._built_seen == changes():
            return
        build_from(self, batch, outputs_only)
        object.__setattr__(self, "_built_seen", changes())

    def _in_order(self, logs: Mapping[str, Any]) -> Any:
        """Log values as a list: loss, metrics in order, then the rest by name; one as itself."""
        names: list[str] = []
        for metric in self.metrics:
            inner = metric.metrics if isinstance(metric, CompileMetrics) else [metric]
            names += [part.name for part in inner]
        ordered = [logs[name] for name in names if name in logs]
        ordered += [logs[name] for name in sorted(logs) if name not in names]
        return ordered[0] if len(ordered) == 1 else ordered


def is_spark(x: Any) -> bool:
    """Whether `x` is a Spark DataFrame or RDD; pyspark need not be installed."""
    return type(x).__module__.partition(".")[0] == "pyspark"


def _not_for_spark(method: str, **given: Any) -> None:
    used = [name for name, value in given.items() if value is not None]
    if used:
        raise ValueError(
            f"`{method}` does not take {used} with Spark data: labels and weights are columns, "
            "named by `label_cols` and `sample_weight_col`; predictions are made lazily."
        )


def _refuse(options: Mapping[str, Any], method: str) -> None:
    if options:
        kind = ValueError if method == "evaluate" else TypeError  # as stock Keras has it
        raise kind(
            f"`{method}` got unknown arguments {sorted(options)} "
            "(some arguments exist for Spark data only)."
        )
