"""The namespaces hold what stock Keras's hold, with the same arguments."""

import importlib
import inspect
import types

import keras
import pytest

NAMESPACES = [
    "callbacks",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
]
# Names that are not offered, and why.
ABSENT = {
    "MultiOptimizer": "one optimizer a model",
    "OptimizerMap": "one optimizer a model",
    "legacy": "Keras 2 only",
}
# Arguments that our functions name otherwise; they are given by position.
RENAMED = {"serialize", "deserialize", "get"}
# Arguments of all optimizers, which ours take by keyword only.
OPTIONS = set(
    """weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum loss_scale_factor
    ema_overwrite_frequency gradient_accumulation_steps name kwargs options""".split()  # noqa: SIM905
)


def public(module):
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_names_and_arguments(namespace):
    stock = public(importlib.import_module(f"keras.{namespace}"))
    ours = importlib.import_module(f"bigdl_keras.{namespace}")
    for name, theirs in stock.items():
        if name in ABSENT or isinstance(theirs, types.ModuleType):
            continue
        mine = getattr(ours, name)
        assert not isinstance(mine, types.ModuleType), f"{namespace}.{name} is a module"
        if name in RENAMED or not callable(theirs):
            continue
        expected, found = (list(inspect.signature(item).parameters) for item in (theirs, mine))
        if namespace == "optimizers":
            expected = [p for p in expected if p not in OPTIONS]
            found = [p for p in found if p not in OPTIONS]
        if "kwargs" in expected or "functions" in found:
            continue
        assert found == expected, f"{namespace}.{name}"


@pytest.mark.parametrize(
    "method",
    [
        "compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch",
        "predict_on_batch", "compute_loss", "compute_metrics",
    ],
)  # fmt: skip
def test_arguments_of_models(method):
    import bigdl_keras

    stock = list(inspect.signature(getattr(keras.Model, method)).parameters)
    ours = list(inspect.signature(getattr(bigdl_keras.Model, method)).parameters)
    assert [name for name in ours if name != "spark_options"] == [n for n in stock if n != "kwargs"]
