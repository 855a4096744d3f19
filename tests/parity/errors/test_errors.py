"""Bad calls raise what stock Keras raises, and say what is wrong."""

import keras
import pytest

import bigdl_keras
from tests.parity.errors.bad_call import (
    BadCall,
    bad_calls,
    check_bad_call,
    check_call_bad_for_backend,
)

pytestmark = pytest.mark.parity

TABLES = ("constructors", "layers", "models", "preparing", "training")
CALLS = [call for table in TABLES for call in bad_calls(table)]
BACKEND_CALLS = [call for table in TABLES for call in bad_calls(table, left_to_the_backend=True)]


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_bad_call(call: BadCall) -> None:
    check_bad_call(keras, bigdl_keras, call)


@pytest.mark.parametrize("call", BACKEND_CALLS, ids=str)
def test_call_that_is_bad_for_the_backend(call: BadCall) -> None:
    check_call_bad_for_backend(keras, bigdl_keras, call)
