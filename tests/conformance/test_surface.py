"""Names and signatures are stock Keras's, but for those that have a reason."""

import inspect

import keras
import pytest

import bigdl_keras
from tests.conformance.reasons import ABSENT, OTHERWISE, reason
from tests.conformance.surface import Comparison, compare
from tests.conformance.table import COMPLETE


@pytest.fixture(scope="module")
def comparisons() -> dict[str, Comparison]:
    return {name: compare(keras, bigdl_keras, name) for name in COMPLETE}


@pytest.mark.parametrize("namespace", COMPLETE)
def test_no_name_is_missing(namespace: str, comparisons: dict[str, Comparison]) -> None:
    assert [n for n in comparisons[namespace].missing if not reason(n, ABSENT)] == []


@pytest.mark.parametrize("namespace", COMPLETE)
def test_signatures_are_stock_keras(namespace: str, comparisons: dict[str, Comparison]) -> None:
    differing = comparisons[namespace].differing
    assert {n: both for n, both in differing.items() if not reason(n, OTHERWISE)} == {}


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_only_options_of_spark_are_added(method: str) -> None:
    stock, ours = (
        list(inspect.signature(getattr(library.Model, method)).parameters)
        for library in (keras, bigdl_keras)
    )
    assert [n for n in ours if n != "spark_options"] == [n for n in stock if n != "kwargs"]


def test_every_reason_is_needed(comparisons: dict[str, Comparison]) -> None:
    missing = [name for c in comparisons.values() for name in c.missing]
    differing = [name for c in comparisons.values() for name in c.differing]
    for table, names in ((ABSENT, missing), (OTHERWISE, differing)):
        assert [p for p in table if not any(reason(name, {p: ""}) == "" for name in names)] == []


def test_a_difference_is_seen() -> None:
    class Stock:
        __name__ = "stock"
        both = staticmethod(lambda x, axis=-1: None)
        gone = staticmethod(lambda x: None)

    class Ours:
        __name__ = "ours"
        both = staticmethod(lambda x, axis=0: None)

    found = compare(Stock, Ours, "")
    assert found.missing == ["gone"]
    assert found.differing == {"both": ("(x, axis=-1)", "(x, axis=0)")}
