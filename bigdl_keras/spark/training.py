"""`fit`, `evaluate` and `predict` on Spark DataFrames and RDDs.

Which argument of `fit` works on what data ("driver": on data of the driver, whatever `x` is):

    argument                 arrays  batches  DataFrame  RDD   on Spark
    x                        yes     yes      yes        yes   rows stay on the cluster
    y                        yes     -        -          -     columns: `label_cols`; in the records of an RDD
    batch_size               yes     -        yes        yes   rows of a step on all workers together
    epochs                   yes     yes      yes        yes
    verbose                  yes     yes      yes        yes
    callbacks                yes     yes      yes        yes   on the driver; batch events follow the workers
    validation_split         yes     -        -          -     rows have no order, so none are the last
    validation_data          yes     yes      yes        yes   of the same kind as `x`, or driver
    shuffle                  yes     yes      yes        yes   True or False; "batch" is for arrays
    class_weight             yes     yes      yes        yes   one label of class numbers
    sample_weight            yes     -        -          -     columns: `sample_weight_col`; third in a record
    initial_epoch            yes     yes      yes        yes
    steps_per_epoch          yes     yes      yes        yes   the first steps of every epoch's own order
    validation_steps         yes     yes      yes        yes
    validation_batch_size    yes     -        yes        yes
    validation_freq          yes     yes      yes        yes
    feature_cols             -       -        yes        -
    label_cols               -       -        yes        -
    sample_weight_col        -       -        yes        -
    num_workers              -       -        yes        yes
    elastic                  -       -        yes        yes   not through Spark Connect
    seed                     -       -        yes        yes   arrays: `set_random_seed`
    deadlines                -       -        yes        yes
    trace_file               -       -        yes        yes
    memory_budget            -       -        yes        yes   arrays: all are in memory
    exchange_dtype           -       -        yes        yes   arrays: nothing is exchanged

DataFrames may be of a classic session or of Spark Connect, which has no RDDs. Through Connect the workers report to
the process that calls `fit`, so that their machines must reach it; `bigdl_backend.spark.connect` names the settings.

"Batches" are `PyDataset`s, generators, `tf.data` datasets and torch loaders. What does not work is refused with the
mend before a task starts. `evaluate` takes `steps` with a DataFrame; tasks add up metrics, so that its callbacks
are told of the begin and the end only. `predict` is lazy and takes neither `steps` nor `callbacks`. Models compiled
with `run_eagerly=True` are for one process: workers run the traced step and none of the model's Python.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pyspark import RDD

from bigdl_backend.spark.application import application_of
from bigdl_backend.spark.columns import Field, Use
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.elasticity import Elasticity
from bigdl_backend.spark.evaluate import evaluate_frame, evaluate_rdd
from bigdl_backend.spark.predict import predict_frame, predict_rdd
from bigdl_backend.spark.records import RecordInputs
from bigdl_backend.spark.training import FrameSource, Settings, Training
from bigdl_keras import config, tree
from bigdl_keras.callbacks.callback_list import CallbackList
from bigdl_keras.callbacks.progbar_logger import ProgbarLogger
from bigdl_keras.core.shape_inference import numpy_dtype
from bigdl_keras.random import make_default_seed
from bigdl_keras.spark.interrupts import own_interrupts
from bigdl_keras.spark.progress import SparkProgress
from bigdl_keras.spark.roles import Columns, column_roles, symbolic_inputs
from bigdl_keras.spark.runner import SparkRunner
from bigdl_keras.spark.sources import ModelData, model_data
from bigdl_keras.spark.text import refuse_text, without_text
from bigdl_keras.trainers.epoch_loop import run_epochs, should_validate
from bigdl_keras.trainers.local_runner import LocalRunner, plain_logs
from bigdl_keras.trainers.step import batch_spec, trace_program
from bigdl_keras.trainers.trainer import is_spark

_DEFAULT_BATCH = 32
_PREDICT_BATCH = 256


def fit_spark(
    model: Any,
    data: Any,
    *,
    feature_cols: Columns = None,
    label_cols: Columns = None,
    sample_weight_col: str | None = None,
    num_workers: int | tuple[int, int] | None = None,
    elastic: bool = False,
    seed: int | None = None,
    deadlines: Deadlines | None = None,
    trace_file: str | os.PathLike[str] | None = None,
    memory_budget: int | None = None,
    exchange_dtype: str = "float32",
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
) -> Any:
    """Train on a DataFrame or an RDD; what `Model.fit` does when it is given one.

    The workers are long Spark tasks that read their rows once and exchange gradients directly. Any number of
    them gives the loss curve of one process. Callbacks run here, on the driver, and see global metrics.

    Args:
        model: a compiled model.
        data: a DataFrame, or an RDD of (x, y) or (x, y, sample_weight).
        feature_cols: columns for the input: a name, or names of number columns that form a vector; with several
            inputs one entry each, a dict by input names, or a struct with fields of these names. Columns hold numbers
            (decimals are rounded to floats), nested arrays of them, vectors of Spark ML, images of Spark's image
            source (uint8 in the order red, green, blue), raw bytes (uint8, in the shape of the input), or text for
            inputs of text; "column.field" is a field of a struct.
        label_cols: the same for the outputs.
        sample_weight_col: column of sample weights.
        num_workers: how many tasks train; default: one an executor. With `elastic` the most there may be, or the
            fewest and the most.
        elastic: whether the number of workers follows the executors, from epoch to epoch: new ones are taken in, and
            what Spark cannot replace within `deadlines.shrink` seconds is gone without; the epoch is then repeated from
            where it began, or from the last state that a callback saved within it. The numbers stay those of one
            process. Rows are read again whenever the number changes: `cache()` what is costly to compute. Spark asks
            for executors only while tasks wait: with dynamic allocation set `spark.dynamicAllocation.minExecutors`.
            `History.workers` has the number by epoch.
        seed: of the order of rows; default: drawn from the global seed.
        deadlines: how long to wait for workers, replacements and exchanges.
        trace_file: a local file for the times of every step of every worker, in the format of the trace viewers of
            Chrome and Perfetto. `History.phases` has sums of them in any case.
        memory_budget: bytes of memory for the rows of each worker; when they are larger they are all in memory-mapped
            files, in the folder of `spark.local.dir`. Default: half of what is free, the worker's share of its machine
            or container or what `spark.executor.pyspark.memory` leaves.
        exchange_dtype: in which float32 gradients travel between machines. "bfloat16" halves the bytes: gradients are
            rounded to 8 significant bits on their way, and added up in float32. Workers still hold equal weights.
        batch_size: rows of a step on all workers together, 32 by default.
        epochs: number of the epoch to stop at.
        verbose: 0 silent, 1 a progress bar, 2 a line an epoch, "auto" 1. Both show the rows a second of all workers
            together and where the time of the epoch goes besides the metrics, which alone are in the logs.
        callbacks: callbacks, called in order. Batch callbacks follow the workers, a little later; the model follows
            from epoch to epoch, and after the batches that a callback names, see `Callback.reads_model_after`.
        validation_split: refused: split the DataFrame with `randomSplit`.
        validation_data: a DataFrame or RDD like `data`, or arrays `(x, y)` that the driver validates on.
        shuffle: a new order of rows every epoch.
        class_weight: weights of samples by class number.
        sample_weight: refused: name a column in `sample_weight_col`.
        initial_epoch: number of the first epoch.
        steps_per_epoch: steps of an epoch; default: all rows.
        validation_steps: steps of a validation; default: all rows.
        validation_batch_size: default `batch_size`.
        validation_freq: validate every so many epochs, or after the epochs listed.

    Returns:
        A `History`.

    Raises:
        ValueError, TypeError: what cannot work, said before training starts.
        TrainingFailed: the cluster could not finish the training.
        KeyboardInterrupt: Ctrl-C, or a notebook's stop: the Spark job is over then, and the model has the state
            behind the last completed step (of the last epoch, when the workers cannot tell it within 10 s).
    """
    _refuse_eager(model)
    if isinstance(num_workers, tuple) and not elastic:
        raise ValueError(f"num_workers={num_workers} is for elastic=True; else give one number")
    _refuse(validation_split, sample_weight, shuffle, memory_budget, exchange_dtype)
    columns = (feature_cols, label_cols, sample_weight_col)
    given = model_data(model, data, *columns, class_weight)
    _check_labels(given)
    on_spark = is_spark(validation_data)
    checked = None
    if on_spark:
        checked = _like(given, model_data(model, validation_data, *columns, class_weight))
    model._build_from(given.example())
    modes = ["train"] if checked is None else ["train", "test"]
    traced = trace_program(model, modes, _specs(given), distributed=True)
    source = without_text(given.source, traced.steps["train"])
    size = batch_size or _DEFAULT_BATCH
    most = config.max_steps_per_epoch()
    if most:
        steps_per_epoch = min(most, steps_per_epoch or most)
    validates = frozenset(
        epoch
        for epoch in range(epochs)
        if validation_data is not None and should_validate(epoch, validation_freq)
    )
    settings = Settings(
        batch_size=size,
        validation_batch_size=validation_batch_size or size,
        shuffle=bool(shuffle),
        seed=make_default_seed() if seed is None else seed,
        reset=traced.metric_state,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
        validate=validates,
        workers=None if isinstance(num_workers, tuple) else num_workers,
        elastic=_elasticity(num_workers) if elastic else None,
        deadlines=deadlines or Deadlines(),
        timeline=trace_file is not None,
        memory_budget=memory_budget,
        exchange_dtype=exchange_dtype,
    )
    local = None
    if validation_data is not None and not on_spark:
        batches = model._validation_batches(
            validation_data, validation_batch_size, size, validation_steps
        )
        local = LocalRunner(model, model._ready_steps(), batches, batches).validate
    validation = None if checked is None else without_text(checked.source, traced.steps["test"])
    steps = steps_per_epoch or -(-given.source.rows // size)
    with Training(application_of(data), traced.program, source, settings, validation) as training:
        told, progress = CallbackList(callbacks, add_history=True), SparkProgress()
        if verbose != 0 and not any(isinstance(c, ProgbarLogger) for c in told.callbacks):
            told.append(progress)
        told.set_model(model)
        about = {"verbose": verbose, "epochs": epochs, "steps": steps}
        told.set_params({**about, "order_seed": settings.seed})
        runner = SparkRunner(
            model, traced, training, steps, local, trace_file is not None, progress.keep
        )
        try:
            with own_interrupts():
                history = run_epochs(
                    model, runner, told, epochs, initial_epoch, lambda epoch: epoch in validates
                )
        except KeyboardInterrupt:
            runner.keep_last_step()
            raise
        finally:
            # Of a training that fails or is interrupted as well: there it is wanted most.
            if trace_file is not None:
                runner.write_times(trace_file)
        training.finish()
    return history


def evaluate_spark(
    model: Any,
    data: Any,
    *,
    feature_cols: Columns = None,
    label_cols: Columns = None,
    sample_weight_col: str | None = None,
    batch_size: int | None = None,
    verbose: Any = "auto",
    steps: int | None = None,
    callbacks: Any = None,
) -> dict[str, Any]:
    """The loss and metrics on a DataFrame or RDD, as `Model.evaluate` gives them; arguments as for `fit_spark`.

    Every task sums up metric state over its own rows; only that state travels.
    """
    _refuse_eager(model)
    if steps is not None and isinstance(data, RDD):
        raise ValueError("`steps` is for DataFrames; take the records of an RDD that you want")
    given = model_data(model, data, feature_cols, label_cols, sample_weight_col)
    _check_labels(given)
    model._build_from(given.example())
    size = batch_size or _DEFAULT_BATCH
    told = CallbackList(
        callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=steps
    )
    told.on_test_begin()
    model.reset_metrics()
    traced = trace_program(model, ["test"], _specs(given))
    program, metrics = traced.program, traced.metric_state
    source = without_text(given.source, traced.steps["test"])
    if isinstance(source, FrameSource):
        rows = None if steps is None else steps * size
        state = evaluate_frame(
            source.frame, source.expressions, source.fields, program, metrics, size, rows
        )
    else:
        state = evaluate_rdd(source.rdd, source.split, source.fields, program, metrics, size)
    for name, value in state.items():
        program.state[name][...] = value
    results = plain_logs(model.get_metrics_result())
    logs = {name: results[name] for name in traced.steps["test"].structure}
    told.on_test_end(logs)
    return logs


def predict_spark(
    model: Any,
    data: Any,
    *,
    feature_cols: Columns = None,
    prediction_col: str | Sequence[str] = "prediction",
    batch_size: int | None = None,
) -> Any:
    """Score a DataFrame or an RDD lazily, where its rows are.

    Args:
        model: a built model.
        data: a DataFrame, or an RDD of x (with several inputs of tuples of arrays).
        feature_cols: as for `fit_spark`.
        prediction_col: the new column, an array of numbers; with several outputs one name each (default
            `prediction_<output name>`).
        batch_size: rows scored at once, 256 by default.

    Returns:
        The DataFrame with the new column, or an RDD of predictions in the order of the records.
    """
    _refuse_eager(model)
    inputs = symbolic_inputs(model)
    if inputs is None:
        raise ValueError("the model is not built: give it an Input, or fit it, before predict")
    size = batch_size or _PREDICT_BATCH
    flat = tree.flatten(inputs)
    open_shapes = [tuple(-1 if n is None else n for n in tensor.shape[1:]) for tensor in flat]
    specs = tree.map_structure(
        lambda tensor: batch_spec(tensor.shape[1:], numpy_dtype(tensor.dtype)), inputs
    )
    traced = trace_program(model, ["predict"], (specs, None, None))
    if isinstance(data, RDD):
        refuse_text(flat)
        fields = [
            Field(f"c{number}", shape, tensor.dtype, "")
            for number, (tensor, shape) in enumerate(zip(flat, open_shapes, strict=True))
        ]
        named = getattr(model, "input_names", None) or []
        named = sorted(inputs) if isinstance(inputs, dict) else list(named)
        split = RecordInputs(named if len(named) == len(fields) else ["x"] * len(fields))
        return predict_rdd(data, split, fields, traced.program, size)
    roles = column_roles(model, feature_cols)
    uses = [
        Use(use.argument, use.columns, use.dtype, shape)
        for use, shape in zip(roles.uses, open_shapes, strict=True)
    ]
    names = _prediction_names(prediction_col, traced.program.graphs["predict"].outputs, model)
    host = traced.steps["predict"].host
    return predict_frame(data, uses, traced.program, names, size, host.run)


def _prediction_names(given: str | Sequence[str], outputs: Sequence[str], model: Any) -> list[str]:
    if not isinstance(given, str):
        if len(given) != len(outputs):
            raise ValueError(
                f"the model has {len(outputs)} outputs, prediction_col names {len(given)}"
            )
        return list(given)
    if len(outputs) == 1:
        return [given]
    names = getattr(model, "output_names", None) or range(len(outputs))
    return [f"{given}_{name}" for name in names]


def _elasticity(num_workers: int | tuple[int, int] | None) -> Elasticity:
    if isinstance(num_workers, tuple):
        return Elasticity(*num_workers)
    return Elasticity(high=num_workers)


def _specs(data: ModelData) -> tuple[Any, Any, Any]:
    return data.mapped(lambda field: batch_spec(field.shape, field.dtype))


def _check_labels(data: ModelData) -> None:
    if data.structure[1] is None:
        raise ValueError(
            "`label_cols` is missing: name the columns of the DataFrame to learn from or to compare with"
        )


def _like(training: ModelData, validation: ModelData) -> ModelData:
    """The validation data, if its rows are like those trained on."""
    for ours, theirs in zip(training.fields, validation.fields, strict=True):
        if ours.shape != theirs.shape:
            raise ValueError(
                f"validation_data has rows of {list(theirs.shape)} where the training data has {list(ours.shape)}"
            )
    fields = training.fields
    source = validation.source
    if isinstance(source, FrameSource):
        expressions = tuple(
            expression.cast(field.sent_as).alias(field.alias)
            for expression, field in zip(source.expressions, fields, strict=True)
        )
        return ModelData(
            FrameSource(source.frame, expressions, fields, source.rows), validation.structure
        )
    return ModelData(
        type(source)(source.rdd, source.split, fields, source.rows), validation.structure
    )


def _refuse_eager(model: Any) -> None:
    if model.run_eagerly:
        raise ValueError(
            "the model was compiled with `run_eagerly=True`, which is for one process: workers run the traced "
            "step and none of the model's Python. Set model.run_eagerly = False for data on Spark."
        )


def _refuse(
    validation_split: float,
    sample_weight: Any,
    shuffle: Any,
    memory_budget: int | None,
    exchange_dtype: str,
) -> None:
    if exchange_dtype not in ("float32", "bfloat16"):
        raise ValueError(f"`exchange_dtype` is 'float32' or 'bfloat16', got {exchange_dtype!r}")
    if memory_budget is not None and memory_budget < 0:
        raise ValueError(f"`memory_budget` is a number of bytes, got {memory_budget}")
    if validation_split:
        raise ValueError(
            "`validation_split` is for arrays: rows on Spark have no fixed order, so none are the last. Split them "
            "by train, validation = data.randomSplit([0.8, 0.2]), and give validation_data=validation."
        )
    if sample_weight is not None:
        raise ValueError("`sample_weight` is for arrays: name a column in `sample_weight_col`.")
    if not isinstance(shuffle, bool | np.bool_):
        raise ValueError(f"on Spark `shuffle` must be True or False, got {shuffle!r}")
