"""Print the directory of a file that an installed distribution carries.

    python wheel_files.py mkl-static libmkl_core.a

The build finds Intel's libraries inside the wheels of its own (possibly isolated) environment.
"""

import sys
from importlib.metadata import files
from pathlib import Path


def directory_of(distribution: str, file_name: str) -> Path:
    """Directory of the first file called `file_name` in `distribution`.

    Raises:
        FileNotFoundError: the distribution is installed but has no such file.
        importlib.metadata.PackageNotFoundError: the distribution is not installed.
    """
    for file in files(distribution) or ():
        if file.name == file_name:
            return Path(str(file.locate())).resolve().parent
    raise FileNotFoundError(f"distribution {distribution} carries no file {file_name}")


if __name__ == "__main__":
    sys.stdout.write(directory_of(*sys.argv[1:]).as_posix())
