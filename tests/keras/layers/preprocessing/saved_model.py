"""A model of every layer that saves what it has learnt, made with stock Keras or with this library."""

from __future__ import annotations

from typing import Any

import numpy as np

_TEXTS = np.array([["the cat sat"], ["a Dog, ran!"], ["the dog sat"], ["é dog"]], object)
_WORDS = np.array([["a"], ["b"], ["z"]], object)
_CODES = np.array([[1], [5], [9]])
_VALUES = np.array([[0.1], [0.6], [2.0]], "float32")

# Data for each layer, by its name.
INPUTS: dict[str, np.ndarray] = {
    "words": _TEXTS,
    "weighted": _TEXTS,
    "characters": _TEXTS,
    "given": _WORDS,
    "counted": _WORDS,
    "codes": _CODES,
    "hashed_codes": _CODES,
    "ranges": _VALUES,
    "scaled": _VALUES,
    "hashed": _WORDS,
    "coded": _CODES,
    "chain": _VALUES,
}


def make_model(keras: Any) -> Any:
    """The model: one input and one output a layer."""
    k = keras.layers
    line = np.linspace(0, 1, 50).reshape(-1, 1).astype("float32")
    learning = [
        (k.TextVectorization(output_sequence_length=4, name="words"), _TEXTS.ravel()),
        (k.TextVectorization(output_mode="tf_idf", name="weighted"), _TEXTS.ravel()),
        (
            k.TextVectorization(
                standardize="lower",
                split="character",
                ngrams=2,
                output_mode="multi_hot",
                max_tokens=30,
                pad_to_max_tokens=True,
                name="characters",
            ),
            _TEXTS.ravel(),
        ),
        (k.StringLookup(output_mode="count", name="counted"), _WORDS),
        (k.IntegerLookup(output_mode="one_hot", name="codes"), np.array([1, 5, 5, 7])),
        (k.Discretization(num_bins=3, name="ranges"), line),
        (k.Normalization(name="scaled"), line),
    ]
    for layer, data in learning:
        layer.adapt(data.tolist() if data.dtype == object else data)
    layers = [layer for layer, _ in learning]
    layers += [
        k.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=2, name="given"),
        k.IntegerLookup(
            vocabulary=[1, 5],
            num_oov_indices=2,
            oov_method="farmhash",
            salt=[3, 4],
            name="hashed_codes",
        ),
        k.Hashing(11, salt=[1, 2], mask_value="a", name="hashed"),
        k.CategoryEncoding(10, name="coded"),
        k.Pipeline([k.Rescaling(2.0), k.Rescaling(3.0)], name="chain"),
    ]
    inputs, outputs = [], []
    for layer in layers:
        data = INPUTS[layer.name]
        dtype = "string" if data.dtype == object else data.dtype.name
        inputs.append(keras.Input(data.shape[1:], dtype=dtype, name=f"to_{layer.name}"))
        outputs.append(layer(inputs[-1]))
    return keras.Model(inputs, outputs)
