"""Lines of code that are wrong, run with both libraries.

In ``tables`` every line is one case: statements that end in an error, then ``#`` and what our
message must say, separated by ``|``.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class BadCall(NamedTuple):
    """A line of a table."""

    code: str
    fragments: tuple[str, ...]

    def __str__(self) -> str:
        return self.code


def bad_calls(table: str, left_to_the_backend: bool = False) -> list[BadCall]:
    """The lines of a file of ``tables``: those before or after the heading "left to the backend"."""
    text = (Path(__file__).parent / "tables" / f"{table}.txt").read_text()
    first, _, second = text.partition("## left to the backend")
    found = []
    for line in (second if left_to_the_backend else first).splitlines():
        code, _, wanted = line.partition("  # ")
        if code and not code.startswith("##"):
            fragments = tuple(part.strip() for part in wanted.split("|") if part.strip())
            found.append(BadCall(code, fragments))
    return found


def names(library: Any) -> dict[str, Any]:
    """What the lines may use: the library as ``k``, its layers as ``L``, arrays of each rank."""
    rng = np.random.default_rng(0)

    def floats(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype("float32")

    def dense_model() -> Any:
        model = library.Sequential(
            [library.Input((3,)), library.layers.Dense(2, name="d")], name="m"
        )
        return model

    def compiled() -> Any:
        model = dense_model()
        model.compile("sgd", "mse")
        return model

    return {
        "k": library,
        "L": library.layers,
        "I": library.Input,
        "np": np,
        "x": floats(2, 3),
        "y": floats(2, 2),
        "series": floats(2, 4, 3),
        "images": floats(2, 5, 5, 3),
        "volumes": floats(2, 4, 4, 4, 3),
        "dense": library.layers.Dense,
        "dense_model": dense_model,
        "compiled": compiled,
    }


def error_of(library: Any, call: BadCall) -> BaseException | None:
    """What the line raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(call.code, names(library))
        except Exception as error:
            return error
    return None


def check_bad_call(stock: Any, here: Any, call: BadCall) -> None:
    """The same exception type, and a message that says what the table asks for."""
    expected, found = error_of(stock, call), error_of(here, call)
    assert expected is not None, "stock Keras raises nothing"
    assert found is not None, f"nothing raised; stock Keras: {expected!r}"
    assert isinstance(found, type(expected)), f"{found!r}; stock Keras: {expected!r}"
    _check_message(found, call)


def check_call_bad_for_backend(stock: Any, here: Any, call: BadCall) -> None:
    """Where stock Keras leaves the complaint to its backend, any type that says "bad argument" will do."""
    expected, found = error_of(stock, call), error_of(here, call)
    assert expected is not None, "stock Keras raises nothing"
    assert isinstance(found, TypeError | ValueError | IndexError), f"{found!r}; stock: {expected!r}"
    _check_message(found, call)


def _check_message(error: BaseException, call: BadCall) -> None:
    message = "\n".join([str(error), *getattr(error, "__notes__", ())])
    for fragment in call.fragments:
        assert fragment in message, f"{fragment!r} is not in: {message}"
