"""Losses, weights and metrics in every form that `compile` takes, in stock Keras and here."""

import keras
import numpy as np
import pytest

import bigdl_keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 3)).astype("float32")
A = RNG.normal(size=(6, 2)).astype("float32")
A3 = RNG.normal(size=(6, 3)).astype("float32")
B = RNG.integers(0, 3, 6)
W = RNG.uniform(0.2, 2, 6).astype("float32")
LIST, NAMED, KEYED = [A, B], {"a": A, "b": B}, {"u": A, "v": B}
NARROW, BOTH = {"loss": "mse"}, {"loss": ["mse", "ce"]}


def heads(lib, x):
    return (
        lib.layers.Dense(2, name="a")(x),
        lib.layers.Dense(3, activation="softmax", name="b")(x),
    )


def single(lib):
    x = lib.layers.Input((3,))
    return lib.Model(x, heads(lib, x)[0])


def several(lib):
    x = lib.layers.Input((3,))
    return lib.Model(x, list(heads(lib, x)))


def keyed(lib):
    x = lib.layers.Input((3,))
    return lib.Model(x, dict(zip("uv", heads(lib, x), strict=True)))


def subclassed(lib):
    class Heads(lib.Model):
        def __init__(self):
            super().__init__()
            self.a = lib.layers.Dense(2)
            self.b = lib.layers.Dense(3, activation="softmax")

        def call(self, x):
            return self.a(x), self.b(x)

    model = Heads()
    model(X)
    return model


FORMS = [
    (single, NARROW, A),
    (single, {"loss": ["mse"]}, A),
    (single, {"loss": {"a": "mse"}}, A),
    (single, {**NARROW, "loss_weights": 2.0}, A),
    (single, {**NARROW, "loss_weights": [2.0]}, A),
    (single, {**NARROW, "loss_weights": {"a": 2.0}}, A),
    (single, {**NARROW, "metrics": ["mae", "mse"]}, A, W),
    (single, {**NARROW, "metrics": ["mae", "mae"]}, A, W),
    (single, {**NARROW, "metrics": ["mae"], "weighted_metrics": ["mae", "mse"]}, A, W),
    (single, {**NARROW, "metrics": {"a": "mae"}}, A),
    (single, {**NARROW, "metrics": {"a": ["mae"]}}, A),
    (single, {**NARROW, "metrics": [["mae"]]}, A),
    (single, {**NARROW, "metrics": ("mae",)}, A),
    (single, {**NARROW, "metrics": []}, A),
    (single, {**NARROW, "metrics": "mae"}, A),
    (single, {**NARROW, "metrics": {"zz": "mae"}}, A),
    (single, {**NARROW, "metrics": ["nonsense"]}, A),
    (single, {"loss": "nonsense"}, A),
    (single, NARROW, None),
    (several, NARROW, [A, A3]),
    (several, BOTH, LIST),
    (several, BOTH, tuple(LIST)),
    (several, BOTH, [A]),
    (several, BOTH, A),
    (several, {"loss": ("mse", "ce")}, LIST),
    (several, {"loss": ["mse", None]}, LIST),
    (several, {"loss": {"a": "mse", "b": "ce"}}, LIST),
    (several, {"loss": {"a": "mse", "b": "ce"}}, NAMED),
    (several, {"loss": [["mse", "mae"], "ce"]}, LIST),
    (several, {"loss": {"a": ["mse", "mae"], "b": "ce"}}, LIST),
    (
        several,
        {
            "loss": {"a": ["mse", "mae"], "b": "ce"},
            "loss_weights": {"a": [1.0, 2.0], "b": 0.5},
        },
        LIST,
    ),
    (several, {"loss": {"a": "mse", "c": "ce"}}, LIST),
    (several, {**BOTH, "loss_weights": [1.0, 0.5]}, LIST),
    (several, {**BOTH, "loss_weights": {"a": 1.0, "b": 0.5}}, LIST),
    (several, {**BOTH, "loss_weights": [1.0]}, LIST),
    (several, {**BOTH, "loss_weights": "x"}, LIST),
    (several, {"loss": {"a": "mse", "b": "ce"}, "loss_weights": [1.0, 0.5]}, LIST),
    (several, {**BOTH, "metrics": [["mae"], ["acc"]]}, LIST),
    (several, {**BOTH, "metrics": ["mae", "acc"]}, LIST),
    (several, {**BOTH, "metrics": ["mae"]}, LIST),
    (several, {**BOTH, "metrics": [["mae"]]}, LIST),
    (several, {**BOTH, "metrics": {"a": "mae", "b": ["acc", "sparse_top_k_categorical_accuracy"]}}, LIST),
    (several, {**BOTH, "metrics": {"b": "acc"}}, NAMED),
    (several, {**BOTH, "metrics": [None, ["acc"]]}, LIST),
    (several, {**BOTH, "metrics": [[], ["acc"]]}, LIST),
    (several, {**BOTH, "metrics": {"c": "acc"}}, LIST),
    (several, {**BOTH, "weighted_metrics": [["mae"], ["acc"]]}, LIST, W),
    (
        several,
        {**BOTH, "metrics": [["mae"], ["acc"]], "weighted_metrics": [["mae"], ["acc"]]},
        LIST,
        [W, W[::-1].copy()],
    ),
    (several, BOTH, LIST, [W, None]),
    (several, BOTH, LIST, [W]),
    (several, BOTH, LIST, np.ones((6, 3), "float32")),
    (keyed, {"loss": {"u": "mse", "v": "ce"}}, KEYED),
    (keyed, {"loss": {"u": "mse", "v": "ce"}, "metrics": {"u": ["mae"], "v": ["acc"]}}, KEYED, W),
    (keyed, {"loss": {"u": "mse"}}, KEYED),
    (keyed, {"loss": {"u": "mse"}}, {"u": A}),
    (keyed, BOTH, KEYED),
    (keyed, {"loss": {"a": "mse", "b": "ce"}}, KEYED),
    (keyed, {"loss": {"u": "mse", "v": "ce"}}, LIST),
    (
        keyed,
        {
            "loss": {"u": "mse", "v": "ce"},
            "loss_weights": {"u": 0.5, "v": 2.0},
            "weighted_metrics": {"v": "acc"},
        },
        KEYED,
        {"u": W, "v": W},
    ),
    (subclassed, BOTH, LIST),
    (subclassed, {**BOTH, "metrics": [["mae"], ["acc"]], "loss_weights": [0.5, 1.0]}, LIST),
]  # fmt: skip


def everything(lib, build, weights, arguments, y, sample_weight=None):
    """The results of all methods, or the type of the error that ends them."""
    model = build(lib)
    model.set_weights(weights)
    if lib is keras:  # compiling every form would take minutes
        arguments = {**arguments, "jit_compile": False}
    found = {}
    try:
        model.compile(lib.optimizers.SGD(0.01), **arguments)
        data = {"x": X, "y": y, "sample_weight": sample_weight}
        found["evaluate"] = model.evaluate(**data, verbose=0, batch_size=3)
        found["by name"] = model.evaluate(**data, verbose=0, batch_size=3, return_dict=True)
        found["train_on_batch"] = [model.train_on_batch(**data) for _ in range(2)]
        found["test_on_batch"] = model.test_on_batch(**data, return_dict=True)
        found["metrics_names"] = model.metrics_names
        found["results"] = {k: float(v) for k, v in model.get_metrics_result().items()}
        model.reset_metrics()
        found["reset"] = {k: float(v) for k, v in model.get_metrics_result().items()}
    except Exception as error:
        found["error"] = type(error).__name__
    return found


def assert_alike(found, expected):
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for name, value in expected.items():
            assert_alike(found[name], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for mine, theirs in zip(found, expected, strict=True):
            assert_alike(mine, theirs)
    elif isinstance(expected, str):
        assert found == expected
    else:
        assert float(found) == pytest.approx(float(expected), rel=1e-4, abs=1e-5)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0].__name__} {form[1]}"[:90])
def test_forms(form):
    build, *rest = form
    weights = build(bigdl_keras).get_weights()
    expected = everything(keras, build, weights, *rest)
    assert_alike(everything(bigdl_keras, build, weights, *rest), expected)


def test_without_a_loss_there_are_metrics_but_no_training():
    model = single(bigdl_keras)
    model.compile("sgd", metrics=["mae"])
    logs = model.evaluate(X, A, verbose=0, return_dict=True)
    assert list(logs) == ["loss", "mae"]
    assert logs["loss"] == 0.0
    with pytest.raises(ValueError, match="nothing to minimise"):
        model.fit(X, A, verbose=0)


def test_losses_of_some_outputs_by_name():
    model = several(bigdl_keras)
    model.compile("sgd", {"b": "ce"})
    expected = model.evaluate(X, LIST, verbose=0)
    assert model.evaluate(X, {"b": B}, verbose=0) == expected
    model.compile("sgd", {"a": ["mse", "mae"]}, loss_weights={"a": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="2 losses and 3 `loss_weights`"):
        model.fit(X, NAMED, verbose=0)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"run_eagerly": True},
        {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]},
        {
            "optimizer": "sgd",
            "loss": {"a": "mse"},
            "loss_weights": {"a": 2.0},
            "weighted_metrics": ["mae"],
            "steps_per_execution": 3,
            "jit_compile": False,
        },
    ],
    ids=str,
)
def test_config_of_compile(arguments):
    configs = []
    for lib in (keras, bigdl_keras):
        model = single(lib)
        assert model.get_compile_config() == {}
        model.compile(**arguments)
        config = model.get_compile_config()
        again = single(lib)
        again.compile_from_config(config)
        assert again.compiled
        assert again.jit_compile == model.jit_compile == config["jit_compile"]
        for settings in (config, again.get_compile_config()):
            settings["optimizer"]["config"].pop("name")
            assert settings == config
        configs.append(config)
    assert configs[1] == configs[0]
