"""The training engine on real Spark, with a small program made by hand."""

import numpy as np
import pytest
from pyspark.sql.utils import is_remote

from bigdl_backend.spark.application import application_of
from bigdl_backend.spark.columns import Field, Use, check_columns
from bigdl_backend.spark.events import EpochDone, StepDone
from bigdl_backend.spark.training import FrameSource, RddSource, Settings, Training
from tests.backend.spark.gang import make_rows, regression_program

pytestmark = pytest.mark.spark

USES = [Use("feature_cols", ("x",), "float32", (3,)), Use("label_cols", ("y",), "float32", ())]


def frame_of(spark, count, partitions, seed=0):
    x, y = make_rows(count, seed)
    rows = [(a.tolist(), float(b)) for a, b in zip(x, y, strict=True)]
    schema = "x array<float>, y float"
    if is_remote():
        return spark.createDataFrame(rows, schema)
    return spark.createDataFrame(spark.sparkContext.parallelize(rows, partitions), schema)


def source_of(frame):
    checked = check_columns(frame, USES)
    return FrameSource(frame, checked.expressions, checked.fields, checked.rows)


def losses(source, settings, validation=None, epochs=2, on_event=lambda event, run: None):
    found, ends = [], []
    data = source.frame if isinstance(source, FrameSource) else source.rdd
    application = application_of(data)
    with Training(application, regression_program(), source, settings, validation) as run:
        run.start()
        for event in run.events():
            on_event(event, run)
            if isinstance(event, StepDone):
                found.append(event.logs["loss"])
            elif isinstance(event, EpochDone):
                ends.append(event)
                if event.epoch + 1 == epochs:
                    run.finish()
                else:
                    state = {n.removeprefix("state:"): v for n, v in event.arrays.items()}
                    run.proceed(event.epoch + 1, state)
    return found, ends


def settings(workers, **changes):
    return Settings(
        8, 8, reset=("total", "count"), workers=workers, validate=frozenset(range(9)), **changes
    )


def test_frames_train_alike_on_any_cluster(any_spark):
    source = source_of(frame_of(any_spark, 60, 5))
    check = source_of(frame_of(any_spark, 20, 2, seed=1))
    one, ends = losses(source, settings(1), check)
    two, more = losses(source, settings(2), check)
    assert len(one) == 16
    np.testing.assert_allclose(two, one, rtol=1e-5)
    for a, b in zip(ends, more, strict=True):
        assert b.arrays["validation:count"] == 20
        np.testing.assert_allclose(
            b.arrays["validation:total"], a.arrays["validation:total"], rtol=1e-4
        )


def test_rdds_train_as_frames_do(spark):
    x, y = make_rows(60)
    rdd = spark.sparkContext.parallelize(list(zip(x, y, strict=True)), 5)
    fields = (Field("c0", (3,), "float32", ""), Field("c1", (), "float32", ""))
    from_rdd, _ = losses(RddSource(rdd, tuple, fields, 60), settings(3))
    from_frame, _ = losses(source_of(frame_of(spark, 60, 5)), settings(2))
    np.testing.assert_allclose(from_rdd, from_frame, rtol=1e-5)
