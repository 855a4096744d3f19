"""Losses against stock Keras: values, gradients, dtypes, reductions, weights, masks, configs, errors."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras.core.masks import set_keras_mask
from tests.parity.compare import close, public, same_error, same_value_and_gradient

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(7)
SHAPES = ((5, 3), (2, 3, 4), (1, 1))


class Data(NamedTuple):
    """Labels and predictions."""

    y_true: np.ndarray
    y_pred: np.ndarray


def normal(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.normal(size=shape).astype("float32")


def inside(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.uniform(0.05, 0.95, shape).astype("float32")


def real(shape: tuple[int, ...]) -> Data:
    return Data(normal(shape), normal(shape))


def positive(shape: tuple[int, ...]) -> Data:
    return Data(inside(shape) * 2, inside(shape) * 2)


def signs(shape: tuple[int, ...]) -> Data:
    return Data(RNG.choice([-1.0, 1.0], shape).astype("float32"), normal(shape))


def binary(shape: tuple[int, ...]) -> Data:
    return Data(RNG.integers(0, 2, shape).astype("float32"), inside(shape))


def binary_logits(shape: tuple[int, ...]) -> Data:
    return Data(RNG.integers(0, 2, shape).astype("float32"), normal(shape))


def labels(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.integers(0, shape[-1], shape[:-1])


def one_hot(shape: tuple[int, ...]) -> Data:
    return Data(np.eye(shape[-1], dtype="float32")[labels(shape)], inside(shape))


def one_hot_logits(shape: tuple[int, ...]) -> Data:
    return Data(one_hot(shape).y_true, normal(shape))


def sparse(shape: tuple[int, ...]) -> Data:
    return Data(labels(shape), inside(shape))


def sparse_logits(shape: tuple[int, ...]) -> Data:
    return Data(labels(shape)[..., None], normal(shape))


def embeddings(shape: tuple[int, ...]) -> Data:
    scores = normal((shape[0], shape[-1]))
    unit = scores / np.linalg.norm(scores, axis=-1, keepdims=True)
    return Data(RNG.integers(0, 2, shape[0]), unit.astype("float32"))


def sequences(shape: tuple[int, ...]) -> Data:
    return Data(RNG.integers(1, 4, (shape[0], 2)), normal((shape[0], 5, 4)))


# Class, function, arguments of both, data.
CASES: list[tuple[str, str, dict[str, Any], Any]] = [
    ("MeanSquaredError", "mean_squared_error", {}, real),
    ("MeanAbsoluteError", "mean_absolute_error", {}, real),
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", {}, real),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", {}, positive),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", {}, real),
    ("CosineSimilarity", "cosine_similarity", {}, real),
    ("CosineSimilarity", "cosine_similarity", {"axis": 0}, real),
    ("Huber", "huber", {}, real),
    ("Huber", "huber", {"delta": 0.4}, real),
    ("LogCosh", "log_cosh", {}, real),
    ("Hinge", "hinge", {}, signs),
    ("Hinge", "hinge", {}, binary),
    ("SquaredHinge", "squared_hinge", {}, signs),
    ("SquaredHinge", "squared_hinge", {}, binary),
    ("CategoricalHinge", "categorical_hinge", {}, one_hot),
    ("KLDivergence", "kl_divergence", {}, positive),
    ("Poisson", "poisson", {}, positive),
    ("BinaryCrossentropy", "binary_crossentropy", {}, binary),
    ("BinaryCrossentropy", "binary_crossentropy", {"from_logits": True}, binary_logits),
    ("BinaryCrossentropy", "binary_crossentropy", {"label_smoothing": 0.2, "axis": 0}, binary),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy", {}, binary),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy",
     {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5, "label_smoothing": 0.1}, binary),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy",
     {"from_logits": True, "axis": 0}, binary_logits),
    ("CategoricalCrossentropy", "categorical_crossentropy", {}, one_hot),
    ("CategoricalCrossentropy", "categorical_crossentropy", {"from_logits": True}, one_hot_logits),
    ("CategoricalCrossentropy", "categorical_crossentropy",
     {"label_smoothing": 0.2, "axis": 0}, one_hot),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", {}, one_hot),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy",
     {"from_logits": True, "alpha": 0.5, "gamma": 3.0, "label_smoothing": 0.1}, one_hot_logits),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", {"axis": 0}, one_hot),
    ("CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy",
     {"q": 0.3}, sparse),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", {}, sparse),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy",
     {"from_logits": True}, sparse_logits),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy",
     {"ignore_class": 0}, sparse),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy",
     {"ignore_class": 1, "from_logits": True}, sparse_logits),
    ("Dice", "dice", {}, binary),
    ("Dice", "dice", {"axis": -1}, binary),
    ("Tversky", "tversky", {}, binary),
    ("Tversky", "tversky", {"alpha": 0.3, "beta": 0.7, "axis": -1}, binary),
    ("Circle", "circle", {}, embeddings),
    ("Circle", "circle", {"gamma": 10.0, "margin": 0.25, "remove_diagonal": False}, embeddings),
    ("CTC", "ctc", {}, sequences),
]  # fmt: skip
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]
every_case = pytest.mark.parametrize(("name", "function", "arguments", "data"), CASES, ids=IDS)
# Bases: `Loss` is for subclasses (test_a_loss_of_the_user).
BASES = {"Loss"}


def test_every_loss_has_a_case() -> None:
    assert public(keras.losses) == BASES | {
        n for c in CASES for n in c[:2] if hasattr(keras.losses, n)
    }


def made(library: Any, loss: str, arguments: dict[str, Any], **more: Any) -> Any:
    # Stock Keras does not export every class that it names in `get`.
    home = library.losses if hasattr(library.losses, loss) else keras.src.losses.losses
    return getattr(home, loss)(**arguments, **more)


@every_case
def test_values_and_gradients(
    name: str, function: str, arguments: dict[str, Any], data: Any
) -> None:
    # Stock Keras compiles for each shape: two for each loss, one of what takes seconds.
    for shape in SHAPES[:1] if name in ("CTC", "Circle") else SHAPES[len(function) % 2 :][:2]:
        y_true, y_pred = data(shape)
        same_value_and_gradient(
            lambda library, x, y_true=y_true: made(library, name, arguments, reduction="none")(
                y_true, x
            ),
            y_pred,
        )


@every_case
def test_functions(name: str, function: str, arguments: dict[str, Any], data: Any) -> None:
    y_true, y_pred = data(SHAPES[1])
    home = keras.losses if hasattr(keras.losses, function) else keras.src.losses.losses
    expected = getattr(home, function)(y_true, y_pred, **arguments)
    close(getattr(bigdl_keras.losses, function)(y_true, y_pred, **arguments), expected)


@every_case
def test_float64(name: str, function: str, arguments: dict[str, Any], data: Any) -> None:
    y_true, y_pred = data(SHAPES[0])
    y_pred = y_pred.astype("float64")
    with jax.enable_x64(True):
        expected = np.asarray(made(keras, name, arguments, dtype="float64")(y_true, y_pred))
    found = made(bigdl_keras, name, arguments, dtype="float64")(y_true, y_pred)
    # Stock Keras rounds some constants to float32.
    close(found, expected, 2e-7, 1e-9)


@every_case
def test_half_floats(name: str, function: str, arguments: dict[str, Any], data: Any) -> None:
    # Each dtype costs stock Keras a compilation of everything: one for each loss, in turn.
    dtype = ("float16", "bfloat16")[len(function) % 2]
    y_true, y_pred = data(SHAPES[0])
    theirs, ours = (made(library, name, arguments, dtype=dtype) for library in (keras, bigdl_keras))
    assert ours.dtype == theirs.dtype
    close(ours(y_true, y_pred), theirs(y_true, y_pred), 5e-2, 5e-2)


WEIGHTS: dict[str, Any] = {
    "none": None,
    "number": 0.5,
    "list": [0.5, 2.0],
    "row": RNG.uniform(0.5, 2.0, 2).astype("float32")[:, None],
    "column": RNG.uniform(0.5, 2.0, (2, 1)).astype("float32"),
    "value": RNG.uniform(0.5, 2.0, (2, 3)).astype("float32"),
    "value-with-an-axis": RNG.uniform(0.5, 2.0, (2, 3, 1)).astype("float32"),
    "float64": RNG.uniform(0.5, 2.0, (2, 1)),
    "bool": np.array([[True], [False]]),
    "int": np.array([[2], [0]]),
}
REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


def call(library: Any, loss: Any, data: Data, weight: Any, mask: Any) -> Any:
    y_pred = library.ops.convert_to_tensor(data.y_pred)
    if mask is not None and library is keras:
        y_pred._keras_mask = library.ops.convert_to_tensor(mask)
    elif mask is not None:
        set_keras_mask(y_pred, mask)
    return loss(data.y_true, y_pred, sample_weight=weight)


def outcomes(
    name: str, arguments: dict[str, Any], data: Data, weight: Any, mask: Any, **more: Any
) -> None:
    def result(library: Any) -> Any:
        return call(library, made(library, name, arguments, **more), data, weight, mask)

    try:
        expected = result(keras)
    except (ValueError, TypeError):
        with pytest.raises((ValueError, TypeError)):
            result(bigdl_keras)
        return
    close(result(bigdl_keras), expected)


@pytest.mark.parametrize("masked", ["", "some", "none"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_reductions(weight: str, reduction: str | None, masked: str) -> None:
    mask = {
        "some": np.array([[True, False, True], [False, False, True]]),
        "none": np.zeros((2, 3), bool),
        "": None,
    }[masked]
    outcomes("MeanSquaredError", {}, real((2, 3, 4)), WEIGHTS[weight], mask, reduction=reduction)


@pytest.mark.parametrize("masked", ["all", "some"])
@every_case
def test_masks(name: str, function: str, arguments: dict[str, Any], data: Any, masked: str) -> None:
    y_true, y_pred = data((2, 3, 4))
    shape = np.asarray(made(bigdl_keras, name, arguments, reduction="none")(y_true, y_pred)).shape
    mask = np.full(shape, masked == "all")
    if masked == "some":
        mask = RNG.integers(0, 2, shape).astype(bool)
    outcomes(name, arguments, Data(y_true, y_pred), inside(shape), mask)


@every_case
def test_configs(name: str, function: str, arguments: dict[str, Any], data: Any) -> None:
    theirs, ours = (
        made(library, name, arguments, reduction="sum", name="mine")
        for library in (keras, bigdl_keras)
    )
    # Stock Keras leaves out some arguments.
    assert ours.get_config().items() >= theirs.get_config().items()
    assert ours.get_config().items() >= arguments.items()
    assert made(bigdl_keras, name, arguments).name == made(keras, name, arguments).name
    again = bigdl_keras.losses.deserialize(bigdl_keras.losses.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    read = bigdl_keras.losses.get({"class_name": name, "config": theirs.get_config()})
    assert read.get_config().items() >= theirs.get_config().items()


UNEQUAL: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "column-for-vector": ((4, 1), (4,)),
    "vector-for-column": ((4,), (4, 1)),
    "broadcast": ((4, 1), (4, 3)),
    "row": ((3,), (4, 3)),
    "images": ((2, 3), (2, 3, 1)),
    "empty": ((0, 3), (0, 3)),
}


@pytest.mark.parametrize("case", UNEQUAL)
@pytest.mark.parametrize(
    "name", ["MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossentropy"]
)
def test_shapes_that_differ(name: str, case: str) -> None:
    true_shape, pred_shape = UNEQUAL[case]
    data = Data(binary(true_shape).y_true, inside(pred_shape))
    for reduction in ("sum_over_batch_size", "none"):
        outcomes(name, {}, data, None, None, reduction=reduction)


@pytest.mark.parametrize("label", [-1, 3, 7])
@pytest.mark.parametrize("from_logits", [False, True])
def test_labels_out_of_range(label: int, from_logits: bool) -> None:
    y_true = np.array([0, label, 2])
    same_value_and_gradient(
        lambda library, x: library.losses.SparseCategoricalCrossentropy(
            from_logits, reduction="none"
        )(y_true, x),
        inside((3, 3)),
    )


def test_structures() -> None:
    def run(library: Any) -> Any:
        class Total(library.losses.Loss):
            def call(self, y_true: Any, y_pred: Any) -> Any:
                return library.ops.mean(y_true["a"] * y_pred["a"] + y_pred["b"][0], axis=-1)

        return Total()({"a": ones * 2}, {"a": ones, "b": [ones * 3]}, sample_weight=[1.0, 2.0])

    ones = np.ones((2, 3), "float32")
    close(run(bigdl_keras), run(keras))


BAD: dict[str, tuple[Any, str]] = {
    "reduction": (lambda k: k.losses.MeanSquaredError(reduction="median"), "median"),
    "argument": (lambda k: k.losses.MeanSquaredError(delta=1.0), "delta"),
    "name": (lambda k: k.losses.get("mxe"), "mxe"),
    "identifier": (lambda k: k.losses.get(3), "3"),
    "config": (lambda k: k.losses.get({"class_name": "Nothing", "config": {}}), "Nothing"),
    "base": (lambda k: k.losses.Loss()([1.0], [1.0]), "call"),
    "q": (lambda k: k.losses.CategoricalGeneralizedCrossEntropy(q=1.5), "q"),
    "axis": (lambda k: k.losses.categorical_crossentropy([[1.0, 0]], [[0.5, 0.5]], axis=True), "axis"),
    "focal-axis": (
        lambda k: k.losses.categorical_focal_crossentropy([[1.0, 0]], [[0.5, 0.5]], axis=True), "axis"),
    "ctc-labels": (lambda k: k.losses.ctc(np.ones((2,)), np.ones((2, 5, 4))), r"\(2,\)"),
    "ctc-logits": (lambda k: k.losses.ctc(np.ones((2, 2)), np.ones((2, 5))), r"\(2, 5\)"),
    "shapes": (lambda k: k.losses.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 4))), "3"),
    "ranks": (lambda k: k.losses.categorical_crossentropy(np.ones((3,)), np.ones((2, 3))), "2"),
    "sparse-shapes": (
        lambda k: k.losses.sparse_categorical_crossentropy(np.ones((3,)), np.ones((2, 4))), "3"),
    "binary-shapes": (lambda k: k.losses.BinaryCrossentropy()(np.ones((2, 3)), np.ones((2, 4))), "3"),
    "dtype": (lambda k: k.losses.MeanSquaredError(dtype="float99"), "float99"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    same_error(*BAD[case])
