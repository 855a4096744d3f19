"""Text for the user: on the terminal, or in the log when interactive logging is off."""

import logging
import sys

from bigdl_keras.config import is_interactive_logging_enabled

_log = logging.getLogger("bigdl_keras")


def show(message: str, line_break: bool = True) -> None:
    """Write `message` to standard output (or log it)."""
    if is_interactive_logging_enabled():
        sys.stdout.write(f"{message}\n" if line_break else message)
        sys.stdout.flush()
    else:
        _log.info(message)
