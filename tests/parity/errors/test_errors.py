"""Bad calls raise what stock Keras raises, and say what is wrong."""

import keras
import pytest

import bigdl_keras
from tests.parity.errors import constructor_calls
from tests.parity.errors.bad_call import BadCall, check_bad_call

pytestmark = pytest.mark.parity

TABLES = (constructor_calls,)
CALLS = [call for table in TABLES for call in table.CALLS]


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_bad_call(call: BadCall) -> None:
    check_bad_call(keras, bigdl_keras, call)
