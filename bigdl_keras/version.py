"""The version of the package."""

from bigdl_backend.version import __version__


def version() -> str:
    """The version as a string, like ``keras.version()``."""
    return __version__
