"""Native code: kernels of primitives, the executable, the exchange of gradients.

Knows neither graphs nor Keras nor Spark.
"""

import ctypes
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


_load_onednn()

from bigdl_native._kernels import Kernel, kernel_names, make_kernel  # noqa: E402

__all__ = ["Kernel", "kernel_names", "make_kernel"]
