"""Settings that must be made before anything is imported, and where test data lies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Stock Keras is what results are compared with. Read when it is first imported.
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Each comparison runs once: compiling it well costs more than it saves.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
)
# The same for the JVMs of Spark, which live for a few small jobs: half the processor time of the usual settings.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")

import pytest
from hypothesis import settings

# A run without anyone watching checks the same examples each time; runs at a desk look for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of data sets and models: ``$BIGDL_KERAS_DATA``, else ``../shared/data``."""
    given = os.environ.get("BIGDL_KERAS_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    assert folder.is_dir(), f"no test data in {folder}: set BIGDL_KERAS_DATA"
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start Spark follow each other in one process: a JVM has one session."""
    for item in items:
        if item.get_closest_marker("spark") or item.get_closest_marker("example"):
            item.add_marker(pytest.mark.xdist_group("spark"))


@pytest.fixture(scope="module", autouse=True)
def _compiled_code_of_the_reference_is_dropped() -> Iterator[None]:
    """What JAX compiled for a module helps no other one, and all of it together takes gigabytes."""
    yield
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()
