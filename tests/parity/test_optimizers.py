"""Optimizers against stock Keras: five steps under each option, state, dtypes, files, configs, errors."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from tests.parity.compare import LIBRARIES, close, public, same_error

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(3)
PATHS = ("dense/kernel", "dense/bias", "embedding/table", "conv/kernel")
SHAPES = ((3, 4), (4,), (3, 4), (2, 3, 4))
START = [RNG.normal(size=shape).astype("float32") for shape in SHAPES]
GRADIENTS = [[RNG.normal(size=shape).astype("float32") for shape in SHAPES] for _ in range(5)]
Arguments = dict[str, Any]

# Every optimizer, with its own arguments.
CASES: list[tuple[str, Arguments]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "learning_rate": 0.1}),
    ("RMSprop", {"learning_rate": 0.1}),
    ("RMSprop", {"rho": 0.7, "momentum": 0.5, "centered": True, "epsilon": 1e-3}),
    ("Adam", {"learning_rate": 0.1}),
    ("Adam", {"beta_1": 0.5, "beta_2": 0.8, "epsilon": 1e-2, "amsgrad": True}),
    ("AdamW", {"learning_rate": 0.1}),
    ("AdamW", {"weight_decay": 0.5, "amsgrad": True}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-3}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 1e-2}),
    ("Adamax", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.8}),
    ("Nadam", {"learning_rate": 0.1, "beta_1": 0.8}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.01, "beta": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "learning_rate_power": -0.3, "l2_regularization_strength": 0.1,
              "l2_shrinkage_regularization_strength": 0.1, "initial_accumulator_value": 0.3}),
    ("Lion", {"beta_1": 0.7, "beta_2": 0.8}),
    ("Lamb", {"learning_rate": 0.1}),
    ("Adafactor", {"learning_rate": 0.5}),
    ("Adafactor", {"relative_step": False, "clip_threshold": 0.3, "beta_2_decay": -0.5}),
    ("ScheduleFreeAdamW", {"learning_rate": 0.1, "warmup_steps": 3}),
    ("ScheduleFreeAdamW", {"beta_1": 0.5, "beta_2": 0.8}),
    ("Muon", {"learning_rate": 0.1}),
    ("Muon", {"nesterov": False, "rms_rate": None, "ns_steps": 3, "exclude_embeddings": False}),
    ("Muon", {"exclude_layers": ["dense"], "adam_lr_ratio": 2.0, "adam_weight_decay": None,
              "weight_decay": None}),
]  # fmt: skip
# The options of all of them, each with a simple and an adaptive optimizer.
OPTIONS: dict[str, Arguments] = {
    "decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.1},
    "global": {"global_clipnorm": 0.3},
    "average": {"use_ema": True, "ema_momentum": 0.5},
    "overwrite": {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    "scale": {"loss_scale_factor": 4.0},
    "accumulate": {"gradient_accumulation_steps": 2},
    "zero": {"gradient_accumulation_steps": 0, "clipnorm": 0.0},
    "accumulate-average": {
        "gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2,
        "weight_decay": 0.1, "clipnorm": 1.0, "loss_scale_factor": 2.0,
    },
}  # fmt: skip
CASES += [
    (name, {"learning_rate": 0.1, **options})
    for options in OPTIONS.values()
    for name in ("SGD", "Nadam")
]
WRAPPERS = {"LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
BASES = {"Optimizer"}
every_case = pytest.mark.parametrize(
    ("name", "arguments"), CASES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(CASES)]
)


def test_every_optimizer_has_a_case() -> None:
    assert public(keras.optimizers) == BASES | WRAPPERS | {name for name, _ in CASES}
    base = inspect.signature(keras.optimizers.Optimizer.__init__).parameters
    shared = {name for name, p in base.items() if p.default is not p.empty} - {"name"}
    assert shared <= {key for _, arguments in CASES for key in arguments}


def variables(library: Any, dtype: str = "float32") -> list[Any]:
    made = []
    for path, value in zip(PATHS, START, strict=True):
        layer, name = path.split("/")
        with library.name_scope(layer):
            made.append(library.Variable(value, dtype=dtype, name=name))
    return made


def state(optimizer: Any, trained: list[Any]) -> list[tuple[str, np.ndarray]]:
    """Names and values of all state, trained variables last."""
    own = [(v.path, np.asarray(v.numpy())) for v in optimizer.variables]
    return own + [(v.path, np.asarray(v.numpy())) for v in trained]


def same_state(stock: list[Any], ours: list[Any], rtol: float, atol: float) -> None:
    expected, found = state(*stock), state(*ours)
    for (name, theirs), (mine_name, mine) in zip(expected, found, strict=True):
        # Stock Keras leaves one of Nadam's without a name of its own.
        assert mine_name == name or name.startswith("nadam/variable")
        close(mine, theirs, rtol, atol)


def same_steps(
    make: Any,
    gradients: list[list[Any]],
    dtype: str = "float32",
    rtol: float = 2e-5,
    atol: float = 2e-6,
) -> tuple[Any, Any]:
    """Both libraries' optimizers give the same weights and state in every step and at the end."""
    pairs = []
    for library in LIBRARIES:
        library.backend.clear_session()
        pairs.append([make(library), variables(library, dtype)])
    for step in gradients:
        for optimizer, trained in pairs:
            optimizer.apply([None if g is None else g.astype(dtype) for g in step], trained)
        same_state(*pairs, rtol, atol)
    for optimizer, trained in pairs:
        optimizer.finalize_variable_values(trained)
    same_state(*pairs, rtol, atol)
    return pairs[0][0], pairs[1][0]


def made(library: Any, optimizer: str, arguments: Arguments) -> Any:
    return getattr(library.optimizers, optimizer)(**arguments)


@every_case
def test_five_steps(name: str, arguments: Arguments) -> None:
    stock, ours = same_steps(lambda library: made(library, name, arguments), GRADIENTS)
    assert float(ours.learning_rate) == pytest.approx(float(stock.learning_rate))
    assert int(ours.iterations) == int(stock.iterations)


@every_case
def test_configs(name: str, arguments: Arguments) -> None:
    theirs, ours = (made(library, name, {**arguments, "name": "mine"}) for library in LIBRARIES)
    assert ours.get_config() == theirs.get_config()
    again = bigdl_keras.optimizers.deserialize(bigdl_keras.optimizers.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    read = bigdl_keras.optimizers.get({"class_name": name, "config": theirs.get_config()})
    assert read.get_config() == ours.get_config()


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_names_and_positions(name: str) -> None:
    signature = inspect.signature(getattr(keras.optimizers, name))
    values = [p.default for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    values[list(signature.parameters).index("clipnorm")] = 0.25
    values[list(signature.parameters).index("name")] = "mine"
    theirs, ours = (getattr(library.optimizers, name)(*values) for library in LIBRARIES)
    assert ours.get_config() == theirs.get_config()
    for spelling in (name, name.lower(), name.upper()):
        assert type(bigdl_keras.optimizers.get(spelling)) is type(ours)


@pytest.mark.parametrize("name", ["SGD", "Adam", "Nadam", "Muon"])
@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_dtypes(name: str, dtype: str) -> None:
    arguments = {"learning_rate": 0.125, "clipnorm": 1.0}
    # Stock Keras rounds rates and decays to float32.
    tolerance = 1e-5 if dtype == "float64" else 5e-2
    with jax.enable_x64(dtype == "float64"):
        pairs = [
            [made(library, name, arguments), variables(library, dtype)] for library in LIBRARIES
        ]
        for step in GRADIENTS[:2]:
            for optimizer, trained in pairs:
                optimizer.apply([g.astype(dtype) for g in step], trained)
        for theirs, mine in zip(*(trained for _, trained in pairs), strict=True):
            close(mine.numpy(), np.asarray(theirs.numpy()), tolerance, tolerance)
        for theirs, mine in zip(*(optimizer.variables for optimizer, _ in pairs), strict=True):
            # Integers are 64-bit in stock Keras when floats are.
            assert mine.dtype == str(theirs.dtype).replace("int64", "int32")


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_missing_gradients(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sparse = [
            [g if i != step else None for i, g in enumerate(gs)]
            for step, gs in enumerate(GRADIENTS)
        ]
        for more in ({}, {"gradient_accumulation_steps": 2}, {"use_ema": True}):
            same_steps(lambda library, more=more: made(library, name, more), sparse)


SCHEDULES: dict[str, Any] = {
    "exponential": lambda k: k.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5),
    "cosine": lambda k: k.optimizers.schedules.CosineDecay(
        0.1, 4, warmup_target=0.3, warmup_steps=2
    ),
    "pieces": lambda k: k.optimizers.schedules.PiecewiseConstantDecay([1, 3], [0.5, 0.1, 0.01]),
    "callable": lambda k: lambda: 0.25,
}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("more", [{"gradient_accumulation_steps": 2}, {"weight_decay": 0.1}])
def test_schedules_as_rates(schedule: str, more: Arguments) -> None:
    same_steps(
        lambda library: library.optimizers.SGD(SCHEDULES[schedule](library), momentum=0.5, **more),
        GRADIENTS,
    )


@pytest.mark.parametrize("name", ["SGD", "AdamW", "Muon"])
@pytest.mark.parametrize("excluded", [["bias"], ["table", "kernel"], [], "first"])
def test_weight_decay_leaves_out(name: str, excluded: Any) -> None:
    results = []
    for library in LIBRARIES:
        optimizer, trained = made(library, name, {"weight_decay": 0.5}), variables(library)
        if excluded == "first":
            optimizer.exclude_from_weight_decay(var_list=trained[:1])
        else:
            optimizer.exclude_from_weight_decay(var_names=excluded)
        optimizer.apply(GRADIENTS[0], trained)
        results.append([v.numpy() for v in trained])
    for theirs, mine in zip(*results, strict=True):
        close(mine, np.asarray(theirs))


BAD_VALUES = (np.inf, np.nan)


@pytest.mark.parametrize("growth", [1, 2])
def test_dynamic_loss_scale(growth: int) -> None:
    steps = [[4.0 * g for g in step] for step in GRADIENTS]
    for step, value in zip((1, 3), BAD_VALUES, strict=True):
        steps[step] = [steps[step][0], np.full_like(START[1], value), *steps[step][2:]]

    def make(library: Any) -> Any:
        inner = library.optimizers.Adam(0.1, loss_scale_factor=3.0)
        return library.optimizers.LossScaleOptimizer(
            inner, initial_scale=8.0, dynamic_growth_steps=growth
        )

    results = []
    for library in LIBRARIES:
        optimizer, trained = make(library), variables(library)
        optimizer.build(trained)
        weights, own = [v.value for v in trained], [v.value for v in optimizer.variables]
        values = []
        # Without side effects, as stock Keras has a condition inside.
        for step in steps:
            weights, own = optimizer.stateless_apply(own, step, weights)
            values += [np.asarray(x) for x in (*weights, *own)]
        results.append((optimizer, values))
    (stock, expected), (ours, found) = results
    for theirs, mine in zip(expected, found, strict=True):
        close(mine, theirs)
    close(ours.scale_loss(np.float32(2)), np.asarray(stock.scale_loss(np.float32(2))))
    assert ours.get_config().keys() == stock.get_config().keys()
    again = bigdl_keras.optimizers.deserialize(bigdl_keras.optimizers.serialize(ours))
    assert again.get_config() == ours.get_config()


@pytest.mark.parametrize("by", ["map", "function"])
def test_several_optimizers(by: str) -> None:
    def make(library: Any) -> Any:
        o = library.optimizers
        adam, sgd = o.Adam(0.1), o.SGD(0.5, momentum=0.5, use_ema=True)
        table = o.OptimizerMap(sgd, {"dense/.*": adam})
        table["conv/kernel"] = sgd
        chosen = table if by == "map" else lambda v: adam if "dense" in v.path else sgd
        return o.MultiOptimizer(chosen, loss_scale_factor=2.0)

    stock, ours = same_steps(make, GRADIENTS)
    assert [type(o).__name__ for o in ours.optimizers] == [
        type(o).__name__ for o in stock.optimizers
    ]
    assert ours.get_config().keys() == stock.get_config().keys()
    assert all(o.loss_scale_factor == 2.0 for o in ours.optimizers)
    if by == "map":
        again = bigdl_keras.optimizers.deserialize(bigdl_keras.optimizers.serialize(ours))
        assert again.get_config() == ours.get_config()


@pytest.mark.parametrize("name", ["SGD", "Adam", "Adafactor", "Muon", "Nadam"])
def test_state_moves_between_libraries(name: str) -> None:
    stores, optimizers, trained = [], [], []
    for library in LIBRARIES:
        optimizers.append(made(library, name, {"use_ema": True}))
        trained.append(variables(library))
        optimizers[-1].apply(GRADIENTS[0], trained[-1])
        stores.append({})
        optimizers[-1].save_own_variables(stores[-1])
    assert stores[0].keys() == stores[1].keys()
    fresh = made(bigdl_keras, name, {"use_ema": True})
    fresh.build(trained[1])
    fresh.load_own_variables(stores[0])
    for optimizer, values in ((optimizers[0], trained[0]), (fresh, trained[1])):
        optimizer.apply(GRADIENTS[1], values)
    for theirs, mine in zip(*trained, strict=True):
        close(mine.numpy(), np.asarray(theirs.numpy()))


@pytest.mark.parametrize("name", ["SGD", "Adam", "LossScaleOptimizer"])
def test_stateless_steps(name: str) -> None:
    results = []
    for library in LIBRARIES:
        optimizer = made(library, name if name != "LossScaleOptimizer" else "Adam", {})
        if name == "LossScaleOptimizer":
            optimizer = library.optimizers.LossScaleOptimizer(optimizer)
        trained = variables(library)
        optimizer.build(trained)
        weights, own = [v.value for v in trained], [v.value for v in optimizer.variables]
        weights, own = optimizer.stateless_apply(own, GRADIENTS[0], weights)
        results.append([np.asarray(x) for x in (*weights, *own)])
        np.testing.assert_array_equal(trained[0].numpy(), START[0])
    for theirs, mine in zip(*results, strict=True):
        close(mine, theirs)


def test_variables_that_take_their_gradient() -> None:
    for steps in (None, 2):
        results = []
        for library in LIBRARIES:
            trained = variables(library)
            trained[1].overwrite_with_gradient = True
            optimizer = library.optimizers.Adam(
                0.1, gradient_accumulation_steps=steps, use_ema=True, name="adam"
            )
            for step in GRADIENTS[:4]:
                optimizer.apply(step, trained)
            results.append([optimizer, trained])
        same_state(*results, 2e-5, 2e-6)


def built(k: Any) -> Any:
    optimizer = k.optimizers.Adam()
    optimizer.build([k.Variable(START[0])])
    return optimizer


def mapped(k: Any, key: Any = "a", optimizer: Any = None) -> Any:
    table = k.optimizers.OptimizerMap(
        k.optimizers.SGD(), {"b": k.optimizers.SGD(), ".*": k.optimizers.SGD()}
    )
    table[key] = optimizer or k.optimizers.SGD()
    return table


BAD: dict[str, tuple[Any, str]] = {
    "rate-int": (lambda k: k.optimizers.SGD(1), "learning_rate"),
    "rate-text": (lambda k: k.optimizers.SGD("fast"), "fast"),
    "unknown": (lambda k: k.optimizers.Adam(momentum=0.9), "momentum"),
    "lr": (lambda k: k.optimizers.Adam(lr=0.1), "lr"),
    "limits": (lambda k: k.optimizers.Adam(clipnorm=1.0, clipvalue=1.0), "clipnorm"),
    "accumulation": (lambda k: k.optimizers.Adam(gradient_accumulation_steps=1), "accumulation_steps"),
    "ema": (lambda k: k.optimizers.Adam(use_ema=True, ema_momentum=1.5), "ema_momentum"),
    "overwrite": (
        lambda k: k.optimizers.Adam(use_ema=True, ema_overwrite_frequency=0.5), "ema_overwrite_frequency"),
    "momentum": (lambda k: k.optimizers.SGD(momentum=1.5), "momentum"),
    "momentum-int": (lambda k: k.optimizers.SGD(momentum=1), "momentum"),
    "lion": (lambda k: k.optimizers.Lion(beta_1=0.0), "beta_1"),
    "ftrl-power": (lambda k: k.optimizers.Ftrl(learning_rate_power=0.5), "learning_rate_power"),
    "ftrl-start": (lambda k: k.optimizers.Ftrl(initial_accumulator_value=-1.0), "initial_accumulator_value"),
    "ftrl-l1": (lambda k: k.optimizers.Ftrl(l1_regularization_strength=-1.0), "l1_regularization_strength"),
    "ftrl-l2": (lambda k: k.optimizers.Ftrl(l2_regularization_strength=-1.0), "l2_regularization_strength"),
    "ftrl-shrinkage": (
        lambda k: k.optimizers.Ftrl(l2_shrinkage_regularization_strength=-1.0), "l2_shrinkage"),
    "not-built": (lambda k: k.optimizers.SGD().apply(GRADIENTS[0][:1]), "built|build"),
    "stateless-not-built": (lambda k: k.optimizers.SGD().stateless_apply([], [], []), "built"),
    "stateless-count": (lambda k: built(k).stateless_apply([], GRADIENTS[0][:1], [START[0]]), "variables"),
    "set-weights-not-built": (lambda k: k.optimizers.SGD().set_weights([]), "built"),
    "gradients-count": (lambda k: built(k).apply(GRADIENTS[0]), "1"),
    "no-gradients": (lambda k: built(k).apply([None]), "No gradients"),
    "unknown-variable": (lambda k: built(k).apply(GRADIENTS[0][:1], [k.Variable(START[0])]), "variable"),
    "base": (lambda k: k.optimizers.Optimizer(0.1).apply(GRADIENTS[0][:1], [k.Variable(START[0])]), ""),
    "scheduled": (
        lambda k: setattr(k.optimizers.SGD(SCHEDULES["pieces"](k)), "learning_rate", 0.1), "learning.rate"),
    "initializers": (
        lambda k: built(k).add_optimizer_variables([], ["a", "b"], ["zeros", "ones", "zeros"]), "3|initializers"),
    "get": (lambda k: k.optimizers.get(3), "3"),
    "get-name": (lambda k: k.optimizers.get("sgdd"), "sgdd"),
    "scale-option": (lambda k: k.optimizers.LossScaleOptimizer(k.optimizers.SGD(), clipnorm=1.0), "clipnorm"),
    "scale-unknown": (lambda k: k.optimizers.LossScaleOptimizer(k.optimizers.SGD(), foo=1.0), "foo"),
    "scale-static": (
        lambda k: k.optimizers.LossScaleOptimizer(k.optimizers.SGD(), dynamic=False), "loss_scale_factor"),
    "map-default": (lambda k: k.optimizers.OptimizerMap("sgd"), "sgd"),
    "map-list": (lambda k: k.optimizers.OptimizerMap(k.optimizers.SGD(), ["a"]), "dict"),
    "map-key": (lambda k: mapped(k, 3), "string"),
    "map-twice": (lambda k: mapped(k, "b"), "b"),
    "map-optimizer": (lambda k: mapped(k, "c", "sgd"), "sgd"),
    "map-scale": (lambda k: mapped(k, "c", k.optimizers.LossScaleOptimizer(k.optimizers.SGD())), "LossScale"),
    "map-several": (lambda k: mapped(k, "bb?")["bb"], "bb"),
    "multi-rate": (
        lambda k: k.optimizers.MultiOptimizer(lambda v: None).learning_rate, "learning rate|Learning rate"),
    "multi-part": (lambda k: k.optimizers.MultiOptimizer(lambda v: "sgd").build([k.Variable(1.0)]), "variable"),
    "legacy": (lambda k: k.optimizers.legacy.Adam(0.1), "legacy"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    same_error(*BAD[case])
