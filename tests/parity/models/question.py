"""Lines of code that end in an expression, whose value must be the same in both libraries."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity.errors.bad_call import names


def questions(table: str) -> list[str]:
    """The lines of a file of ``tables``."""
    lines = (Path(__file__).parent / "tables" / f"{table}.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("##")]


def models(library: Any) -> dict[str, Any]:
    """Classes that the questions use."""

    class Small(library.Model):
        def __init__(self, name: str) -> None:
            super().__init__(name=name)
            self.d = library.layers.Dense(2, name="p")

        def call(self, x: Any) -> Any:
            return self.d(x)

    class Stacked(library.Model):
        def __init__(self, name: str) -> None:
            super().__init__(name=name)
            self.a = [library.layers.Dense(2, name="p"), [library.layers.Dense(3, name="q")]]
            self.b = {"z": library.layers.Dense(4, name="r")}

        def call(self, x: Any) -> Any:
            return self.b["z"](self.a[1][0](self.a[0](x)))

    def within_scopes(make: Any) -> Any:
        with library.name_scope("a"), library.name_scope("b"):
            return make()

    return {"Small": Small, "Stacked": Stacked, "within_scopes": within_scopes}


def answer(library: Any, question: str, **more: Any) -> Any:
    """The value of the last statement, as numbers, texts, lists and dicts."""
    library.utils.clear_session()
    tree = ast.parse(question)
    *before, last = tree.body
    assert isinstance(last, ast.Expr), question
    scope = {**names(library), **models(library), **more}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(ast.Module(before, []), "<question>", "exec"), scope)
        value = eval(compile(ast.Expression(last.value), "<question>", "eval"), scope)
        return plain(library, value)


def plain(library: Any, value: Any) -> Any:
    """``value`` without anything that belongs to a library; floats to five digits."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {str(key): plain(library, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(library, item) for item in value]
    if isinstance(value, library.KerasTensor):
        return ["symbolic", list(value.shape), value.dtype]
    if isinstance(value, library.Variable):
        return ["variable", value.path, plain(library, value.value)]
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, library.dtype_policies.DTypePolicy):
        return value.name
    if isinstance(value, library.layers.Layer | library.metrics.Metric):
        return [type(value).__name__, value.name]
    array = np.asarray(value)
    assert array.dtype != object, f"{value!r} cannot be compared"
    numbers = array if array.dtype == bool else array.astype("float64").round(5) + 0.0
    return [str(array.dtype), list(array.shape), numbers.tolist()]


def close(ours: Any, theirs: Any) -> bool:
    """Equality, up to the rounding of floats."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(close, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(close(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, float) and isinstance(theirs, float):
        return bool(np.isclose(ours, theirs, rtol=1e-4, atol=2e-5, equal_nan=True))
    return type(ours) is type(theirs) and ours == theirs
