"""Symbolic dimensions behave like the integers they stand for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigdl_backend.graph.dims import Dim, DimError, evaluate, maximum, minimum, product

SIZES = st.fixed_dictionaries({"batch": st.integers(1, 9), "time": st.integers(1, 9)})


def combine(pairs):
    def add(expression):
        kind, left, right, number = expression
        return {
            "+": lambda: (left[0] + right[0], lambda s: left[1](s) + right[1](s)),
            "-": lambda: (left[0] - number, lambda s: left[1](s) - number),
            "*": lambda: (left[0] * right[0], lambda s: left[1](s) * right[1](s)),
            "//": lambda: (left[0] // number, lambda s: left[1](s) // number),
            "%": lambda: (left[0] % number, lambda s: left[1](s) % number),
            "max": lambda: (maximum(left[0], right[0]), lambda s: max(left[1](s), right[1](s))),
            "min": lambda: (minimum(left[0], number), lambda s: min(left[1](s), number)),
        }[kind]()

    kinds = st.sampled_from(["+", "-", "*", "//", "%", "max", "min"])
    return st.tuples(kinds, pairs, pairs, st.integers(1, 5)).map(add)


# A dimension together with a function that computes the same from sizes.
EXPRESSIONS = st.recursive(
    st.one_of(
        st.sampled_from(["batch", "time"]).map(lambda name: (Dim.var(name), lambda s: s[name])),
        st.integers(0, 6).map(lambda value: (value, lambda s: value)),
    ),
    combine,
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, SIZES)
def test_value_is_that_of_the_integers(expression, sizes):
    dim, value = expression
    assert evaluate(dim, sizes) == value(sizes)


def test_choice_does_not_depend_on_the_order_of_sides():
    half = Dim.var("batch") // 2  # at least 0, and 0 for a batch of 1
    assert maximum(0, half) == maximum(half, 0) == half
    assert minimum(0, half) == minimum(half, 0) == 0


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, SIZES)
def test_json_round_trip(expression, sizes):
    dim, _ = expression
    if isinstance(dim, Dim):
        read = Dim.from_json(json.loads(json.dumps(dim.to_json())))
        assert read == dim
        assert evaluate(read, sizes) == dim.evaluate(sizes)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, SIZES)
def test_order_holds_for_all_sizes_or_is_refused(left, right, sizes):
    try:
        smaller = left[0] < right[0]
    except DimError:
        return
    assert smaller == (left[1](sizes) < right[1](sizes))


def test_equal_polynomials_are_equal():
    b, t = Dim.var("batch"), Dim.var("time")
    assert (b + t) * (b + t) == b * b + 2 * b * t + t * t
    assert hash(b * t) == hash(t * b)
    assert b - b == 0
    assert isinstance(b - b, int)
    assert (4 * b * t) // (2 * t) == 2 * b
    assert (2 * b + 5) // 2 == b + 2
    assert b != t
    assert b != 3
    assert product([2, b, 3]) == 6 * b


def test_value_is_needed_too_early():
    b = Dim.var("batch")
    with pytest.raises(DimError, match="dimension batch has no value"):
        range(b)
    with pytest.raises(DimError, match="cannot tell whether batch < time"):
        bool(b < Dim.var("time"))
    with pytest.raises(DimError, match="'batch' has no value here; known: \\['time'\\]"):
        b.evaluate({"time": 2})


def test_sizes_are_at_least_one():
    b = Dim.var("batch")
    assert b > 0
    assert b + 3 >= 4
    assert maximum(b, 1) == b
    assert minimum(b + 1, 1) == 1
