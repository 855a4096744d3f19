"""`evaluate` and `predict` on Spark give what they give on arrays."""

import numpy as np
import pytest
from pyspark.ml.linalg import Vectors
from pyspark.sql import functions as F

from tests.spark.models import COLUMNS, frame_of, mlp, rows, two_headed

pytestmark = pytest.mark.spark


def test_evaluate_equals_evaluate_on_arrays(spark):
    x, y = rows(70)
    model = mlp()
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    frame = frame_of(spark, x, y, partitions=4)
    found = model.evaluate(frame, verbose=0, return_dict=True, batch_size=8, **COLUMNS)
    rdd = spark.sparkContext.parallelize(list(zip(x, y, strict=True)), 3)
    from_rdd = model.evaluate(rdd, verbose=0, return_dict=True, batch_size=8)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5)
        np.testing.assert_allclose(from_rdd[name], value, rtol=1e-5)


def test_predictions_keep_rows_and_columns(any_spark):
    x, y = rows(25)
    model = mlp()
    vectors = [
        (Vectors.dense(a.tolist()), int(b), f"row {i}")
        for i, (a, b) in enumerate(zip(x, y, strict=True))
    ]
    frame = any_spark.createDataFrame(vectors, ["features", "label", "name"])
    scored = model.predict(frame, feature_cols="features", batch_size=7)
    assert scored.columns == ["features", "label", "name", "prediction"]
    assert scored.schema["features"].dataType == frame.schema["features"].dataType
    found = scored.collect()
    assert [row.name for row in found] == [name for _, _, name in vectors]
    given = np.array([row.features.toArray() for row in found], "float32")
    expected = model.predict(given, verbose=0)
    np.testing.assert_allclose([row.prediction for row in found], expected, rtol=1e-5)


def test_prediction_is_lazy(spark):
    frame = frame_of(spark, *rows(10))
    poisoned = frame.withColumn(
        "features", F.raise_error(F.lit("read too early")).cast("array<float>")
    )
    scored = mlp().predict(poisoned, feature_cols="features")
    with pytest.raises(Exception, match="read too early"):
        scored.collect()
    with pytest.raises(ValueError, match="has a column 'label' already"):
        mlp().predict(frame, feature_cols="features", prediction_col="label")
    bad = mlp().predict(frame.withColumn("features", F.array(F.lit(1.0))), feature_cols="features")
    with pytest.raises(Exception, match="the column 'features': rows of 1 numbers"):
        bad.collect()


def test_several_outputs_and_rdds(spark):
    x, _ = rows(9, (3,))
    model = two_headed()
    expected = model.predict([x[:, :2], x[:, 2:]], verbose=0)
    frame = spark.createDataFrame([[float(v) for v in row] for row in x], ["a", "b", "c"])
    scored = model.predict(frame, feature_cols=[["a", "b"], "c"]).collect()
    for name, values in zip(["first", "second"], expected, strict=True):
        found = [row[f"prediction_{name}"] for row in scored]
        np.testing.assert_allclose(found, values, rtol=1e-5)
    rdd = spark.sparkContext.parallelize([(row[:2], row[2:]) for row in x], 2)
    from_rdd = model.predict(rdd, batch_size=4).collect()
    np.testing.assert_allclose([pair[1] for pair in from_rdd], expected[1], rtol=1e-5)
