"""Metrics against stock Keras: batches, weights, masks, thresholds, dtypes, state, configs, errors."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
import pytest

import bigdl_keras
from tests.parity.compare import LIBRARIES, close, public, same_config, same_error

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(11)
Arguments = dict[str, Any]
Batch = tuple[np.ndarray, np.ndarray]
BATCHES, ROWS, CLASSES = 3, 6, 4


def scores() -> np.ndarray:
    return RNG.uniform(0.02, 0.98, (ROWS, CLASSES)).astype("float32")


def real() -> Batch:
    return RNG.normal(size=(ROWS, CLASSES)).astype("float32"), RNG.normal(
        size=(ROWS, CLASSES)
    ).astype("float32")


def positive() -> Batch:
    return scores() * 2, scores() * 2


def signs() -> Batch:
    return RNG.choice([-1.0, 1.0], (ROWS, CLASSES)).astype("float32"), real()[1]


def whole() -> Batch:
    return RNG.integers(0, 3, (ROWS, CLASSES)), RNG.integers(0, 3, (ROWS, CLASSES))


def binary() -> Batch:
    return RNG.integers(0, 2, (ROWS, CLASSES)), scores()


def binary_logits() -> Batch:
    return RNG.integers(0, 2, (ROWS, CLASSES)).astype("float32"), real()[1]


def labels() -> np.ndarray:
    return RNG.integers(0, CLASSES, ROWS)


def one_hot() -> Batch:
    return np.eye(CLASSES, dtype="float32")[labels()], scores()


def sparse() -> Batch:
    return labels(), scores()


def column() -> Batch:
    return labels()[:, None], scores()


def sorted_ids() -> Batch:
    return labels(), np.argsort(-scores(), axis=-1).astype("float32")


def class_ids() -> Batch:
    return labels(), labels()


def segmentation() -> Batch:
    return RNG.integers(0, 2, ROWS), RNG.uniform(0.0, 1.0, ROWS).astype("float32")


def one_hot_labels_and_ids() -> Batch:
    return np.eye(CLASSES, dtype="float32")[labels()], labels()


def rounded() -> Batch:
    # Scores that lie on thresholds.
    return RNG.integers(0, 2, (ROWS, CLASSES)), (RNG.integers(0, 11, (ROWS, CLASSES)) / 10).astype(
        "float32"
    )


# Metric, its arguments, a batch of labels and predictions.
CASES: list[tuple[str, Arguments, Any]] = [
    ("MeanSquaredError", {}, real),
    ("MeanAbsoluteError", {}, real),
    ("MeanAbsolutePercentageError", {}, real),
    ("MeanSquaredLogarithmicError", {}, positive),
    ("RootMeanSquaredError", {}, real),
    ("LogCoshError", {}, real),
    ("CosineSimilarity", {}, real),
    ("CosineSimilarity", {"axis": 1}, real),
    ("R2Score", {}, real),
    ("R2Score", {"class_aggregation": None, "num_regressors": 2}, real),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, real),
    ("PearsonCorrelation", {}, real),
    ("ConcordanceCorrelation", {}, real),
    ("Hinge", {}, signs),
    ("SquaredHinge", {}, binary),
    ("CategoricalHinge", {}, one_hot),
    ("KLDivergence", {}, positive),
    ("Poisson", {}, positive),
    ("BinaryCrossentropy", {}, binary),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, binary_logits),
    ("CategoricalCrossentropy", {}, one_hot),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, one_hot),
    ("SparseCategoricalCrossentropy", {}, sparse),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, sparse),
    ("Accuracy", {}, whole),
    ("BinaryAccuracy", {}, binary),
    ("BinaryAccuracy", {"threshold": 0.3}, rounded),
    ("CategoricalAccuracy", {}, one_hot),
    ("SparseCategoricalAccuracy", {}, sparse),
    ("SparseCategoricalAccuracy", {}, column),
    ("TopKCategoricalAccuracy", {"k": 2}, one_hot),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, sparse),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, sorted_ids),
    ("TruePositives", {}, binary),
    ("TruePositives", {"thresholds": [0.1, 0.5, 0.7]}, rounded),
    ("FalsePositives", {"thresholds": 0.3}, rounded),
    ("TrueNegatives", {"thresholds": [0.0, 0.5, 1.0]}, rounded),
    ("FalseNegatives", {"thresholds": [0.2, 0.25]}, binary),
    ("Precision", {}, binary),
    ("Precision", {"thresholds": [0.2, 0.5, 0.9]}, rounded),
    ("Precision", {"top_k": 2}, binary),
    ("Precision", {"top_k": 2, "class_id": 1}, binary),
    ("Precision", {"class_id": 3, "thresholds": 0.4}, binary),
    ("Recall", {}, binary),
    ("Recall", {"thresholds": [0.0, 0.5, 1.0]}, rounded),
    ("Recall", {"top_k": 3}, binary),
    ("Recall", {"class_id": 0}, binary),
    ("F1Score", {}, one_hot),
    ("F1Score", {"average": "micro", "threshold": 0.5}, binary),
    ("FBetaScore", {"average": "macro", "beta": 2.0}, one_hot),
    ("FBetaScore", {"average": "weighted", "beta": 0.5, "threshold": 0.4}, binary),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, binary),
    ("SensitivityAtSpecificity", {"specificity": 0.4, "num_thresholds": 1}, binary),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 11}, rounded),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "class_id": 2}, binary),
    ("PrecisionAtRecall", {"recall": 0.5}, binary),
    ("RecallAtPrecision", {"precision": 0.6, "num_thresholds": 11}, rounded),
    ("RecallAtPrecision", {"precision": 0.999}, binary),
    ("AUC", {}, binary),
    ("AUC", {"num_thresholds": 11, "summation_method": "majoring"}, rounded),
    ("AUC", {"num_thresholds": 11, "summation_method": "minoring"}, rounded),
    ("AUC", {"curve": "PR"}, binary),
    ("AUC", {"curve": "PR", "summation_method": "majoring", "num_thresholds": 5}, binary),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, binary),
    ("AUC", {"curve": "PRGAIN"}, binary),
    ("AUC", {"thresholds": [0.1, 0.35, 0.5, 0.9]}, rounded),
    ("AUC", {"from_logits": True, "num_thresholds": 20}, binary_logits),
    ("AUC", {"multi_label": True, "num_thresholds": 11}, binary),
    ("AUC", {"multi_label": True, "num_labels": CLASSES, "curve": "PR", "num_thresholds": 7}, binary),
    ("AUC", {"multi_label": True, "label_weights": [0.1, 0.4, 0.3, 0.2]}, binary),
    ("AUC", {"label_weights": [0.1, 0.4, 0.3, 0.2]}, binary),
    ("IoU", {"num_classes": CLASSES, "target_class_ids": [0, 2]}, class_ids),
    ("IoU", {"num_classes": CLASSES, "target_class_ids": (1,), "ignore_class": 3}, class_ids),
    ("IoU", {"num_classes": CLASSES, "target_class_ids": [0], "sparse_y_true": False,
             "sparse_y_pred": False}, one_hot),
    ("BinaryIoU", {}, segmentation),
    ("BinaryIoU", {"target_class_ids": [0], "threshold": 0.3}, segmentation),
    ("MeanIoU", {"num_classes": CLASSES}, class_ids),
    ("MeanIoU", {"num_classes": CLASSES, "sparse_y_true": False}, one_hot_labels_and_ids),
    ("MeanIoU", {"num_classes": CLASSES, "ignore_class": 0}, class_ids),
    ("OneHotIoU", {"num_classes": CLASSES, "target_class_ids": [1, 2]}, one_hot),
    ("OneHotMeanIoU", {"num_classes": CLASSES}, one_hot),
    ("OneHotMeanIoU", {"num_classes": CLASSES, "sparse_y_pred": True}, one_hot_labels_and_ids),
]  # fmt: skip
# Metrics of plain values, bases, and functions (those of losses: see test_losses).
VALUES = {"Mean", "Sum"}
BASES = {"Metric", "MeanMetricWrapper"}
FUNCTIONS: dict[str, tuple[Arguments, Any]] = {
    "binary_accuracy": ({"threshold": 0.3}, binary),
    "categorical_accuracy": ({}, one_hot),
    "sparse_categorical_accuracy": ({}, column),
    "top_k_categorical_accuracy": ({"k": 2}, one_hot),
    "sparse_top_k_categorical_accuracy": ({"k": 2, "from_sorted_ids": True}, sorted_ids),
    "concordance_correlation": ({}, real),
    "pearson_correlation": ({"axis": -1}, real),
    "binary_crossentropy": ({}, binary),
    "binary_focal_crossentropy": ({}, binary),
    "categorical_crossentropy": ({}, one_hot),
    "categorical_focal_crossentropy": ({}, one_hot),
    "categorical_hinge": ({}, one_hot),
    "hinge": ({}, signs),
    "huber": ({"delta": 0.5}, real),
    "kl_divergence": ({}, positive),
    "log_cosh": ({}, real),
    "mean_absolute_error": ({}, real),
    "mean_absolute_percentage_error": ({}, real),
    "mean_squared_error": ({}, real),
    "mean_squared_logarithmic_error": ({}, positive),
    "poisson": ({}, positive),
    "sparse_categorical_crossentropy": ({}, sparse),
    "squared_hinge": ({}, signs),
}
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]
every_case = pytest.mark.parametrize(("name", "arguments", "data"), CASES, ids=IDS)


def test_every_metric_has_a_case() -> None:
    listed = VALUES | BASES | set(FUNCTIONS) | {name for name, *_ in CASES}
    # Stock Keras does not export every function that it names in `get`.
    assert public(keras.metrics) == {name for name in listed if hasattr(keras.metrics, name)}


def made(library: Any, metric: str, arguments: Arguments, **more: Any) -> Any:
    return getattr(library.metrics, metric)(**arguments, **more)


def same_results(stock: Any, ours: Any, tolerance: float = 2e-5) -> None:
    """Results and state (names, dtypes, values) agree."""
    close(ours.result(), stock.result(), tolerance, tolerance)
    assert [v.name for v in ours.variables] == [v.name for v in stock.variables]
    for theirs, mine in zip(stock.variables, ours.variables, strict=True):
        close(mine.numpy(), np.asarray(theirs.numpy()), tolerance, tolerance)


@pytest.mark.parametrize("weights", ["none", "row", "zero"])
@every_case
def test_batches(name: str, arguments: Arguments, data: Any, weights: str) -> None:
    stock, ours = (made(library, name, arguments) for library in LIBRARIES)
    for _ in range(BATCHES):
        y_true, y_pred = data()
        weight = {
            "none": None,
            "row": RNG.uniform(0.5, 2.0, ROWS).astype("float32"),
            "zero": np.zeros(ROWS, "float32"),
        }[weights]
        stock.update_state(y_true, y_pred, sample_weight=weight)
        ours.update_state(y_true, y_pred, sample_weight=weight)
        same_results(stock, ours)
    stock.reset_state()
    ours.reset_state()
    same_results(stock, ours)
    y_true, y_pred = data()
    close(ours(y_true, y_pred), stock(y_true, y_pred), 2e-5, 2e-5)


@every_case
def test_untouched(name: str, arguments: Arguments, data: Any) -> None:
    stock, ours = (made(library, name, arguments) for library in LIBRARIES)
    assert [v.name for v in ours.variables] == [v.name for v in stock.variables]
    assert [v.shape for v in ours.variables] == [tuple(v.shape) for v in stock.variables]
    if not stock.variables or name == "R2Score":  # built at the first update
        return
    close(ours.result(), stock.result())


@every_case
def test_configs(name: str, arguments: Arguments, data: Any) -> None:
    stock, ours = (made(library, name, arguments, name="mine") for library in LIBRARIES)
    same_config(ours.get_config(), stock.get_config())
    metrics = bigdl_keras.metrics
    again = metrics.deserialize(metrics.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    read = metrics.get({"class_name": name, "config": stock.get_config()})
    same_config(read.get_config(), stock.get_config())


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "mixed_bfloat16"])
@pytest.mark.parametrize(
    "name", ["MeanSquaredError", "BinaryAccuracy", "Precision", "AUC", "R2Score", "F1Score"]
)
def test_dtypes(name: str, dtype: str) -> None:
    with jax.enable_x64(dtype == "float64"):
        stock, ours = (made(library, name, {}, dtype=dtype) for library in LIBRARIES)
        assert ours.dtype == stock.dtype
        y_true, y_pred = one_hot()
        stock.update_state(y_true, y_pred)
        ours.update_state(y_true, y_pred)
        tolerance = 1e-6 if dtype == "float64" else 5e-2
        close(ours.result(), np.asarray(stock.result()), tolerance, tolerance)
        assert [v.dtype for v in ours.variables] == [str(v.dtype) for v in stock.variables]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    arguments, data = FUNCTIONS[name]
    y_true, y_pred = data()
    home = keras.metrics if hasattr(keras.metrics, name) else keras.src.metrics
    theirs = getattr(home, name, None) or getattr(keras.src.metrics.correlation_metrics, name)
    close(
        getattr(bigdl_keras.metrics, name)(y_true, y_pred, **arguments),
        theirs(y_true, y_pred, **arguments),
    )


SHAPES: dict[str, Any] = {
    "scalar": 2.5,
    "list": [1.0, 2.0, 4.0],
    "matrix": RNG.normal(size=(3, 2)).astype("float32"),
    "cube": RNG.normal(size=(3, 2, 2)).astype("float32"),
    "int": np.array([1, 2, 4]),
    "bool": np.array([True, False, True]),
}
WEIGHTS: dict[str, Any] = {
    "none": None,
    "number": 0.5,
    "row": [0.5, 2.0, 0.0],
    "column": [[0.5], [2.0], [1.0]],
    "matrix": RNG.uniform(size=(3, 2)).astype("float32"),
    "bool": np.array([True, False, True]),
}


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("values", SHAPES)
@pytest.mark.parametrize("name", sorted(VALUES))
def test_means_and_sums(name: str, values: str, weight: str) -> None:
    stock, ours = (made(library, name, {}) for library in LIBRARIES)
    try:
        stock.update_state(SHAPES[values], sample_weight=WEIGHTS[weight])
    except (ValueError, TypeError):
        with pytest.raises((ValueError, TypeError)):
            ours.update_state(SHAPES[values], sample_weight=WEIGHTS[weight])
        return
    ours.update_state(SHAPES[values], sample_weight=WEIGHTS[weight])
    same_results(stock, ours)


@pytest.mark.parametrize(
    "name", ["MeanSquaredError", "SparseCategoricalAccuracy", "BinaryAccuracy"]
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_images_masks_and_weights(name: str, weighted: bool, masked: bool) -> None:
    y_pred = RNG.uniform(size=(2, 3, 4)).astype("float32")
    y_true = RNG.integers(
        0, 4 if "Sparse" in name else 2, (2, 3) if "Sparse" in name else (2, 3, 4)
    )
    weight = RNG.uniform(size=(2, 3)).astype("float32") if weighted else None
    mask = np.array([[True, False, True], [False, False, True]])
    results = []
    for library in LIBRARIES:
        tensor = library.ops.convert_to_tensor(y_pred)
        if masked:
            home = keras.src.backend if library is keras else bigdl_keras.core.masks
            home.set_keras_mask(tensor, library.ops.convert_to_tensor(mask))
        metric = made(library, name, {})
        metric.update_state(y_true, tensor, sample_weight=weight)
        results.append(metric)
    same_results(*results)


@pytest.mark.parametrize("name", ["MeanSquaredError", "AUC", "F1Score", "Mean"])
def test_stateless(name: str) -> None:
    stock, ours = (made(library, name, {}) for library in LIBRARIES)
    batch = one_hot() if name != "Mean" else (one_hot()[0],)
    for metric in (stock, ours):
        metric(*batch)
    states = [[v.value for v in metric.variables] for metric in (stock, ours)]
    more = one_hot() if name != "Mean" else (one_hot()[0],)
    updated = [
        metric.stateless_update_state(values, *more)
        for metric, values in zip((stock, ours), states, strict=True)
    ]
    for theirs, mine in zip(*updated, strict=True):
        close(mine, theirs)
    close(ours.stateless_result(updated[1]), stock.stateless_result(updated[0]))
    for theirs, mine in zip(
        stock.stateless_reset_state(), ours.stateless_reset_state(), strict=True
    ):
        close(mine, theirs)
    with pytest.raises(ValueError, match="variables"):
        ours.stateless_result([])


def test_metrics_in_metrics_and_own_metrics() -> None:
    def run(library: Any) -> Any:
        class Spread(library.metrics.Metric):
            def __init__(self, name: str = "spread", **kwargs: Any) -> None:
                super().__init__(name=name, **kwargs)
                self.inner = library.metrics.Mean()
                self.top = self.add_weight(initializer="zeros", name="top")

            def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
                self.inner.update_state(y_pred - y_true, sample_weight)
                self.top.assign_add(library.ops.max(y_pred))

            def result(self) -> Any:
                return {"mean": self.inner.result(), "top": self.top.value}

        metric = Spread()
        batch = np.arange(6, dtype="float32")
        metric.update_state(batch, batch * 2)
        result = metric.result()
        return [metric.name, [v.name for v in metric.variables]], [result["mean"], result["top"]]

    theirs, mine = run(keras), run(bigdl_keras)
    assert mine[0] == theirs[0]
    for a, b in zip(mine[1], theirs[1], strict=True):
        close(a, b)


def test_names() -> None:
    for name, item in keras.src.metrics.ALL_OBJECTS_DICT.items():
        if item.__name__ in BASES or item.__name__ in (
            "IoU",
            "MeanIoU",
            "OneHotIoU",
            "OneHotMeanIoU",
        ):
            continue
        try:
            expected = keras.metrics.get(name)
        except (TypeError, ValueError) as error:
            with pytest.raises(type(error)):
                bigdl_keras.metrics.get(name)
            continue
        found = bigdl_keras.metrics.get(name)
        kind = getattr(expected, "__name__", type(expected).__name__)
        assert getattr(found, "__name__", type(found).__name__) == kind, name


def updated(metric: Any, *batch: Any, **more: Any) -> Any:
    return metric.update_state(*batch, **more)


BAD: dict[str, tuple[Any, str]] = {
    "curve": (lambda m: m.AUC(curve="XX"), "XX"),
    "summation": (lambda m: m.AUC(summation_method="most"), "most"),
    "auc-thresholds": (lambda m: m.AUC(num_thresholds=1), "num_thresholds"),
    "auc-labels": (lambda m: m.AUC(num_labels=3), "num_labels"),
    "auc-rank": (lambda m: updated(m.AUC(multi_label=True), np.ones(3), np.ones(3)), r"\(3,\)"),
    "precision-range": (lambda m: m.Precision(thresholds=[0.5, 1.5]), "1.5"),
    "recall-range": (lambda m: m.Recall(thresholds=-0.5), "-0.5"),
    "positives-range": (lambda m: m.TruePositives(thresholds=[None, 0.5]), "None"),
    "class-rank": (lambda m: updated(m.Precision(class_id=1), np.ones(3), np.ones(3)), "class_id"),
    "specificity": (lambda m: m.SensitivityAtSpecificity(1.5), "specificity"),
    "sensitivity": (lambda m: m.SpecificityAtSensitivity(-0.5), "sensitivity"),
    "recall": (lambda m: m.PrecisionAtRecall(2), "recall"),
    "precision": (lambda m: m.RecallAtPrecision(2), "precision"),
    "points": (lambda m: m.RecallAtPrecision(0.5, num_thresholds=0), "num_thresholds"),
    "average": (lambda m: m.F1Score(average="most"), "most"),
    "beta": (lambda m: m.FBetaScore(beta=-1.0), "beta"),
    "beta-int": (lambda m: m.FBetaScore(beta=1), "beta"),
    "f-threshold": (lambda m: m.F1Score(threshold=1.5), "threshold"),
    "f-threshold-int": (lambda m: m.F1Score(threshold=1), "threshold"),
    "f-rank": (lambda m: updated(m.F1Score(), np.ones(3), np.ones(3)), r"\(3,\)"),
    "iou-class": (lambda m: m.IoU(2, [2]), "2"),
    "binary-iou-class": (lambda m: m.BinaryIoU([2]), "2"),
    "aggregation": (lambda m: m.R2Score(class_aggregation="most"), "most"),
    "regressors": (lambda m: m.R2Score(num_regressors=-1), "num_regressors"),
    "r2-rank": (lambda m: updated(m.R2Score(), np.ones(3), np.ones(3)), r"\(3,\)"),
    "base-update": (lambda m: m.Metric().update_state(1), "update_state"),
    "base-result": (lambda m: m.Metric().result(), "result"),
    "name": (lambda m: m.get("mxe"), "mxe"),
    "identifier": (lambda m: m.get(3), "3"),
    "argument": (lambda m: m.Mean(axis=1), "axis"),
    "dtype": (lambda m: m.Mean(dtype="float99"), "float99"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    call, names = BAD[case]
    same_error(lambda library: call(library.metrics), names)
