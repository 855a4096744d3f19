"""Bad calls raise what stock Keras raises, and say what is wrong."""

import keras
import pytest

import bigdl_keras
from tests.parity.errors import constructor_calls, layer_calls, model_calls, training_calls
from tests.parity.errors.bad_call import (
    BadCall,
    check_bad_call,
    check_call_bad_for_backend,
)

pytestmark = pytest.mark.parity

TABLES = (constructor_calls, layer_calls, model_calls, training_calls)
CALLS = [call for table in TABLES for call in table.CALLS]


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_bad_call(call: BadCall) -> None:
    check_bad_call(keras, bigdl_keras, call)


BACKEND_CALLS = [call for table in TABLES for call in getattr(table, "BACKEND_CALLS", ())]


@pytest.mark.parametrize("call", BACKEND_CALLS, ids=str)
def test_call_that_is_bad_for_the_backend(call: BadCall) -> None:
    check_call_bad_for_backend(keras, bigdl_keras, call)
