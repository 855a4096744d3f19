"""Records of an RDD are looked at before training."""

import numpy as np
import pytest

from bigdl_backend.spark.records import RecordParts, check_records

pytestmark = pytest.mark.spark


def checked(spark, records, names=("x", "y"), dtypes=(None, None)):
    rdd = spark.sparkContext.parallelize(records, 2)
    return check_records(rdd, RecordParts(2), names, dtypes)


def test_shapes_and_dtypes_come_from_the_data(spark):
    fields, rows = checked(spark, [(np.zeros((2, 3)), 1), (np.ones((2, 3), "float32"), 2)])
    assert rows == 2
    assert [(f.shape, f.dtype) for f in fields] == [((2, 3), "float32"), ((), "int64")]
    fields, _ = checked(spark, [([1.0, 2.0], True)], dtypes=("float64", None))
    assert [(f.shape, f.dtype) for f in fields] == [((2,), "float64"), ((), "bool")]
    fields, _ = checked(
        spark, [({"b": np.zeros(2), "a": np.zeros(1)}, 0.5)], ("a", "b", "y"), (None,) * 3
    )
    assert [f.shape for f in fields] == [(1,), (2,), ()]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "no records"),
        (
            [(np.zeros(2), 1), (np.zeros(3), 1)],
            r"x has rows of different shapes, \[\(2,\), \(3,\)\]",
        ),
        ([(np.zeros(2), 1), np.zeros(2)], r"should be \(x, y\), got a ndarray"),
        ([(np.zeros(2), "one")], "values of dtype <U3"),
        ([(np.zeros(2), None)], "values of dtype object"),
        ([([np.zeros(2), np.zeros(1)], 1)], r"hold \[3\] arrays, the model wants 2: x, y"),
    ],
)
def test_refusals(spark, records, message):
    with pytest.raises(ValueError, match=message):
        checked(spark, records)
