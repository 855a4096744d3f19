"""A program for spark-submit: prints one JSON line; `tests.spark.test_submit` sends it."""

import json
import logging
import sys

import numpy as np
import own_layers
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import bigdl_keras
from bigdl_keras import Input, Sequential, layers

COLUMNS = {"feature_cols": "features", "label_cols": "label"}


def model():
    bigdl_keras.utils.set_random_seed(3)
    made = Sequential([Input((4,)), own_layers.Leaning(), layers.Dense(3, "softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


def places(batches):
    """Where executors find Python, our library, its native part and the user's module."""
    import own_layers
    import pyarrow

    import bigdl_keras
    import bigdl_native

    for _ in batches:
        pass
    found = [sys.executable, *(m.__file__ for m in (bigdl_keras, bigdl_native, own_layers))]
    yield pyarrow.RecordBatch.from_pydict({"place": found})


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def main():
    spark = SparkSession.builder.getOrCreate()
    generator = np.random.default_rng(0)
    x = generator.normal(size=(96, 4)).astype("float32")
    y = (x[:, 0] > 0).astype("int64") + (x[:, 1] > 0)
    rows = [(a.tolist(), int(b)) for a, b in zip(x, y, strict=True)]
    frame = spark.createDataFrame(rows, "raw array<float>, label int")
    halved = F.udf(own_layers.halved, "array<float>")
    frame = frame.select(halved("raw").alias("features"), "label")
    arguments = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    expected = model().fit(x / 2, y, **arguments).history["loss"]
    log = Lines()
    logger = logging.getLogger("bigdl_keras.spark")
    logger.setLevel("INFO")
    logger.addHandler(log)
    trained = model()
    found = trained.fit(frame, num_workers=int(sys.argv[1]), **arguments, **COLUMNS)
    scores = trained.predict(frame, feature_cols="features").select("prediction").collect()
    looked = spark.range(0, 2, 1, 2).mapInArrow(places, "place string").collect()
    result = {
        "expected": expected,
        "found": found.history["loss"],
        "workers": log.lines[0].count("process"),
        "scores": [row[0] for row in scores],
        "of_one_process": trained.predict(x / 2, verbose=0).tolist(),
        "places": sorted({row[0] for row in looked}),
    }
    print(json.dumps(result), flush=True)  # noqa: T201
    spark.stop()


if __name__ == "__main__":
    main()
