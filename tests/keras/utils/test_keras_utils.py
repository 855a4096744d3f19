"""Tools against stock Keras."""

import keras
import numpy as np
import pytest

from bigdl_keras import utils


@pytest.mark.parametrize(
    ("labels", "classes"), [([0, 2, 1], None), ([[0], [3]], 5), ([[0, 1], [2, 2]], 3), (2, 4)]
)
def test_to_categorical(labels, classes):
    expected = keras.utils.to_categorical(labels, classes)
    found = utils.to_categorical(labels, classes)
    np.testing.assert_array_equal(found, np.reshape(expected, found.shape))
    assert np.size(expected) == found.size


def test_labels_beyond_the_classes_are_refused():
    with pytest.raises(ValueError, match="from 0 to 3"):
        utils.to_categorical([0, 3], 3)


@pytest.mark.parametrize("order", [1, 2, np.inf])
def test_normalize(order):
    x = np.random.default_rng(0).normal(size=(3, 4))
    x[1] = 0
    np.testing.assert_allclose(
        utils.normalize(x, order=order), keras.utils.normalize(x, order=order)
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"maxlen": 2},
        {"maxlen": 5, "padding": "post", "value": -1},
        {"maxlen": 2, "truncating": "post", "dtype": "float32"},
    ],
)
def test_pad_sequences(arguments):
    sequences = [[1, 2, 3], [4], [], [5, 6]]
    expected = keras.utils.pad_sequences(sequences, **arguments)
    found = utils.pad_sequences(sequences, **arguments)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype


def test_pad_sequences_of_vectors():
    found = utils.pad_sequences([np.ones((2, 3)), np.ones((1, 3))])
    assert found.shape == (2, 2, 3)
    with pytest.raises(ValueError, match="shape"):
        utils.pad_sequences([np.ones((2, 3)), np.ones((1, 4))])


def test_split_dataset():
    x = np.arange(10)
    left, right = utils.split_dataset(x, left_size=0.7)
    assert (left.tolist(), right.tolist()) == (list(range(7)), [7, 8, 9])
    left, right = utils.split_dataset({"a": x}, 2, 3)
    assert (left["a"].tolist(), right["a"].tolist()) == ([0, 1], [7, 8, 9])
    left, right = utils.split_dataset(x, 5, shuffle=True, seed=1)
    assert sorted([*left, *right]) == list(range(10))
    assert left.tolist() != list(range(5))
    with pytest.raises(ValueError, match="exceed"):
        utils.split_dataset(x, 8, 8)


def test_progress_bar(capsys):
    bar = utils.Progbar(4, interval=0)
    for step in range(4):
        bar.add(1, [("loss", float(step))])
    text = capsys.readouterr().out
    assert "4/4" in text
    assert "loss: 3.0000" in text
    assert text.endswith("\n")


def test_one_seed_for_everything():
    def drawn():
        utils.set_random_seed(3)
        from bigdl_keras import random

        return float(random.uniform(())), float(np.random.rand())

    assert drawn() == drawn()
