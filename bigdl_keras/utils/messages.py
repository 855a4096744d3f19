"""Text for the user: on the terminal, or in the log when interactive logging is off."""

import logging
import sys

from bigdl_keras.config import is_interactive_logging_enabled

_log = logging.getLogger("bigdl_keras")
# What bars and tables are drawn with, for terminals that do not know these characters.
_PLAIN = str.maketrans("━─│┃┏┓┗┛┡┩┳╇┴┼├┤└┘", "=-||++++++++++++++")


def show(message: str, line_break: bool = True) -> None:
    """Write `message` to standard output (or log it)."""
    if not is_interactive_logging_enabled():
        _log.info(message)
        return
    text = f"{message}\n" if line_break else message
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.translate(_PLAIN).encode(encoding, "ignore").decode(encoding))
    sys.stdout.flush()
