"""Questions to layers and models that stock Keras answers in the same way."""

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from tests.parity.models import mask_questions, model_questions, state_questions
from tests.parity.models.question import answer, close

pytestmark = pytest.mark.parity

TABLES = (state_questions, mask_questions, model_questions)
QUESTIONS = [question for table in TABLES for question in table.QUESTIONS]
MASK = np.array([[True, True, False, True], [True, False, False, False]])
OTHER = np.array([[True, True, True, False], [False, False, True, True]])


def of_keras() -> dict[str, Any]:
    from keras.src import backend

    def masked(x: Any, other: bool = False) -> Any:
        tensor = keras.ops.convert_to_tensor(x) + 0
        backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(OTHER if other else MASK))
        return tensor

    return {"mask_of": backend.get_keras_mask, "masked": masked}


def of_ours() -> dict[str, Any]:
    def masked(x: Any, other: bool = False) -> Any:
        tensor = x.copy()
        set_keras_mask(tensor, OTHER if other else MASK)
        return tensor

    return {"mask_of": get_keras_mask, "masked": masked}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[:100])
def test_answer(question: str) -> None:
    more = {"ids": np.array([[1, 2, 0, 1], [2, 0, 0, 0]], "int32"), "KINDS": mask_questions.KINDS}
    theirs = answer(keras, question, **more, **of_keras())
    ours = answer(bigdl_keras, question, **more, **of_ours())
    assert close(ours, theirs), f"\n  {ours}\nstock Keras:\n  {theirs}"
