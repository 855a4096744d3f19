"""Questions to layers and models that stock Keras answers in the same way."""

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from tests.parity.models.question import answer, close, questions

pytestmark = pytest.mark.parity

QUESTIONS = [
    question for table in ("state", "masks", "models", "uses") for question in questions(table)
]
KINDS = [
    ("Dense", (2,)), ("Conv1D", (2, 3)), ("Embedding", (3, 2)), ("Masking", ()), ("LSTM", (2,)),
    ("Flatten", ()), ("Dropout", (0.5,)), ("Add", ()), ("Concatenate", ()), ("Dot", (1,)),
    ("Reshape", ((2,),)), ("Permute", ((1,),)), ("RepeatVector", (2,)), ("Activation", ("relu",)),
    ("ReLU", ()), ("LeakyReLU", ()), ("PReLU", ()), ("ELU", ()), ("Softmax", ()),
    ("BatchNormalization", ()), ("LayerNormalization", ()), ("GroupNormalization", ()),
    ("UnitNormalization", ()), ("RMSNormalization", ()), ("MaxPooling1D", (2,)),
    ("GlobalAveragePooling1D", ()), ("GlobalMaxPooling1D", ()), ("ZeroPadding1D", ()),
    ("Cropping1D", ()), ("UpSampling1D", ()), ("GaussianNoise", (0.1,)), ("GaussianDropout", (0.1,)),
    ("AlphaDropout", (0.1,)), ("SpatialDropout1D", (0.1,)), ("ActivityRegularization", ()),
    ("Identity", ()), ("Attention", ()), ("AdditiveAttention", ()), ("MultiHeadAttention", (2, 2)),
    ("Rescaling", (2,)), ("Normalization", ()), ("SimpleRNN", (2,)), ("GRU", (2,)),
    ("LSTMCell", (2,)), ("GRUCell", (2,)), ("SimpleRNNCell", (2,)), ("Layer", ()),
]  # fmt: skip
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
    more = {"ids": np.array([[1, 2, 0, 1], [2, 0, 0, 0]], "int32"), "KINDS": KINDS}
    theirs = answer(keras, question, **more, **of_keras())
    ours = answer(bigdl_keras, question, **more, **of_ours())
    assert close(ours, theirs), f"\n  {ours}\nstock Keras:\n  {theirs}"
