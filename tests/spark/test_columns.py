"""Whatever is wrong with the data is said before training, with the column and the mend."""

import numpy as np
import pytest
from pyspark.ml.linalg import Vectors
from pyspark.sql import functions as F

from bigdl_backend.spark.columns import Use, check_columns

pytestmark = pytest.mark.spark


@pytest.fixture
def frame(spark):
    rows = [
        (
            float(i),
            i,
            [float(i), 1.0],
            [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
            Vectors.dense(i, 2),
            i % 3,
            str(i),
        )
        for i in range(6)
    ]
    return spark.createDataFrame(rows, ["a", "b", "pair", "image", "vector", "label", "text"])


def settled(frame, **use):
    checked = check_columns(frame, [Use("feature_cols", **use)])
    assert checked.rows == 6
    field = checked.fields[0]
    values = np.array([row[0] for row in frame.select(*checked.expressions).collect()])
    return field.shape, field.dtype, values


def test_accepted_columns(frame):
    assert settled(frame, columns=("a",))[:2] == ((), "float32")
    assert settled(frame, columns=("b",))[:2] == ((), "int64")
    assert settled(frame, columns=("b",), dtype="float32", shape=(1,))[:2] == ((1,), "float32")
    assert settled(frame, columns=("pair",))[:2] == ((2,), "float32")
    assert settled(frame, columns=("image",))[:2] == ((2, 3), "float32")
    assert settled(frame, columns=("image",), shape=(3, 2, 1))[0] == (3, 2, 1)
    shape, dtype, values = settled(frame, columns=("vector",))
    assert (shape, dtype) == ((2,), "float32")
    np.testing.assert_array_equal(values[:, 0], np.arange(6))
    shape, dtype, values = settled(frame, columns=("a", "b", "label"))
    assert shape == (3,)
    np.testing.assert_array_equal(values[:, 1], np.arange(6))
    assert settled(frame, columns=("label",), classes=3, dtype="int32")[0] == ()


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        ({"columns": ("lable",)}, ValueError, "no column 'lable'; did you mean 'label'"),
        ({"columns": ("zzz",)}, ValueError, r"no column 'zzz'; it has \['a'"),
        ({"columns": ()}, ValueError, "names no column"),
        ({"columns": ("text",)}, TypeError, "'text' is of type string; .*StringIndexer"),
        ({"columns": ("a", "pair")}, TypeError, r"\['pair'\] hold arrays"),
        ({"columns": ("pair",), "shape": (3,)}, ValueError, r"gives \[2\] a row.*expects \[3\]"),
        ({"columns": ("a",), "shape": (2,)}, ValueError, "gives one number a row"),
        ({"columns": ("b",), "classes": 5}, ValueError, "from 0 to 5, but the model has 5"),
    ],
)
def test_refused_columns(frame, use, error, message):
    with pytest.raises(error, match=message) as caught:
        check_columns(frame, [Use("feature_cols", **use)])
    assert "feature_cols" in str(caught.value)


def test_refused_values(frame):
    def refused(column, message):
        with pytest.raises(ValueError, match=message):
            check_columns(frame.select(column.alias("x")), [Use("feature_cols", ("x",))])

    third = F.col("b") == 3
    refused(F.when(~third, F.col("a")), "'x' has 1 row with nulls; .*fillna")
    refused(F.when(~third, F.col("pair")), "1 row with nulls")
    refused(F.when(third, F.array(F.lit(1.0), F.lit(None))).otherwise(F.col("pair")), "nulls")
    refused(F.when(third, F.array(F.lit(1.0))).otherwise(F.col("pair")), "arrays of 1 to 2 elem")
    inner = F.array(F.array(F.lit(1.0)), F.array(F.lit(1.0), F.lit(2.0)))
    refused(F.when(third, inner).otherwise(F.col("image")), "arrays of 1 to 3 elements")
    refused(
        F.when(third, F.array(F.array(F.lit(1.0)), F.lit(None))).otherwise(F.col("image")), "nulls"
    )
    with pytest.raises(ValueError, match="no rows"):
        check_columns(frame.where("b > 100"), [Use("feature_cols", ("a",))])
