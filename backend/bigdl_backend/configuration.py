"""What computes here: processor, libraries, threads, switches."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version

from bigdl_backend.graph.eager import default_threads, native_enabled
from bigdl_backend.version import __version__

_PACKAGES = ("numpy", "ml_dtypes", "pyarrow", "pyspark", "onednn-cpu-gomp")
# Environment variables that change what runs, and what each does.
SWITCHES = {
    "BIGDL_KERAS_NATIVE": '"0": everything runs on NumPy',
    "BIGDL_KERAS_WITHOUT": "optimisations to leave out",
    "BIGDL_KERAS_INSTRUCTION_SET": "the most to use of v2, v3, v4",
    "BIGDL_KERAS_TILES": '"0": no matrix products on tiles (AMX)',
    "BIGDL_KERAS_SHM": '"0": workers of one host share no memory',
    "OMP_NUM_THREADS": "threads of a kernel",
    "OMP_WAIT_POLICY": "whether waiting threads spin",
    "GOMP_SPINCOUNT": "how long they do",
    "ONEDNN_MAX_CPU_ISA": "the most that oneDNN uses",
    "MKL_ENABLE_INSTRUCTIONS": "the most that MKL uses",
}
# Of the processor's features those that matrix and vector code asks for.
_FEATURES = re.compile(r"sse4_2|avx|avx2|fma|f16c|avx_vnni|avx512\w*|amx_\w+")


def configuration() -> dict[str, dict[str, str]]:
    """Names with values, by section."""
    libraries = {"bigdl_keras": __version__, "Python": platform.python_version()}
    for package in _PACKAGES:
        libraries[package] = _version(package)
    sections = {"processor": _processor(), "libraries": libraries}
    if native_enabled():
        from bigdl_native import about

        sections["native code"] = about()
    sections["threads"] = {
        "of a kernel": str(default_threads()),
        "processors of this process": str(len(os.sched_getaffinity(0))),
    }
    sections["switches"] = {
        name: f"{os.environ.get(name, 'not set')} ({meaning})" for name, meaning in SWITCHES.items()
    }
    return sections


def _processor() -> dict[str, str]:
    facts: dict[str, str] = {}
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    features = filter(_FEATURES.fullmatch, facts.get("flags", "").split())
    return {
        "model": facts.get("model name", platform.machine()),
        "architecture": platform.machine(),
        "features": " ".join(features),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
