"""One Spark session a mode, shared by all tests that need it."""

import atexit
import os
import sys

import pytest
from pyspark.sql import SparkSession

from bigdl_backend.spark.java import ensure_java
from tests.spark.connect_server import ConnectServer

# local: threads of one JVM that may retry a task; cluster: real executor processes; connect: these behind a server.
MASTERS = {
    "local": "local[4,4]",
    "cluster": "local-cluster[2,1,1024]",
    "connect": "local-cluster[2,1,1024]",
}

_SETTINGS = "spark.bigdl.tests.settings"
_USUAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "3",
    "spark.default.parallelism": "3",
    "spark.driver.host": "127.0.0.1",
    "spark.task.maxFailures": "4",
    "spark.log.level": "ERROR",
}
_servers: list[ConnectServer] = []


def pytest_collection_modifyitems(items):
    """Starting a cluster takes a while: tests of a mode come together, those of the costly ones last."""
    items.sort(key=lambda item: list(MASTERS).index(_mode(item)))


def _mode(item):
    callspec = getattr(item, "callspec", None)
    return "local" if callspec is None else callspec.params.get("any_spark", "local")


@pytest.fixture(params=MASTERS)
def any_spark(request):
    return session_of(request.param)


@pytest.fixture
def spark():
    return running(MASTERS["local"])


def session_of(mode):
    return connected() if mode == "connect" else running(MASTERS[mode])


def running(master, **settings):
    """The session with this master and these settings besides the usual ones; there is one at a time."""
    active = SparkSession.getActiveSession()
    if active is not None:
        if not _servers:
            conf = active.sparkContext.getConf()
            if conf.get("spark.master") == master and conf.get(_SETTINGS) == str(settings):
                return active
        _stop(active)
    ensure_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).config(_SETTINGS, str(settings))
    for name, value in (_USUAL | settings).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def connected():
    """A session of Spark Connect with a cluster behind it."""
    active = SparkSession.getActiveSession()
    if active is not None:
        if _servers:
            return active
        _stop(active)
    ensure_java()
    _servers.append(ConnectServer(MASTERS["connect"], _USUAL))
    return SparkSession.builder.remote(_servers[0].url).getOrCreate()


def _stop(session):
    session.stop()
    if _servers:
        _servers.pop().close()
        # Else pyspark would take the next session for one of Connect, too.
        for name in ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"):
            os.environ.pop(name, None)


@atexit.register
def _stop_server():
    for server in _servers:
        server.close()
