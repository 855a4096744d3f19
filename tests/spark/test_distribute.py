"""Every row reaches its worker exactly once, from DataFrames and RDDs, whatever the partitions look like."""

import numpy as np
import pytest
from pyspark.sql import functions as F

from bigdl_backend.spark.columns import Field, Use, check_columns
from bigdl_backend.spark.distribute import distribute_frames, distribute_rdds, keys_for, spark_hash
from bigdl_backend.spark.ingest import DataSet, Shard, arrow_blocks, read_shards

pytestmark = pytest.mark.spark


def test_the_hash_is_sparks(spark):
    values = [0, 1, 2, 77, 123456789]
    frame = spark.createDataFrame([(value,) for value in values], "v int").select(F.hash("v"))
    assert [row[0] for row in frame.collect()] == [spark_hash(value) for value in values]
    assert [spark_hash(key) % 7 for key in keys_for(7)] == list(range(7))


@pytest.mark.parametrize(
    ("partitions", "workers", "one_slot"),
    [(5, 3, False), (1, 2, False), (40, 4, False), (5, 1, True)],
)
def test_frames_are_dealt_whole(spark, partitions, workers, one_slot):
    train = (
        spark.range(37)
        .select(F.col("id").cast("float").alias("x"), F.array("id", "id").alias("pair"))
        .repartition(partitions)
    )
    other = spark.range(5).select(F.lit(2.5).alias("x"), F.array("id", "id").alias("pair"))
    uses = [Use("feature_cols", ("x",), "float32"), Use("label_cols", ("pair",), "int32")]
    first, second = check_columns(train, uses), check_columns(other, uses)
    spread = distribute_frames(
        [(train, first.expressions, 12), (other, second.expressions, 12)], workers, one_slot
    )
    assert spread.rdd.getNumPartitions() == workers
    assert ("Coalesce" in spread._jdf.queryExecution().toString()) == one_slot
    datasets = [DataSet("train", first.fields, 37, 12), DataSet("validation", second.fields, 5, 12)]

    def task(batches):
        import pyarrow
        from pyspark import TaskContext

        worker = TaskContext.get().partitionId()
        shards = read_shards(arrow_blocks(batches, datasets), datasets, worker, workers, 1 << 30)
        for number, shard in enumerate(shards):
            x, pair = (shard.storage.column(index) for index in range(2))
            assert (pair[:, 0] == x).all() or number == 1
            yield pyarrow.RecordBatch.from_pydict(
                {"worker": [worker], "dataset": [number], "x": [x.tolist()]},
                spread_schema,
            )

    import pyarrow

    spread_schema = pyarrow.schema(
        [("worker", "int32"), ("dataset", "int32"), ("x", pyarrow.list_(pyarrow.float32()))]
    )
    rows = spread.mapInArrow(task, "worker int, dataset int, x array<float>").collect()
    assert sorted(v for row in rows if row.dataset == 0 for v in row.x) == list(range(37))
    assert [v for row in rows if row.dataset == 1 for v in row.x] == [2.5] * 5
    largest = max(len(row.x) for row in rows if row.dataset == 0)
    assert largest <= 37 / workers + 4


def test_rdds_are_dealt_whole(spark):
    rdd = spark.sparkContext.parallelize([(np.full(3, i), i) for i in range(50)], 7)
    fields = (Field("c0", (3,), "float32", ""), Field("c1", (), "int32", ""))
    dataset = DataSet("train", fields, 50, 12)
    spread = distribute_rdds([(rdd, tuple, ["float32", "int32"], 12)], 3)

    def task(worker, pairs):
        shard = read_shards((block for _, block in pairs), [dataset], worker, 3, 1 << 30)[0]
        assert (shard.storage.column(0)[:, 1] == shard.storage.column(1)).all()
        yield shard.storage.column(1).tolist()

    seen = spread.mapPartitionsWithIndex(task).collect()
    assert sorted(label for labels in seen for label in labels) == list(range(50))
    assert max(map(len, seen)) <= 19


def test_layouts_tell_changed_data_apart():
    field = Field("c0", (), "float32", "")
    dataset = DataSet("train", (field,), 4, 12)

    def layout(values, order):
        from bigdl_backend.spark.ingest import Block

        shard = Shard(dataset, 1, 1 << 20)
        for index in order:
            place = np.array([index])
            shard.append(Block(0, place * 0, place, [np.array([values[index]], "float32")]))
        return shard.layout()

    same = layout([1, 2, 3, 4], [0, 1, 2, 3])
    assert same == layout([1, 2, 3, 4], [3, 1, 0, 2])
    assert same != layout([1, 2, 4, 3], [0, 1, 2, 3])
    assert same != layout([1, 2, 3, 4], [0, 1, 2])
