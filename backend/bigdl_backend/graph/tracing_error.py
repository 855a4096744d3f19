"""The error of Python code that needs a value which exists only when the graph runs."""

from __future__ import annotations

import linecache
import sys


class TracingError(TypeError):
    """Python asked for the value of a tensor that is known only when the graph runs.

    Args:
        message: what was asked for, and the mend.

    Attributes:
        place: the innermost line outside of this library and NumPy, as a traceback shows it.
        layer: the innermost layer that was being called, if whoever called it said so.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.place = _calling_line()
        self.layer: str | None = None

    def within(self, name: str, kind: str) -> None:
        """Note the layer being called; the first note, of the innermost one, stays."""
        self.layer = self.layer or f"layer '{name}' (of type {kind})"

    def __str__(self) -> str:
        where = f"In {self.layer}: " if self.layer else ""
        return f"{where}{self.message}\n{self.place}" if self.place else f"{where}{self.message}"


def _calling_line() -> str:
    frame = sys._getframe(1)
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package != "numpy" and not package.startswith("bigdl_"):
            code = frame.f_code
            text = linecache.getline(code.co_filename, frame.f_lineno, frame.f_globals).strip()
            line = f'  File "{code.co_filename}", line {frame.f_lineno}, in {code.co_name}'
            return f"{line}\n    {text}" if text else line
        frame = frame.f_back  # type: ignore[assignment]
    return ""
