"""One Spark session a mode, shared by all tests that need it."""

import os
import sys

import pytest
from pyspark.sql import SparkSession

from bigdl_backend.spark.java import ensure_java

# local: threads of one JVM that may retry a task; cluster: real executor processes.
MASTERS = {"local": "local[4,4]", "cluster": "local-cluster[2,1,1024]"}

_SETTINGS = "spark.bigdl.tests.settings"


def pytest_collection_modifyitems(items):
    """Starting a cluster takes a while: its tests come last, together."""
    items.sort(key=lambda item: "[cluster" in item.nodeid)


@pytest.fixture(params=MASTERS)
def any_spark(request):
    return running(MASTERS[request.param])


@pytest.fixture
def spark():
    return running(MASTERS["local"])


def running(master, **settings):
    """The session with this master and these settings besides the usual ones; there is one at a time."""
    active = SparkSession.getActiveSession()
    if active is not None:
        conf = active.sparkContext.getConf()
        if conf.get("spark.master") == master and conf.get(_SETTINGS) == str(settings):
            return active
        active.stop()
    ensure_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).config(_SETTINGS, str(settings))
    for name, value in settings.items():
        builder = builder.config(name, value)
    return (
        builder.config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.default.parallelism", "3")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.task.maxFailures", "4")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
