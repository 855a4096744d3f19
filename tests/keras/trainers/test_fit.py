"""Training small models against stock Keras, from the same weights."""

import keras
import numpy as np
import pytest

import bigdl_keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 6)).astype("float32")
LABEL = (X[:, 0] + X[:, 1] > 0).astype("int64") + (X[:, 2] > 0.5)
TARGET = (X @ RNG.normal(size=(6, 2))).astype("float32")
WEIGHT = RNG.uniform(0.2, 2.0, 50).astype("float32")


def classifier(lib):
    return lib.Sequential(
        [
            lib.layers.Input((6,)),
            lib.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            lib.layers.Dense(3, activation="softmax"),
        ]
    )


def regressor(lib):
    return lib.Sequential(
        [lib.layers.Input((6,)), lib.layers.Dense(5, "tanh"), lib.layers.Dense(2)]
    )


def two_outputs(lib):
    x = lib.layers.Input((6,), name="features")
    hidden = lib.layers.Dense(5, activation="tanh")(x)
    a = lib.layers.Dense(2, name="a")(hidden)
    b = lib.layers.Dense(3, activation="softmax", name="b")(hidden)
    return lib.Model(x, [a, b])


def dict_outputs(lib):
    x = lib.layers.Input((6,), name="features")
    hidden = lib.layers.Dense(5, activation="tanh")(x)
    a = lib.layers.Dense(2, name="first")(hidden)
    b = lib.layers.Dense(3, activation="softmax", name="second")(hidden)
    return lib.Model(x, {"a": a, "b": b})


def pair(build):
    stock, ours = build(keras), build(bigdl_keras)
    ours.set_weights(stock.get_weights())
    return stock, ours


def compare(stock, ours, x, y, tolerance=1e-4, **arguments):
    # Stock Keras compiles anew for a shorter last batch, so only some tests have one.
    arguments = {"epochs": 3, "batch_size": 25, "shuffle": False, "verbose": 0, **arguments}
    expected = stock.fit(x, y, **arguments).history
    found = ours.fit(x, y, **arguments).history
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=tolerance, atol=1e-5, err_msg=name)
    for mine, theirs in zip(ours.get_weights(), stock.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)


CLASSIFY = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}


@pytest.fixture(scope="module")
def classifiers():
    stock, ours = pair(classifier)
    for model in (stock, ours):
        model.compile(**CLASSIFY, weighted_metrics=["accuracy", "sparse_categorical_crossentropy"])
        model.optimizer.build(model.trainable_variables)
    models = (stock, ours, stock.get_weights())
    return models


def begin_anew(model, weights):
    model.set_weights(weights)
    rate = float(model.optimizer.learning_rate)
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    model.optimizer.learning_rate = rate


@pytest.mark.parity
@pytest.mark.parametrize(
    "arguments",
    [
        {"batch_size": 16},
        {"validation_split": 0.5},
        {"validation_data": (X, LABEL), "validation_freq": 2, "validation_batch_size": 25},
        {"validation_data": (X, LABEL, WEIGHT), "validation_freq": [1, 3]},
        {"validation_data": (X, LABEL), "validation_steps": 1, "validation_batch_size": 25},
        {"sample_weight": WEIGHT},
        {"class_weight": {0: 1.0, 1: 3.0}},
        {"batch_size": 10, "steps_per_epoch": 2},
        {"initial_epoch": 1},
    ],
    ids=lambda a: "-".join(a) or "plain",
)
def test_classifier(classifiers, arguments):
    stock, ours, weights = classifiers
    begin_anew(stock, weights)
    begin_anew(ours, weights)
    compare(stock, ours, X, LABEL, **arguments)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
def test_regressor(optimizer):
    stock, ours = pair(regressor)
    for model in (stock, ours):
        model.compile(optimizer, "mse", metrics=["mae", "cosine_similarity"])
    compare(stock, ours, X, TARGET)


LOSS_FORMS = [
    (two_outputs, ["mse", "sparse_categorical_crossentropy"], {}),
    (
        two_outputs,
        {"a": "mae", "b": "crossentropy"},
        {
            "loss_weights": {"a": 0.5, "b": 2.0},
            "metrics": {"b": ["accuracy"]},
            "weighted_metrics": [None, "acc"],
        },
    ),
    (two_outputs, ["mse", "ce"], {"loss_weights": [0.3, 1.0], "metrics": [["mae"], ["acc"]]}),
    (dict_outputs, {"a": "mse", "b": "ce"}, {"metrics": {"a": ["mae", "mse"], "b": "accuracy"}}),
]


@pytest.mark.parity
@pytest.mark.parametrize(("build", "loss", "arguments"), LOSS_FORMS)
def test_several_outputs(build, loss, arguments):
    stock, ours = pair(build)
    for model in (stock, ours):
        model.compile("adam", loss, **arguments)
    y = {"a": TARGET, "b": LABEL} if build is dict_outputs else [TARGET, LABEL]
    compare(stock, ours, X, y)
    if arguments:
        return
    expected = stock.evaluate(X, y, verbose=0)
    np.testing.assert_allclose(ours.evaluate(X, y, verbose=0), expected, rtol=1e-3)


@pytest.mark.parity
def test_labels_by_output_name_and_weights_by_output():
    stock, ours = pair(two_outputs)
    for model in (stock, ours):
        model.compile("sgd", ["mse", "ce"], weighted_metrics=[["mae"], ["accuracy"]])
    compare(stock, ours, X, [TARGET, LABEL], sample_weight=[WEIGHT, WEIGHT[::-1].copy()])
    by_name = ours.evaluate(X, {"a": TARGET, "b": LABEL}, verbose=0)
    assert by_name == ours.evaluate(X, [TARGET, LABEL], verbose=0)


@pytest.mark.parity
def test_one_output_without_a_loss():
    stock, ours = pair(two_outputs)
    for model in (stock, ours):
        model.compile("sgd", [None, "ce"])
    compare(stock, ours, X, [TARGET, LABEL])


@pytest.mark.parity
def test_evaluate_predict_and_single_batches():
    stock, ours = pair(classifier)
    for model in (stock, ours):
        model.compile(**CLASSIFY)
    for arguments in ({"batch_size": 25}, {"sample_weight": WEIGHT, "steps": 2}, {"steps": 1}):
        expected = stock.evaluate(X, LABEL, verbose=0, return_dict=True, **arguments)
        found = ours.evaluate(X, LABEL, verbose=0, return_dict=True, **arguments)
        assert found == pytest.approx(expected, rel=1e-4)
    np.testing.assert_allclose(
        ours.predict(X, batch_size=8, verbose=0), stock.predict(X, verbose=0), rtol=1e-5, atol=1e-6
    )
    for _ in range(2):
        expected = stock.train_on_batch(X[:8], LABEL[:8], class_weight={1: 2.0})
        assert ours.train_on_batch(X[:8], LABEL[:8], class_weight={1: 2.0}) == pytest.approx(
            expected, rel=1e-4
        )
    expected = stock.test_on_batch(X[:8], LABEL[:8], return_dict=True)
    assert ours.test_on_batch(X[:8], LABEL[:8], return_dict=True) == pytest.approx(
        expected, rel=1e-4
    )
    np.testing.assert_allclose(
        ours.predict_on_batch(X[:3]), stock.predict_on_batch(X[:3]), rtol=1e-3, atol=1e-5
    )


@pytest.mark.parity
def test_gradient_accumulation_with_averaged_weights():
    stock, ours = pair(regressor)
    arguments = {"gradient_accumulation_steps": 2, "use_ema": True, "loss_scale_factor": 8.0}
    stock.compile(keras.optimizers.Adam(0.01, **arguments), "mse")
    ours.compile(bigdl_keras.optimizers.Adam(0.01, **arguments), "mse")
    compare(stock, ours, X, TARGET)


@pytest.mark.parity
def test_schedules_follow_the_steps():
    stock, ours = pair(regressor)
    stock.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 8)), "mse")
    ours.compile(
        bigdl_keras.optimizers.SGD(bigdl_keras.optimizers.schedules.CosineDecay(0.1, 8)), "mse"
    )
    compare(stock, ours, X, TARGET)


def test_training_after_a_layer_is_frozen():
    ours = regressor(bigdl_keras)
    ours.compile("sgd", "mse")
    ours.fit(X, TARGET, verbose=0)
    ours.layers[0].trainable = False
    ours.compile("sgd", "mse")
    frozen, free = ours.layers[0].get_weights()[0].copy(), ours.layers[1].get_weights()[0].copy()
    ours.fit(X, TARGET, verbose=0)
    np.testing.assert_array_equal(ours.layers[0].get_weights()[0], frozen)
    assert not np.array_equal(ours.layers[1].get_weights()[0], free)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy):
    bigdl_keras.utils.set_random_seed(1)
    layers = bigdl_keras.layers
    model = bigdl_keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(16, activation="relu", dtype=policy),
            layers.Dense(2, dtype="float32"),
        ]
    )
    model.dtype_policy = policy
    model.compile(bigdl_keras.optimizers.Adam(0.05), "mse")
    scaled = isinstance(model.optimizer, bigdl_keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")
    losses = model.fit(X, TARGET, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    assert all(variable.dtype == "float32" for variable in model.trainable_variables)


def test_shuffling_changes_the_order_but_is_seeded():
    def losses(seed):
        bigdl_keras.utils.set_random_seed(seed)
        model = regressor(bigdl_keras)
        model.compile("sgd", "mse")
        return model.fit(X, TARGET, epochs=2, batch_size=8, verbose=0).history["loss"]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)


def test_own_steps_are_traced():
    class Halved(bigdl_keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = bigdl_keras.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return super().compute_loss(x, y, y_pred, sample_weight) * 0.5

        def train_step(self, data):
            logs = super().train_step(data)
            return {**logs, "doubled": logs["loss"] * 2}

    model = Halved()
    model.compile("sgd", "mse")
    history = model.fit(X, TARGET, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["doubled"], np.multiply(history["loss"], 2), rtol=1e-6)
    whole = bigdl_keras.losses.MeanSquaredError()(TARGET, model.predict(X, verbose=0))
    assert model.evaluate(X, TARGET, verbose=0) == pytest.approx(float(whole) / 2, rel=1e-4)


def test_metrics_of_layers():
    class Watched(bigdl_keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.size = bigdl_keras.metrics.Mean(name="size")

        def call(self, x):
            self.size.update_state(bigdl_keras.ops.abs(x))
            return x

    model = bigdl_keras.Sequential([bigdl_keras.layers.Input((6,)), Watched()])
    model.compile("sgd", "mse")
    logs = model.evaluate(X, X, batch_size=50, verbose=0, return_dict=True)
    assert logs["size"] == pytest.approx(np.abs(X).mean(), rel=1e-5)


@pytest.mark.parity
def test_added_losses():
    def build(lib):
        class Penalty(lib.layers.Layer):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)

            def call(self, x):
                self.add_loss(0.1 * lib.ops.mean(lib.ops.square(x)))
                return x

        return lib.Sequential([lib.layers.Input((6,)), lib.layers.Dense(2), Penalty()])

    stock, ours = pair(build)
    for model in (stock, ours):
        model.compile("sgd", "mse")
    compare(stock, ours, X, TARGET)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: regressor(bigdl_keras).fit(X, TARGET), "compile"),
        (lambda m: m.fit(X, TARGET[:10], verbose=0), "number of rows"),
        (lambda m: m.fit(None, TARGET), "`x` is None"),
        (lambda m: m.fit(iter([(X, TARGET)]), TARGET), "must not be given"),
        (lambda m: m.fit(X, [TARGET, TARGET], verbose=0), "fit the 1 outputs"),
        (lambda m: m.fit(np.array(["a", "b"]), TARGET[:2]), "takes numbers"),
        (lambda m: m.fit(X, TARGET, validation_split=1.5), "between 0 and 1"),
        (lambda m: m.fit(X, TARGET, class_weight={0: 1.0}, sample_weight=WEIGHT), "not both"),
        (lambda m: m.fit(X, TARGET, validation_data=(X, TARGET), validation_freq="x"), "freq"),
        (lambda m: m.compile("sgd", {"nowhere": "mse"}) or m.fit(X, TARGET), "does not fit"),
        (lambda m: m.compile("sgd") or m.fit(X, TARGET, verbose=0), "nothing to minimise"),
    ],
)
def test_errors_name_the_mend(call, message):
    model = regressor(bigdl_keras)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=message):
        call(model)


def test_unknown_arguments_are_refused():
    model = regressor(bigdl_keras)
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="feature_cols"):
        model.fit(X, TARGET, feature_cols=["a"])


@pytest.mark.parity
def test_masked_steps_count_neither_in_loss_nor_in_metrics():
    def build(lib):
        return lib.Sequential(
            [
                lib.layers.Input((6,), dtype="int32"),
                lib.layers.Embedding(9, 4, mask_zero=True),
                lib.layers.GRU(5, return_sequences=True),
                lib.layers.Dense(3, activation="softmax"),
            ]
        )

    tokens = RNG.integers(1, 9, (50, 6))
    tokens[np.arange(6) >= RNG.integers(1, 7, (50, 1))] = 0
    labels = RNG.integers(0, 3, (50, 6))
    stock, ours = pair(build)
    for model in (stock, ours):
        model.compile("sgd", "ce")
    compare(stock, ours, tokens, labels)
    # Stock Keras loses the mask before metrics on JAX, so these are counted by hand.
    ours.compile("sgd", "ce", metrics=["accuracy"])
    logs = ours.evaluate(tokens, labels, verbose=0, return_dict=True)
    right = np.argmax(ours.predict(tokens, verbose=0), axis=-1) == labels
    assert logs["accuracy"] == pytest.approx(right[tokens != 0].mean(), rel=1e-5)


def test_trained_models_can_be_copied():
    import copy
    import pickle

    model = regressor(bigdl_keras)
    model.compile("adam", "mse")
    model.fit(X, TARGET, verbose=0)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
        again.fit(X, TARGET, verbose=0)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("fit", {"y": TARGET}),
        ("evaluate", {"sample_weight": WEIGHT}),
        ("predict", {"steps": 3}),
    ],
)
def test_spark_data_brings_its_own_labels_and_weights(method, arguments):
    class DataFrame:
        pass

    DataFrame.__module__ = "pyspark.sql.dataframe"
    model = regressor(bigdl_keras)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="Spark data"):
        getattr(model, method)(DataFrame(), **arguments)
