"""Records of an RDD are looked at before training."""

import numpy as np
import pytest
from pyspark.ml.linalg import Vectors

from bigdl_backend.spark.records import RecordParts, check_records
from tests.spark.models import mlp, rows, two_headed

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
    fields, _ = checked(spark, [(b"four", Vectors.sparse(3, [1], [2.0]))])
    assert [(f.shape, f.dtype) for f in fields] == [((4,), "uint8"), ((3,), "float32")]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "no records"),
        (
            [(np.zeros(2), 1), (np.zeros(3), 1)],
            r"x has rows of different shapes, \[2\] in record 0 of partition 0, \[3\] in record 0 of",
        ),
        (
            [(np.zeros(2), 1), np.zeros(2)],
            r"record 0 of partition 1: a record should be \(x, y\), got a ndarray",
        ),
        (
            [("file:/a.png", b"bytes")],
            "record 0 of partition 1, .*dtype <U11; .*mapped over the RDD",
        ),
        ([(np.zeros(2), None)], "values of dtype object"),
        ([([[1.0], [1.0, 2.0]], 1)], "record 0 of partition 1: .*inhomogeneous"),
        ([([np.zeros(2), np.zeros(1)], 1)], "holds 3 arrays, the model wants 2: x, y"),
    ],
)
def test_refusals(spark, records, message):
    with pytest.raises(ValueError, match=message):
        checked(spark, records)


def test_scored_records_of_every_form(spark):
    x, _ = rows(6, (3,))
    model = two_headed()
    expected = model.predict([x[:, :2], x[:, 2:]], verbose=0)[1]
    forms = {
        "lists of arrays": [[row[:2], row[2:]] for row in x],
        "dicts": [{"deep": row[2:], "wide": row[:2]} for row in x],
    }
    for form, records in forms.items():
        scored = model.predict(spark.sparkContext.parallelize(records, 2)).collect()
        np.testing.assert_allclose([pair[1] for pair in scored], expected, rtol=1e-5, err_msg=form)
    uneven = spark.sparkContext.parallelize([*forms["dicts"], {"wide": x[0]}], 1)
    with pytest.raises(Exception, match=r"record 6 of partition 0.* names \['wide'\]"):
        model.predict(uneven).collect()


def test_training_on_binary_files(spark, tmp_path):
    x, y = rows(30)
    for number, (row, label) in enumerate(zip(x, y, strict=True)):
        (tmp_path / f"{label}-{number:02}.bin").write_bytes(row.tobytes())

    def decoded(pair):
        name, content = pair
        return np.frombuffer(content, "float32"), int(name.rpartition("/")[2][0])

    files = spark.sparkContext.binaryFiles(str(tmp_path), 3).map(decoded)
    settings = {"batch_size": 30, "epochs": 2, "shuffle": False, "verbose": 0}
    expected = mlp().fit(x, y, **settings).history
    found = mlp().fit(files, num_workers=2, **settings).history
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)
