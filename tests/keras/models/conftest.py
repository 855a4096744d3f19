import keras
import pytest

import bigdl_keras


@pytest.fixture(autouse=True)
def _fresh_names():
    """Automatic names begin anew in both libraries, so that they can be compared."""
    bigdl_keras.backend.clear_session()
    keras.utils.clear_session(free_memory=False)
