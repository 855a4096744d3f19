"""One Spark session a mode, shared by all tests that run in it."""

import os
import sys

import pytest
from pyspark.sql import SparkSession

from bigdl_backend.spark.java import ensure_java

# local: threads of one JVM that may retry a task; cluster: real executor processes.
MASTERS = {"local": "local[4,4]", "cluster": "local-cluster[2,1,1024]"}


@pytest.fixture(scope="session", params=MASTERS)
def any_spark(request):
    yield from started(MASTERS[request.param])


@pytest.fixture(scope="session")
def spark():
    yield from started(MASTERS["local"])


def started(master):
    ensure_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    active = SparkSession.getActiveSession()
    if active is not None and active.sparkContext.master != master:
        active.stop()
    session = (
        SparkSession.builder.master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.default.parallelism", "3")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.task.maxFailures", "4")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
