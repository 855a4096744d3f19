"""Whatever is wrong with the data is said before training, with the column and the mend."""

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
    frame = spark.createDataFrame(rows, ["a", "b", "pair", "image", "vector", "label", "text"])
    return frame.withColumn(
        "more",
        F.struct(
            F.col("a").cast("decimal(10,2)").alias("price"),
            (F.col("b") > 2).alias("large"),
            F.col("b").cast("tinyint").alias("tiny"),
            F.lit(b"abc").alias("raw"),
            F.lit("2026-11-22").cast("date").alias("day"),
            F.lit("2026-11-22").cast("timestamp").alias("at"),
        ),
    )


ACCEPTED = [
    (Use("feature_cols", ("a",)), (), "float32"),
    (Use("feature_cols", ("b",)), (), "int64"),
    (Use("feature_cols", ("b",), "float32", (1,)), (1,), "float32"),
    (Use("feature_cols", ("pair",)), (2,), "float32"),
    (Use("feature_cols", ("image",)), (2, 3), "float32"),
    (Use("feature_cols", ("image",), None, (3, 2, 1)), (3, 2, 1), "float32"),
    (Use("feature_cols", ("vector",)), (2,), "float32"),
    (Use("feature_cols", ("a", "b", "label")), (3,), "float32"),
    (Use("feature_cols", ("more.price",)), (), "float32"),
    (Use("feature_cols", ("more.large",)), (), "bool"),
    (Use("feature_cols", ("more.tiny",)), (), "int32"),
    (Use("feature_cols", ("more.tiny",), "uint8"), (), "uint8"),
    (Use("feature_cols", ("more.raw",), "float32", (3, 1)), (3, 1), "float32"),
    (Use("label_cols", ("label",), "int32", None, 3), (), "int32"),
]


def test_accepted_columns(frame):
    checked = check_columns(frame, [use for use, _, _ in ACCEPTED])
    assert checked.rows == 6
    expected = [(shape, dtype) for _, shape, dtype in ACCEPTED]
    assert [(field.shape, field.dtype) for field in checked.fields] == expected
    rows = frame.select(*checked.expressions).collect()
    numbers = [float(n) for n in range(6)]
    assert [row[0] for row in rows] == numbers
    assert [row[6][0] for row in rows] == numbers
    assert [row[7][1] for row in rows] == numbers
    assert [row[11] for row in rows] == numbers
    assert rows[0][12] == b"abc"


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        ({"columns": ("lable",)}, ValueError, "no column 'lable'; did you mean 'label'"),
        ({"columns": ("zzz",)}, ValueError, r"no column 'zzz'; it has \['a'"),
        ({"columns": ()}, ValueError, "names no column"),
        ({"columns": ("more",)}, TypeError, r"'more' is of type struct.*of \['more.price',"),
        ({"columns": ("more.prize",)}, ValueError, "'more' has no field 'prize'; .*'price'"),
        ({"columns": ("pair.a",)}, ValueError, "'pair' is of type array<double>, not a struct"),
        ({"columns": ("more.at",)}, TypeError, r"'more.at' is of type timestamp; .*unix_timestamp"),
        ({"columns": ("more.day",)}, TypeError, "'more.day' is of type date; "),
        ({"columns": ("more.raw",), "shape": (4,)}, ValueError, r"gives \[3\] a row \(3 bytes\)"),
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
    rare = F.lit(-1.2345e-30).cast("float")
    refused(F.when(third, F.array(rare, F.lit(None))).otherwise(F.array(rare, rare)), "1 row with")
    refused(F.array(F.lit(None).cast("int"), F.col("b").cast("int")), "6 rows with nulls")
    inner = F.array(F.array(F.lit(1.0)), F.array(F.lit(1.0), F.lit(2.0)))
    refused(F.when(third, inner).otherwise(F.col("image")), "arrays of 1 to 3 elements")
    refused(
        F.when(third, F.array(F.array(F.lit(1.0)), F.lit(None))).otherwise(F.col("image")), "nulls"
    )
    with pytest.raises(ValueError, match="no rows"):
        check_columns(frame.where("b > 100"), [Use("feature_cols", ("a",))])


IMAGE = "struct<origin:string,height:int,width:int,nChannels:int,mode:int,data:binary>"


@pytest.mark.parametrize(
    ("rows", "shape", "message"),
    [
        ([(2, 2, 3, 16), (2, 3, 3, 16)], None, "images of width 2 to 3.* Resize"),
        (
            [(2, 3, 3, 16)],
            (3, 2, 3),
            r"images of height, width and channels \[2, 3, 3\].*\[3, 2, 3\]",
        ),
        ([(2, 2, 1, 0), (-1, -1, -1, -1)], None, "1 images that could not be read.*dropInvalid"),
        ([(2, 2, 1, 0), None], None, "1 row with nulls"),
    ],
)
def test_refused_images(spark, rows, shape, message):
    images = [(row and ("", *row, bytearray(abs(row[0] * row[1] * row[2]))),) for row in rows]
    frame = spark.createDataFrame(images, f"x {IMAGE}")
    with pytest.raises(ValueError, match=message):
        check_columns(frame, [Use("feature_cols", ("x",), "float32", shape)])


def test_grey_images_may_lack_the_axis_of_channels(spark):
    frame = spark.createDataFrame([(("", 2, 3, 1, 0, bytearray(6)),)], f"x {IMAGE}")
    for shape in ((2, 3), (2, 3, 1), None):
        field = check_columns(frame, [Use("feature_cols", ("x",), None, shape)]).fields[0]
        assert (field.shape, field.dtype, field.stored) == (shape or (2, 3, 1), "uint8", "uint8")
