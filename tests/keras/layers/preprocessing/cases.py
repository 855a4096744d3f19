"""Calls of layers of categories, text and tables, written once for stock Keras and for this library.

Each is a function of the namespace `keras`; what stock Keras returns is in `expected/expected.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

LETTERS = "abcdefghij éß漢字-0123456789"
# Lengths on both sides of every branch of the hashes.
WORDS = [
    "".join(LETTERS[(7 * size + 3 * place) % len(LETTERS)] for place in range(size))
    for size in (*range(36), 47, 48, 63, 64, 65, 66, 127, 128, 129, 200)
]
NUMBERS = [0, 1, -1, 9, 10, 12345, -98765, 2**31 - 1, -(2**31)]
CITIES = np.array([["rome", "oslo"], ["oslo", ""], ["paris", "rome"]])
CODES = np.array([[4, 2], [2, 7], [0, 4], [9, 4]])
TEXTS = ["The cat sat.", "a DOG\tran\u00a0far; away", "the dog's sat", "\x0bé dog\r\n", ""]
LONG = ["a b c d e", "b b", "", "c"]


def adapted(layer: Any, *args: Any, **kwargs: Any) -> Any:
    """The layer after `adapt`."""
    layer.adapt(*args, **kwargs)
    return layer


def _hashing() -> dict[str, Callable[[Any], Any]]:
    cases: dict[str, Callable[[Any], Any]] = {
        "words": lambda k: k.layers.Hashing(1_000_003)(WORDS),
        "words salted": lambda k: k.layers.Hashing(1_000_003, salt=[133, -137])(WORDS),
        "numbers": lambda k: k.layers.Hashing(1_000_003)(np.array(NUMBERS)),
        "numbers salted": lambda k: k.layers.Hashing(1_000_003, salt=5)(np.array(NUMBERS)),
        "floats": lambda k: k.layers.Hashing(50)([1.7, -2.3, 0.0]),
        "booleans": lambda k: k.layers.Hashing(50)([True, False]),
        "scalar": lambda k: k.layers.Hashing(50)("a"),
        "masked text": lambda k: k.layers.Hashing(5, mask_value="")(CITIES),
        "masked number": lambda k: k.layers.Hashing(5, mask_value=4)(CODES),
        "int32": lambda k: k.layers.Hashing(5, dtype="int32")(CODES),
        "no bins": lambda k: k.layers.Hashing(0),
        "float dtype": lambda k: k.layers.Hashing(3, dtype="float32"),
        "unknown mode": lambda k: k.layers.Hashing(3, output_mode="tf_idf"),
        "wrong salt": lambda k: k.layers.Hashing(3, salt="pepper"),
    }
    for mode in ("one_hot", "multi_hot", "count"):
        for name, data in (("pairs", CITIES), ("column", CITIES[:, :1]), ("vector", CITIES[0])):
            cases[f"{mode} {name}"] = lambda k, mode=mode, data=data: k.layers.Hashing(
                6, output_mode=mode
            )(data)
    return cases


def _crossing() -> dict[str, Callable[[Any], Any]]:
    words, numbers = np.array(WORDS[1:10]), np.array(NUMBERS)
    columns = (words[:, None], numbers[:, None])
    return {
        "text and number": lambda k: k.layers.HashedCrossing(100_003)((words, numbers)),
        "number and text": lambda k: k.layers.HashedCrossing(100_003)((numbers, words)),
        "three": lambda k: k.layers.HashedCrossing(100_003)((words, numbers, words)),
        "columns": lambda k: k.layers.HashedCrossing(100_003)(columns),
        "scalars": lambda k: k.layers.HashedCrossing(100_003)(("a", 3)),
        "one_hot": lambda k: k.layers.HashedCrossing(5, output_mode="one_hot")(columns),
        "one_hot vectors": lambda k: k.layers.HashedCrossing(5, output_mode="one_hot")(
            (words, numbers)
        ),
        "one input": lambda k: k.layers.HashedCrossing(5)([words]),
        "no list": lambda k: k.layers.HashedCrossing(5)(words),
        "matrices": lambda k: k.layers.HashedCrossing(5)((CODES, CODES)),
        "two shapes": lambda k: k.layers.HashedCrossing(5)((words, CODES)),
        "floats": lambda k: k.layers.HashedCrossing(5)(([1.5], [2.5])),
        "unknown mode": lambda k: k.layers.HashedCrossing(5, output_mode="count"),
    }


def _strings() -> dict[str, Callable[[Any], Any]]:
    vocabulary = ["rome", "oslo"]

    def lookup(k: Any, **kwargs: Any) -> Any:
        return k.layers.StringLookup(**{"vocabulary": vocabulary, **kwargs})

    def learnt(k: Any, data: Any = CITIES, **kwargs: Any) -> Any:
        return adapted(k.layers.StringLookup(**kwargs), data)

    weights = {"output_mode": "tf_idf", "idf_weights": [0.5, 0.75]}
    return {
        "int": lambda k: lookup(k)(CITIES),
        "scalar": lambda k: lookup(k)("oslo"),
        "list": lambda k: lookup(k)([["rome"], ["x"]]),
        "bytes": lambda k: lookup(k)(np.array([b"rome", b"x"])),
        "objects": lambda k: lookup(k)(np.array(["oslo", b"rome"], object)),
        "masked": lambda k: lookup(k, mask_token="")(CITIES),
        "several unknown": lambda k: lookup(k, num_oov_indices=3)(CITIES),
        "salted": lambda k: lookup(k, num_oov_indices=3, oov_method="farmhash", salt=5)(CITIES),
        "all known": lambda k: lookup(k, num_oov_indices=0)(["rome", "oslo"]),
        "one_hot": lambda k: lookup(k, output_mode="one_hot")(CITIES),
        "one_hot column": lambda k: lookup(k, output_mode="one_hot")(CITIES[:, :1]),
        "multi_hot": lambda k: lookup(k, output_mode="multi_hot", mask_token="")(CITIES),
        "count": lambda k: lookup(k, output_mode="count", mask_token="")(CITIES),
        "count padded": lambda k: lookup(
            k, output_mode="count", max_tokens=6, pad_to_max_tokens=True
        )(CITIES),
        "tf_idf": lambda k: lookup(k, **weights)(CITIES),
        "with special tokens": lambda k: lookup(
            k, vocabulary=["", "[UNK]", "rome"], mask_token=""
        ).get_vocabulary(),
        "vocabulary": lambda k: lookup(k, mask_token="", num_oov_indices=2).get_vocabulary(),
        "vocabulary alone": lambda k: lookup(k).get_vocabulary(include_special_tokens=False),
        "size": lambda k: lookup(k, mask_token="").vocabulary_size(),
        "adapted": lambda k: learnt(k).get_vocabulary(),
        "adapted limited": lambda k: learnt(k, max_tokens=3, mask_token="").get_vocabulary(),
        "adapted to a vector": lambda k: learnt(k, ["b", "a", "b"]).get_vocabulary(),
        "adapted tf_idf": lambda k: learnt(k, output_mode="tf_idf")(CITIES),
        "adapted tf_idf padded": lambda k: learnt(
            k, output_mode="tf_idf", max_tokens=8, pad_to_max_tokens=True
        )(CITIES),
        "adapted to batches": lambda k: adapted(
            k.layers.StringLookup(output_mode="tf_idf"), (row for row in (CITIES[:2], CITIES[2:]))
        )(CITIES),
        "adapted to some": lambda k: adapted(
            k.layers.StringLookup(), (row for row in (CITIES[:2], CITIES[2:])), steps=1
        ).get_vocabulary(),
        "unknown refused": lambda k: lookup(k, num_oov_indices=0)(CITIES),
        "no vocabulary": lambda k: k.layers.StringLookup()(CITIES),
        "no size": lambda k: k.layers.StringLookup(output_mode="count")(CITIES),
        "repeated": lambda k: lookup(k, vocabulary=["a", "a"]),
        "empty": lambda k: lookup(k, vocabulary=[]),
        "mask inside": lambda k: lookup(k, vocabulary=["a", "", "b"], mask_token=""),
        "too many": lambda k: lookup(k, max_tokens=2),
        "no file": lambda k: lookup(k, vocabulary="/there/is/none.txt"),
        "adapt a given one": lambda k: adapted(lookup(k), CITIES),
        "weights in another mode": lambda k: lookup(k, idf_weights=[1.0, 2.0]),
        "no weights": lambda k: lookup(k, output_mode="tf_idf"),
        "weights of another length": lambda k: lookup(k, output_mode="tf_idf", idf_weights=[1.0]),
        "inverted vectors": lambda k: lookup(k, invert=True, output_mode="count"),
        "limit of one": lambda k: lookup(k, max_tokens=1),
        "padding without limit": lambda k: lookup(k, output_mode="count", pad_to_max_tokens=True),
        "another size": lambda k: learnt(k, output_mode="count").set_vocabulary(["a"]),
        "sparse": lambda k: lookup(k, output_mode="count", sparse=True),
        "unknown argument": lambda k: lookup(k, colour="red"),
    }


def _integers() -> dict[str, Callable[[Any], Any]]:
    def lookup(k: Any, **kwargs: Any) -> Any:
        return k.layers.IntegerLookup(**{"vocabulary": [4, 2], **kwargs})

    return {
        "int": lambda k: lookup(k)(CODES),
        "list": lambda k: lookup(k)([[4], [5]]),
        "array as vocabulary": lambda k: lookup(k, vocabulary=np.array([2, 9]))(CODES),
        "masked": lambda k: lookup(k, mask_token=0)(CODES),
        "several unknown": lambda k: lookup(k, num_oov_indices=3)(CODES),
        "hashed": lambda k: lookup(k, num_oov_indices=3, oov_method="farmhash")(CODES),
        "salted": lambda k: lookup(k, num_oov_indices=3, oov_method="farmhash", salt=[1, 2])(CODES),
        "inverted": lambda k: lookup(k, invert=True)([[0, 1], [2, 50]]),
        "inverted masked": lambda k: lookup(k, invert=True, mask_token=0)([[0, 1], [2, 3]]),
        "one_hot": lambda k: lookup(k, output_mode="one_hot")(CODES[:, :1]),
        "multi_hot": lambda k: lookup(k, output_mode="multi_hot", mask_token=0)(CODES),
        "count of a vector": lambda k: lookup(k, output_mode="count")(CODES[:, 0]),
        "adapted": lambda k: adapted(k.layers.IntegerLookup(), CODES).get_vocabulary(),
        "adapted tf_idf": lambda k: adapted(k.layers.IntegerLookup(output_mode="tf_idf"), CODES)(
            CODES
        ),
        "unknown refused": lambda k: lookup(k, num_oov_indices=0)(CODES),
        "salt without hash": lambda k: lookup(k, salt=1),
        "vocabulary dtype": lambda k: lookup(k, vocabulary_dtype="int32"),
        "reserved token": lambda k: lookup(k, vocabulary=[4, -1], invert=True),
    }


def _texts() -> dict[str, Callable[[Any], Any]]:
    def vectors(k: Any, **kwargs: Any) -> Any:
        return k.layers.TextVectorization(**kwargs)

    def learnt(k: Any, data: Any = TEXTS, **kwargs: Any) -> Any:
        return adapted(vectors(k, **kwargs), data)

    def case(k: Any, **kwargs: Any) -> Any:
        layer = learnt(k, **kwargs)
        return [layer.get_vocabulary(), np.asarray(layer(TEXTS)).tolist()]

    few = {"vocabulary": ["a", "b"]}
    return {
        "words": lambda k: case(k),
        "lower": lambda k: case(k, standardize="lower"),
        "strip": lambda k: case(k, standardize="strip_punctuation"),
        "as they are": lambda k: case(k, standardize=None),
        "characters": lambda k: case(k, split="character", output_sequence_length=6),
        "pairs": lambda k: case(k, ngrams=2),
        "chosen ngrams": lambda k: case(k, ngrams=(3, 1)),
        "limited": lambda k: case(k, max_tokens=4),
        "cut": lambda k: case(k, output_sequence_length=2),
        "multi_hot": lambda k: case(k, output_mode="multi_hot"),
        "count padded": lambda k: case(
            k, output_mode="count", max_tokens=20, pad_to_max_tokens=True
        ),
        "tf_idf": lambda k: case(k, output_mode="tf_idf"),
        "no split": lambda k: vectors(k, split=None, **few)(np.array([["a!", "b"], ["q", "a"]])),
        "no split, cut": lambda k: vectors(k, split=None, output_sequence_length=3, **few)(
            np.array([["a!", "b"], ["q", "a"]])
        ),
        "no split, ngrams": lambda k: vectors(
            k, split=None, ngrams=2, vocabulary=["a b", "b"], output_mode="count"
        )(np.array([["a!", "b"], ["q", "a"]])),
        "column": lambda k: vectors(k, **few)(np.array([["b a"], ["c"]])),
        "custom standard": lambda k: vectors(
            k, standardize=lambda x: np.char.replace(x, "z", "a"), **few
        )(["z b z"]),
        "given weights": lambda k: vectors(k, output_mode="tf_idf", idf_weights=[0.5, 2.0], **few)(
            LONG
        ),
        "adapted to batches": lambda k: learnt(k, iter([LONG[:2], LONG[2:]])).get_vocabulary(),
        "adapted to some": lambda k: adapted(
            vectors(k), iter([LONG[:2], LONG[2:]]), steps=1
        ).get_vocabulary(),
        "size": lambda k: vectors(k, **few).vocabulary_size(),
        "two columns": lambda k: vectors(k, **few)([["a", "b"]]),
        "ragged": lambda k: vectors(k, ragged=True),
        "unknown standard": lambda k: vectors(k, standardize="upper"),
        "unknown split": lambda k: vectors(k, split="comma"),
        "unknown mode": lambda k: vectors(k, output_mode="hot"),
        "wrong ngrams": lambda k: vectors(k, ngrams="two"),
        "wrong length": lambda k: vectors(k, output_sequence_length="2"),
        "length of vectors": lambda k: vectors(k, output_mode="count", output_sequence_length=2),
    }


def _numbers() -> dict[str, Callable[[Any], Any]]:
    data = np.round(np.sin(np.arange(144.0)) * 3, 3).reshape(12, 3, 4).astype("float32")
    line = np.round(np.cos(np.arange(700.0)) ** 3, 4).astype("float32")

    def scaled(k: Any, source: Any, axis: Any = -1) -> Any:
        layer = adapted(k.layers.Normalization(axis=axis), source)
        return [np.ravel(part).tolist() for part in (layer.mean, layer.variance, layer(data[:1]))]

    def dataset(k: Any) -> Any:
        class Batches(k.utils.PyDataset):  # type: ignore[misc, name-defined]
            def __len__(self) -> int:
                return 3

            def __getitem__(self, index: int) -> Any:
                return data[4 * index : 4 * index + 4], np.zeros(4)

        return Batches()

    def bounds(k: Any, source: Any, steps: int | None = None, **kwargs: Any) -> Any:
        layer = k.layers.Discretization(num_bins=5, **kwargs)
        return adapted(layer, source, steps=steps).bin_boundaries

    def batches() -> list[np.ndarray]:
        return [line[:300], line[300:350], line[350:]]

    cases: dict[str, Callable[[Any], Any]] = {
        "normalised dataset": lambda k: scaled(k, dataset(k)),
        "normalised batches": lambda k: scaled(k, [data[:5], data[5:]]),
        "normalised generator": lambda k: scaled(k, (part for part in (data[:1], data[1:]))),
        "nothing": lambda k: scaled(k, []),
        "no arrays": lambda k: scaled(k, [1, 2]),
        "no data": lambda k: scaled(k, 5),
        "changing shapes": lambda k: scaled(k, [data, data[:, :, :2]]),
        "bounds": lambda k: bounds(k, line),
        "rough bounds": lambda k: bounds(k, line, epsilon=0.1),
        "bounds of batches": lambda k: bounds(k, batches()),
        "rough bounds of batches": lambda k: bounds(k, iter(batches()), epsilon=0.1),
        "bounds of some": lambda k: bounds(k, batches(), steps=2),
        "bounds of few": lambda k: bounds(k, line[:3]),
        "bounds given": lambda k: adapted(k.layers.Discretization([1.0]), line),
    }
    for axis in (-1, None, 1, (1, 2), (-1, 1)):
        cases[f"normalised {axis}"] = lambda k, axis=axis: scaled(k, data, axis)
    return cases


CASES: dict[str, Callable[[Any], Any]] = {
    f"{family}: {name}": call
    for family, cases in (
        ("Hashing", _hashing()),
        ("HashedCrossing", _crossing()),
        ("StringLookup", _strings()),
        ("IntegerLookup", _integers()),
        ("TextVectorization", _texts()),
        ("numbers", _numbers()),
    )
    for name, call in cases.items()
}


def outcome(call: Callable[[Any], Any], keras: Any) -> Any:
    """What a call returns, as JSON has it, or the name of the class of its error."""
    try:
        result = call(keras)
    except Exception as error:
        return {"error": type(error).__name__}
    return result if isinstance(result, list | int) else np.asarray(result).tolist()
