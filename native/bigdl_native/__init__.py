"""Native code: kernels of primitives, the executable, the exchange of gradients.

Knows neither graphs nor Keras nor Spark.
"""

import ctypes
import os
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path


def _load_onednn() -> None:
    """Load oneDNN from its wheel, wherever that is installed.

    The loader's own search covers a plain environment and system-wide libraries, but not
    `--user`, editable and in-place layouts; a library already in the process it always takes.
    """
    try:
        carried = files("onednn-cpu-gomp") or ()
    except PackageNotFoundError:  # oneDNN then comes from the system
        return
    for file in carried:
        library = Path(str(file.locate()))
        if library.name == "libdnnl.so.3" and library.exists():
            ctypes.CDLL(str(library.resolve()))
            return


def _shorten_waiting() -> None:
    """Let OpenMP's waiting threads spin for tens of microseconds, unless the user has chosen.

    Their default is milliseconds, in which on a busy host they hold the processor that the
    thread they wait for needs: steps then take five times as long. GNU OpenMP reads the
    variable when it is loaded, hence before oneDNN.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")


_shorten_waiting()
_load_onednn()

from bigdl_native._about import about  # noqa: E402
from bigdl_native._kernels import Kernel, kernel_names, make_kernel  # noqa: E402
from bigdl_native._texts import pack_texts  # noqa: E402

__all__ = ["Kernel", "about", "kernel_names", "make_kernel", "pack_texts"]
