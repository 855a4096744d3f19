"""Symbolic dimensions: integer polynomials in named sizes such as ``batch`` or ``time``.

A shape entry is an ``int`` or a `Dim`. Arithmetic keeps a canonical form, so two dimensions that are
the same polynomial compare equal; anything that turns out constant becomes an ``int`` again. Sizes are
taken to be at least one when two dimensions are ordered.
"""

from __future__ import annotations

import math
import operator
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# A monomial is a sorted tuple of (atom, power); an atom is a name or (operation, left, right).
Atom = Any
Monomial = tuple[tuple[Atom, int], ...]

_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "floordiv": operator.floordiv,
    "max": max,
    "min": min,
}


class DimError(TypeError):
    """The value or order of a symbolic dimension was needed before it is known."""


class _Strictness(threading.local):
    strict = False


_comparisons = _Strictness()


@contextmanager
def strict_comparisons() -> Iterator[None]:
    """Within, `==` of sizes in the code of users raises `DimError` unless data cannot change it.

    Otherwise such sizes are unequal, which suits shapes but sends an `if` down the wrong branch.
    """
    before, _comparisons.strict = _comparisons.strict, True
    try:
        yield
    finally:
        _comparisons.strict = before


class Dim:
    """A non-constant integer polynomial in named sizes. Make one with `Dim.var`."""

    __slots__ = ("_hash", "_terms")

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self._terms = tuple(sorted(terms.items(), key=repr))
        self._hash = hash(self._terms)

    @staticmethod
    def var(name: str) -> Dim:
        """The dimension called `name`."""
        return Dim({((name, 1),): 1})

    def __add__(self, other: DimLike) -> DimLike:
        if not isinstance(other, int | Dim):
            return NotImplemented
        terms = dict(self._terms)
        for monomial, factor in _terms_of(other):
            terms[monomial] = terms.get(monomial, 0) + factor
        return _simplify(terms)

    __radd__ = __add__

    def __neg__(self) -> DimLike:
        return self * -1

    def __sub__(self, other: DimLike) -> DimLike:
        if not isinstance(other, int | Dim):
            return NotImplemented
        return self + other * -1

    def __rsub__(self, other: DimLike) -> DimLike:
        return -self + other

    def __mul__(self, other: DimLike) -> DimLike:
        if not isinstance(other, int | Dim):
            return NotImplemented
        terms: dict[Monomial, int] = {}
        for left, left_factor in self._terms:
            for right, right_factor in _terms_of(other):
                monomial = _multiply(left, right)
                terms[monomial] = terms.get(monomial, 0) + left_factor * right_factor
        return _simplify(terms)

    __rmul__ = __mul__

    def __floordiv__(self, other: DimLike) -> DimLike:
        if not isinstance(other, int | Dim):
            return NotImplemented
        return _floordiv(self, other)

    def __rfloordiv__(self, other: int) -> DimLike:
        return _floordiv(other, self)

    def __mod__(self, other: DimLike) -> DimLike:
        return self - (self // other) * other

    def __rmod__(self, other: int) -> DimLike:
        return other - (other // self) * self

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Dim) and self._terms == other._terms:
            return True
        if _comparisons.strict and isinstance(other, int | Dim) and _asked_by_user():
            low, high = _bounds(self - other)
            if low <= 0 <= high:
                raise DimError(
                    f"cannot tell whether {self} == {other}: it depends on sizes known only when "
                    "data is given"
                )
        return False

    def __hash__(self) -> int:
        return self._hash

    def __lt__(self, other: DimLike) -> bool:
        return _less(self, other)

    def __gt__(self, other: DimLike) -> bool:
        return _less(other, self)

    def __le__(self, other: DimLike) -> bool:
        return self == other or not _less(other, self)

    def __ge__(self, other: DimLike) -> bool:
        return self == other or not _less(self, other)

    def __index__(self) -> int:
        raise DimError(
            f"the dimension {self} has no value while a graph is traced; only shapes of data fix it"
        )

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        parts = []
        for monomial, factor in self._terms:
            names = [_show(atom) + (f"^{power}" if power > 1 else "") for atom, power in monomial]
            if factor != 1 or not names:
                names.insert(0, str(factor))
            parts.append("*".join(names))
        return " + ".join(parts).replace("+ -", "- ")

    def names(self) -> set[str]:
        """The named sizes this dimension depends on."""
        found: set[str] = set()
        for monomial, _ in self._terms:
            for atom, _ in monomial:
                if isinstance(atom, str):
                    found.add(atom)
                else:
                    for side in atom[1:]:
                        found |= names_in((side,))
        return found

    def evaluate(self, sizes: Mapping[str, int]) -> int:
        """The integer for the given sizes; `DimError` when one is missing."""
        total = 0
        for monomial, factor in self._terms:
            for atom, power in monomial:
                factor *= _value(atom, sizes) ** power
            total += factor
        return total

    def to_json(self) -> dict[str, Any]:
        """A JSON value; `from_json` reads it back."""
        return {
            "dim": [
                [factor, [[_atom_to_json(atom), power] for atom, power in monomial]]
                for monomial, factor in self._terms
            ]
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> DimLike:
        """The dimension written by `to_json`."""
        total: DimLike = 0
        for factor, monomial in value["dim"]:
            term: DimLike = int(factor)
            for atom, power in monomial:
                base = _atom_from_json(atom)
                for _ in range(int(power)):
                    term = term * base
            total = total + term
        return total


DimLike = int | Dim


def maximum(left: DimLike, right: DimLike) -> DimLike:
    """The larger of two dimensions."""
    return _choose("max", left, right)


def minimum(left: DimLike, right: DimLike) -> DimLike:
    """The smaller of two dimensions."""
    return _choose("min", left, right)


def evaluate(dim: DimLike, sizes: Mapping[str, int]) -> int:
    """The integer of `dim` (an int is itself)."""
    return dim.evaluate(sizes) if isinstance(dim, Dim) else int(dim)


def product(dims: Iterable[DimLike]) -> DimLike:
    """The product of dimensions, 1 for none."""
    result: DimLike = 1
    for dim in dims:
        result = result * dim
    return result


def is_static(shape: Iterable[DimLike]) -> bool:
    """Whether every dimension is an int."""
    return not any(isinstance(dim, Dim) for dim in shape)


def names_in(shape: Iterable[DimLike]) -> set[str]:
    """The named sizes that a shape depends on."""
    found: set[str] = set()
    for dim in shape:
        if isinstance(dim, Dim):
            found |= dim.names()
    return found


def _terms_of(value: DimLike) -> Iterable[tuple[Monomial, int]]:
    return value._terms if isinstance(value, Dim) else (((), int(value)),)


def _simplify(terms: Mapping[Monomial, int]) -> DimLike:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Dim(kept)


def _multiply(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=repr))


def _divide(monomial: Monomial, by: Monomial) -> Monomial | None:
    powers = dict(monomial)
    for atom, power in by:
        left = powers.get(atom, 0) - power
        if left < 0:
            return None
        if left:
            powers[atom] = left
        else:
            del powers[atom]
    return tuple(sorted(powers.items(), key=repr))


def _floordiv(left: DimLike, right: DimLike) -> DimLike:
    if right == 1:
        return left
    if right == 0:
        raise ZeroDivisionError(f"{left} // 0")
    if left == right:
        return 1
    divisor = tuple(_terms_of(right))
    if len(divisor) > 1:
        return _simplify({((("floordiv", left, right), 1),): 1})
    (by, by_factor) = divisor[0]
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    # floor(integer + x) = integer + floor(x): exact terms leave the division.
    for monomial, factor in _terms_of(left):
        quotient = _divide(monomial, by)
        if quotient is not None and factor % by_factor == 0:
            whole[quotient] = factor // by_factor
        else:
            rest[monomial] = factor
    remainder = _simplify(rest)
    if remainder == 0:
        return _simplify(whole)
    if isinstance(remainder, int) and isinstance(right, int):
        return _simplify(whole) + remainder // right
    return _simplify(whole) + Dim({((("floordiv", remainder, right), 1),): 1})


def _choose(name: str, left: DimLike, right: DimLike) -> DimLike:
    if left == right:
        return left
    if isinstance(left, int) and isinstance(right, int):
        return _OPERATIONS[name](left, right)
    low, high = _bounds(right - left)
    if low >= 0:
        return right if name == "max" else left
    if high <= 0:
        return left if name == "max" else right
    first, second = sorted((left, right), key=repr)
    return Dim({(((name, first, second), 1),): 1})


def _asked_by_user() -> bool:
    """Whether the comparison that calls this is in code outside of this library and Python's."""
    package = str(sys._getframe(2).f_globals.get("__name__", "")).partition(".")[0]
    return not package.startswith("bigdl_") and package not in sys.stdlib_module_names


def _less(left: DimLike, right: DimLike) -> bool:
    low, high = _bounds(right - left)
    if low > 0:
        return True
    if high <= 0:
        return False
    raise DimError(
        f"cannot tell whether {left} < {right}: it depends on sizes known only when data is given"
    )


def _bounds(value: DimLike) -> tuple[float, float]:
    low = high = 0.0
    for monomial, factor in _terms_of(value):
        least, most = 1.0, 1.0
        for atom, power in monomial:
            atom_low, atom_high = _atom_bounds(atom)
            least, most = least * atom_low**power, most * atom_high**power
        sides = (factor * least, factor * most)
        low, high = low + min(sides), high + max(sides)
    return low, high


def _atom_bounds(atom: Atom) -> tuple[float, float]:
    if isinstance(atom, str):
        return 1.0, math.inf
    name, left, right = atom
    left_low, left_high = _bounds(left)
    right_low, right_high = _bounds(right)
    if name == "max":
        return max(left_low, right_low), max(left_high, right_high)
    if name == "min":
        return min(left_low, right_low), min(left_high, right_high)
    if left_low < 0 or right_low < 1:
        return -math.inf, math.inf
    return (0.0 if right_high == math.inf else left_low // right_high), left_high / right_low


def _value(atom: Atom, sizes: Mapping[str, int]) -> int:
    if isinstance(atom, str):
        if atom not in sizes:
            raise DimError(f"the dimension {atom!r} has no value here; known: {sorted(sizes)}")
        return sizes[atom]
    name, left, right = atom
    return _OPERATIONS[name](evaluate(left, sizes), evaluate(right, sizes))


def _show(atom: Atom) -> str:
    if isinstance(atom, str):
        return atom
    name, left, right = atom
    return f"({left})//({right})" if name == "floordiv" else f"{name}({left}, {right})"


def _atom_to_json(atom: Atom) -> Any:
    if isinstance(atom, str):
        return atom
    name, left, right = atom
    return [name, *(side.to_json() if isinstance(side, Dim) else side for side in (left, right))]


def _atom_from_json(value: Any) -> DimLike:
    if isinstance(value, str):
        return Dim.var(value)
    name = value[0]
    left, right = (
        Dim.from_json(side) if isinstance(side, Mapping) else int(side) for side in value[1:]
    )
    if name == "floordiv":
        return _floordiv(left, right)
    return _choose(name, left, right)
