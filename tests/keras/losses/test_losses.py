"""Every loss against stock Keras: values, weights, reductions, masks, configs."""

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras.core.masks import set_keras_mask

RNG = np.random.default_rng(7)
REAL = RNG.normal(size=(6, 4)).astype("float32"), RNG.normal(size=(6, 4)).astype("float32")
POSITIVE = tuple(np.abs(a) + 0.1 for a in REAL)
PROBABILITY = RNG.uniform(0.05, 0.95, (6, 4)).astype("float32")
BINARY = (RNG.integers(0, 2, (6, 4)).astype("float32"), PROBABILITY)
SCORES = RNG.normal(size=(6, 4)).astype("float32")
CLASSES = RNG.integers(0, 4, 6)
ONE_HOT = (np.eye(4, dtype="float32")[CLASSES], PROBABILITY)
SPARSE = (CLASSES, PROBABILITY)
SIGNS = (RNG.choice([-1.0, 1.0], (6, 4)).astype("float32"), SCORES)
NORMALISED = SCORES / np.linalg.norm(SCORES, axis=1, keepdims=True)
SEQUENCES = (RNG.integers(1, 4, (6, 2)), RNG.normal(size=(6, 5, 4)).astype("float32"))

CASES = [
    ("MeanSquaredError", {}, REAL),
    ("MeanAbsoluteError", {}, REAL),
    ("MeanAbsolutePercentageError", {}, REAL),
    ("MeanSquaredLogarithmicError", {}, POSITIVE),
    ("CosineSimilarity", {}, REAL),
    ("CosineSimilarity", {"axis": 1}, REAL),
    ("Huber", {}, REAL),
    ("Huber", {"delta": 0.4}, REAL),
    ("LogCosh", {}, REAL),
    ("Hinge", {}, SIGNS),
    ("Hinge", {}, BINARY),
    ("SquaredHinge", {}, SIGNS),
    ("CategoricalHinge", {}, ONE_HOT),
    ("KLDivergence", {}, (POSITIVE[0] / 4, PROBABILITY)),
    ("Poisson", {}, POSITIVE),
    ("BinaryCrossentropy", {}, BINARY),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, (BINARY[0], SCORES)),
    ("BinaryFocalCrossentropy", {}, BINARY),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "gamma": 1.5}, BINARY),
    ("BinaryFocalCrossentropy", {"from_logits": True}, (BINARY[0], SCORES)),
    ("CategoricalCrossentropy", {}, ONE_HOT),
    ("CategoricalCrossentropy", {"from_logits": True}, (ONE_HOT[0], SCORES)),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, ONE_HOT),
    ("CategoricalFocalCrossentropy", {}, ONE_HOT),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "alpha": 0.5}, (ONE_HOT[0], SCORES)),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.3}, SPARSE),
    ("SparseCategoricalCrossentropy", {}, SPARSE),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, (CLASSES[:, None], SCORES)),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, SPARSE),
    ("Dice", {}, BINARY),
    ("Dice", {"axis": (1,)}, BINARY),
    ("Tversky", {"alpha": 0.3, "beta": 0.7}, BINARY),
    ("Tversky", {"axis": (1,)}, BINARY),
    ("Circle", {}, (RNG.integers(0, 2, 6), NORMALISED)),
    ("CTC", {}, SEQUENCES),
]
IDS = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]
WEIGHT = RNG.uniform(0.5, 2.0, 6).astype("float32")


def losses(name, arguments, **more):
    # Keras does not list every loss class among its public names.
    stock = getattr(keras.losses, name, None) or getattr(keras.src.losses.losses, name)
    return stock(**arguments, **more), getattr(bigdl_keras.losses, name)(**arguments, **more)


@pytest.mark.parametrize(("name", "arguments", "data"), CASES, ids=IDS)
def test_values(name, arguments, data):
    stock, ours = losses(name, arguments, reduction=None)
    np.testing.assert_allclose(ours(*data), np.asarray(stock(*data)), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["MeanAbsoluteError", "SparseCategoricalCrossentropy", "Dice"])
@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_reductions(name, reduction, weighted):
    data = SPARSE if "Sparse" in name else BINARY
    stock, ours = losses(name, {}, reduction=reduction)
    weight = WEIGHT if weighted else None
    expected = np.asarray(stock(*data, sample_weight=weight))
    np.testing.assert_allclose(ours(*data, sample_weight=weight), expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("SparseCategoricalCrossentropy", {"ignore_class": 1}), ("Circle", {})],
)
def test_losses_that_do_not_count(name, arguments):
    data = (SPARSE[0], NORMALISED) if name == "Circle" else SPARSE
    stock, ours = losses(name, arguments)
    for weight in (None, WEIGHT):
        expected = np.asarray(stock(*data, sample_weight=weight))
        np.testing.assert_allclose(ours(*data, sample_weight=weight), expected, rtol=2e-5)


@pytest.mark.parametrize(
    "name", ["MeanSquaredError", "BinaryCrossentropy", "SparseCategoricalCrossentropy"]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_masks(name, weighted):
    stock, ours = losses(name, {})
    y_true = RNG.integers(0, 2, (3, 5, 2) if "Sparse" not in name else (3, 5)).astype("float32")
    y_pred = RNG.uniform(0.1, 0.9, (3, 5, 2)).astype("float32")
    mask = RNG.integers(0, 2, (3, 5)).astype(bool)
    weight = RNG.uniform(size=(3, 5)).astype("float32") if weighted else None
    theirs = keras.ops.convert_to_tensor(y_pred)
    theirs._keras_mask = keras.ops.convert_to_tensor(mask)
    set_keras_mask(y_pred, mask)
    expected = stock(y_true, theirs, sample_weight=weight)
    np.testing.assert_allclose(ours(y_true, y_pred, sample_weight=weight), expected, rtol=1e-5)


@pytest.mark.parametrize(("name", "arguments", "data"), CASES, ids=IDS)
def test_config_round_trip(name, arguments, data):
    stock, ours = losses(name, arguments)
    config = ours.get_config()
    assert stock.get_config().items() <= config.items()
    again = bigdl_keras.losses.deserialize(bigdl_keras.losses.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == config
    np.testing.assert_array_equal(again(*data), ours(*data))


def test_names_mean_the_same_functions_and_classes():
    table = keras.src.losses.ALL_OBJECTS_DICT
    for name, item in table.items():
        if name in ("Loss", "LossFunctionWrapper"):
            continue
        ours = bigdl_keras.losses.get(name)
        expected = item().name if isinstance(item, type) else item.__name__
        assert getattr(ours, "name", getattr(ours, "__name__", None)) == expected


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"Unknown loss 'mxe'.*mean_squared_error"):
        bigdl_keras.losses.get("mxe")


def test_wrong_reduction_is_refused():
    with pytest.raises(ValueError, match="median"):
        bigdl_keras.losses.MeanSquaredError(reduction="median")
