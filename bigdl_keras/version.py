"""The version of the package."""

__version__ = "0.1.0"


def version() -> str:
    """The version as a string, like ``keras.version()``."""
    return __version__
