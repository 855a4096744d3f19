"""A model of many inputs learns, tests and scores the same from columns of every kind as from arrays."""

from decimal import Decimal

import numpy as np
import pytest
from pyspark.ml.linalg import Vectors
from pyspark.sql import functions as F

import bigdl_keras as keras
from bigdl_keras import layers

pytestmark = pytest.mark.spark

ROWS = 20
SCHEMA = """grid array<array<double>>, more struct<price:decimal(10,2), flag:boolean, raw:binary>,
    picture struct<origin:string,height:int,width:int,nChannels:int,mode:int,data:binary>, tiny tinyint, label int"""
SHAPES = {
    "grid": ((2, 2), "float32"),
    "price": ((1,), "float32"),
    "flag": ((1,), "bool"),
    "raw": ((2, 2), "uint8"),
    "picture": ((2, 3, 3), "float32"),
    "tiny": ((1,), "int8"),
    "dense": ((3,), "float32"),
    "sparse": ((4,), "float32"),
}
COLUMNS = {name: name for name in SHAPES} | {n: f"more.{n}" for n in ("price", "flag", "raw")}


def make_arrays():
    generator = np.random.default_rng(3)
    arrays = {
        name: generator.integers(0, 2 if dtype == "bool" else 9, (ROWS, *shape)).astype(dtype)
        for name, (shape, dtype) in SHAPES.items()
    }
    return arrays, generator.integers(0, 2, ROWS)


def make_frame(spark, arrays, labels):
    rows = []
    for n in range(ROWS):
        blue_green_red = arrays["picture"][n, ..., ::-1].astype("uint8").tobytes()
        rows.append(
            (
                arrays["grid"][n].tolist(),
                (
                    Decimal(int(arrays["price"][n, 0])),
                    bool(arrays["flag"][n, 0]),
                    bytearray(arrays["raw"][n].tobytes()),
                ),
                ("file", 2, 3, 3, 16, bytearray(blue_green_red)),
                int(arrays["tiny"][n, 0]),
                int(labels[n]),
            )
        )
    frame = spark.createDataFrame(spark.sparkContext.parallelize(rows, 1), SCHEMA)
    vectors = [
        (
            Vectors.dense(arrays["dense"][n].tolist()),
            Vectors.sparse(4, [(i, float(v)) for i, v in enumerate(arrays["sparse"][n]) if v]),
            n,
        )
        for n in range(ROWS)
    ]
    others = spark.createDataFrame(vectors, ["dense", "sparse", "n"])
    number = F.monotonically_increasing_id().alias("n")
    return frame.select("*", number).join(others, "n").orderBy("n").coalesce(1)


def make_model():
    keras.utils.set_random_seed(5)
    inputs = {
        name: keras.Input(shape, dtype=dtype, name=name) for name, (shape, dtype) in SHAPES.items()
    }
    parts = [layers.Rescaling(0.1)(layers.Flatten()(inputs[name])) for name in sorted(inputs)]
    outputs = layers.Dense(2, activation="softmax", name="classes")(layers.Concatenate()(parts))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def test_all_kinds_of_columns(spark):
    arrays, labels = make_arrays()
    frame = make_frame(spark, arrays, labels).cache()
    local, model = make_model(), make_model()
    settings = {"epochs": 2, "batch_size": ROWS, "shuffle": False, "verbose": 0}
    expected = local.fit(arrays, labels, **settings).history["loss"]
    roles = {"feature_cols": COLUMNS, "label_cols": "label"}
    found = model.fit(frame, num_workers=2, **roles, **settings).history["loss"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(
        model.evaluate(frame, verbose=0, **roles),
        local.evaluate(arrays, labels, verbose=0),
        rtol=1e-5,
    )
    # One struct holds all inputs by their names.
    whole = frame.select(
        F.struct(*(F.col(COLUMNS[name]).alias(name) for name in SHAPES)).alias("all")
    )
    scored = model.predict(whole, feature_cols="all").collect()
    np.testing.assert_allclose(
        [row.prediction for row in scored], local.predict(arrays, verbose=0), rtol=1e-4
    )


def test_rows_that_cannot_be_scored_are_named(spark):
    images = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(1)])
    kind = "struct<origin:string,height:int,width:int,nChannels:int,mode:int,data:binary>"
    rows = [(("", *size, 1, 0, bytearray(4)),) for size in ((2, 2), (1, 4))]
    turned = images.predict(spark.createDataFrame(rows, f"x {kind}"), feature_cols="x")
    with pytest.raises(Exception, match=r"'x'.* channels 1, 4, 1 .mode 0., where .*\[2, 2, 1\]"):
        turned.collect()
    numbers = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    holey = spark.range(6).select(F.when(F.col("id") != 4, F.col("id")).alias("x")).coalesce(1)
    with pytest.raises(Exception, match=r"'x': it holds 1 null.*\(row 4 of partition 0\)"):
        numbers.predict(holey, feature_cols="x").collect()
