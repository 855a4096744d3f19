"""Every metric against stock Keras over several batches, with and without weights."""

import keras
import numpy as np
import pytest

import bigdl_keras

RNG = np.random.default_rng(11)


def real():
    return RNG.normal(size=(5, 3)).astype("float32"), RNG.normal(size=(5, 3)).astype("float32")


def positive():
    a, b = real()
    return np.abs(a) + 0.1, np.abs(b) + 0.1


def binary():
    return (
        RNG.integers(0, 2, (5, 3)).astype("float32"),
        RNG.uniform(size=(5, 3)).astype("float32"),
    )


def vector():
    return RNG.integers(0, 2, 5).astype("float32"), RNG.uniform(size=5).astype("float32")


def one_hot():
    return np.eye(3, dtype="float32")[RNG.integers(0, 3, 5)], binary()[1]


def sparse():
    return RNG.integers(0, 3, 5), binary()[1]


def sequence():
    return RNG.integers(0, 3, (5, 2)), RNG.uniform(size=(5, 2, 3)).astype("float32")


def labels():
    return RNG.integers(0, 3, 5), RNG.integers(0, 3, 5)


def wide():
    return RNG.integers(0, 8, 5), RNG.uniform(size=(5, 8)).astype("float32")


def wide_one_hot():
    y, p = wide()
    return np.eye(8, dtype="float32")[y], p


CASES = [
    ("MeanSquaredError", {}, real),
    ("RootMeanSquaredError", {}, real),
    ("MeanAbsoluteError", {}, real),
    ("MeanAbsolutePercentageError", {}, real),
    ("MeanSquaredLogarithmicError", {}, positive),
    ("CosineSimilarity", {}, real),
    ("LogCoshError", {}, real),
    ("R2Score", {}, real),
    ("R2Score", {"class_aggregation": None}, real),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, real),
    ("PearsonCorrelation", {}, real),
    ("ConcordanceCorrelation", {}, real),
    ("Hinge", {}, binary),
    ("SquaredHinge", {}, binary),
    ("CategoricalHinge", {}, one_hot),
    ("KLDivergence", {}, positive),
    ("Poisson", {}, positive),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, binary),
    ("CategoricalCrossentropy", {"from_logits": True}, one_hot),
    ("SparseCategoricalCrossentropy", {}, sparse),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, sparse),
    ("Accuracy", {}, labels),
    ("BinaryAccuracy", {"threshold": 0.3}, binary),
    ("CategoricalAccuracy", {}, one_hot),
    ("SparseCategoricalAccuracy", {}, sparse),
    ("SparseCategoricalAccuracy", {}, sequence),
    ("TopKCategoricalAccuracy", {"k": 3}, wide_one_hot),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, wide),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, sequence),
    ("TruePositives", {}, binary),
    ("FalsePositives", {"thresholds": [0.2, 0.6]}, binary),
    ("TrueNegatives", {"thresholds": [0.0, 0.5, 1.0]}, binary),
    ("FalseNegatives", {}, vector),
    ("Precision", {}, binary),
    ("Precision", {"thresholds": [0.3, 0.5, 0.8]}, binary),
    ("Precision", {"top_k": 2}, binary),
    ("Precision", {"class_id": 1}, binary),
    ("Recall", {}, vector),
    ("Recall", {"thresholds": [0.0, 0.5, 1.0]}, binary),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, binary),
    ("SpecificityAtSensitivity", {"sensitivity": 0.4, "num_thresholds": 1}, binary),
    ("PrecisionAtRecall", {"recall": 0.4}, binary),
    ("RecallAtPrecision", {"precision": 0.3}, binary),
    ("AUC", {}, binary),
    ("AUC", {"curve": "PR"}, binary),
    ("AUC", {"curve": "PRGAIN"}, binary),
    ("AUC", {"summation_method": "majoring", "num_thresholds": 20}, vector),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, binary),
    ("AUC", {"thresholds": [0.1, 0.35, 0.8]}, binary),
    ("AUC", {"multi_label": True}, binary),
    ("AUC", {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 0.5]}, binary),
    ("AUC", {"from_logits": True}, lambda: (binary()[0], real()[0])),
    ("F1Score", {}, one_hot),
    ("F1Score", {"average": "macro"}, one_hot),
    ("F1Score", {"average": "micro", "threshold": 0.4}, binary),
    ("FBetaScore", {"average": "weighted", "beta": 2.0}, one_hot),
]
UNWEIGHTED = [
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, labels),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1}, labels),
    ("MeanIoU", {"num_classes": 3, "sparse_y_pred": False}, sparse),
    ("BinaryIoU", {"threshold": 0.3}, binary),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [1]}, one_hot),
    ("OneHotMeanIoU", {"num_classes": 3}, one_hot),
    ("R2Score", {"num_regressors": 2}, real),
]
IDS = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]


def compare(name, arguments, batches):
    stock = getattr(keras.metrics, name)(**arguments)
    ours = getattr(bigdl_keras.metrics, name)(**arguments)
    for y_true, y_pred, weight in batches:
        stock.update_state(y_true, y_pred, sample_weight=weight)
        ours.update_state(y_true, y_pred, sample_weight=weight)
    expected = np.asarray(stock.result())
    np.testing.assert_allclose(ours.result(), expected, rtol=3e-5, atol=1e-6)
    assert [v.shape for v in ours.variables] == [tuple(v.shape) for v in stock.variables]
    ours.reset_state()
    assert not any(variable.numpy().any() for variable in ours.variables)


@pytest.mark.parametrize(("name", "arguments", "make"), CASES, ids=IDS)
def test_values(name, arguments, make):
    compare(name, arguments, [(*make(), None) for _ in range(2)])


@pytest.mark.parametrize(("name", "arguments", "make"), CASES, ids=IDS)
def test_weighted_values(name, arguments, make):
    weights = RNG.uniform(0.2, 2.0, (2, 5)).astype("float32")
    if name in ("FalsePositives", "TrueNegatives", "Recall") and make is binary:
        weights = np.ones_like(weights)
    compare(name, arguments, [(*make(), weight) for weight in weights])


@pytest.mark.parametrize(("name", "arguments", "make"), UNWEIGHTED)
def test_values_of_counts(name, arguments, make):
    compare(name, arguments, [(*make(), None) for _ in range(2)])


@pytest.mark.parametrize(("name", "arguments", "make"), CASES + UNWEIGHTED)
def test_config_round_trip(name, arguments, make):
    ours = getattr(bigdl_keras.metrics, name)(**arguments)
    stock = getattr(keras.metrics, name)(**arguments)
    keys = set(stock.get_config()) - {"name"}
    assert keys <= set(ours.get_config())
    again = bigdl_keras.metrics.deserialize(bigdl_keras.metrics.serialize(ours))
    assert again.get_config() == ours.get_config()


@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_reductions(name):
    stock, ours = getattr(keras.metrics, name)(), getattr(bigdl_keras.metrics, name)()
    for values, weight in [(3.0, None), ([1.0, 2.0], [1.0, 0.5]), (np.ones((2, 3)), [2.0, 0.0])]:
        stock.update_state(values, sample_weight=weight)
        ours.update_state(values, sample_weight=weight)
        np.testing.assert_allclose(ours.result(), stock.result(), rtol=1e-6)


def test_names_mean_the_same_classes():
    for name, item in keras.src.metrics.ALL_OBJECTS_DICT.items():
        try:
            expected = item()
        except (TypeError, NotImplementedError):
            continue
        ours = bigdl_keras.metrics.get(name)
        assert type(ours).__name__ == type(expected).__name__
        assert getattr(expected, "_direction", None) in (ours._direction, None)


def test_stateless_methods_leave_the_metric_alone():
    metric = bigdl_keras.metrics.MeanSquaredError()
    state = metric.stateless_update_state([np.float32(0), np.float32(0)], *real())
    assert float(metric.count.value) == 0
    assert float(state[1]) == 5
    assert float(metric.stateless_result(state)) == pytest.approx(float(state[0]) / 5)
    assert [float(v) for v in metric.stateless_reset_state()] == [0, 0]


def test_inner_metrics_are_tracked():
    class Both(bigdl_keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="both")
            self.parts = [bigdl_keras.metrics.Mean(), bigdl_keras.metrics.Sum()]

        def update_state(self, values):
            for part in self.parts:
                part.update_state(values)

        def result(self):
            return {part.name: part.result() for part in self.parts}

    metric = Both()
    assert len(metric.variables) == 3
    metric.update_state([1.0, 3.0])
    assert {k: float(v) for k, v in metric.result().items()} == {"mean": 2.0, "sum": 4.0}
    metric.reset_state()
    assert float(metric.result()["sum"]) == 0.0


def test_class_id_needs_columns():
    with pytest.raises(ValueError, match="class_id"):
        bigdl_keras.metrics.Precision(class_id=1).update_state(*vector())
