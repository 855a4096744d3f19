"""Operations on images refuse what stock Keras refuses, with the same type of error."""

from __future__ import annotations

import keras
import pytest

import bigdl_keras
from tests.keras.ops.image_cases import REFUSED


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    call, error = REFUSED[name]
    for library in (keras, bigdl_keras):
        with pytest.raises(error):
            call(library.ops)
