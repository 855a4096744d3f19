"""Everything that may be given as data."""

import os

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import bigdl_keras
from bigdl_keras import layers
from bigdl_keras.trainers.batch_steps import BatchSteps
from bigdl_keras.trainers.data_adapters import get_data_adapter
from bigdl_keras.trainers.data_adapters.sparse_rows import SparseRows
from bigdl_keras.trainers.data_adapters.validation_split import train_validation_split
from bigdl_keras.trainers.data_adapters.weights import class_weight_to_sample_weights

X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10)


class Numbers(bigdl_keras.utils.PyDataset):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.epochs = []

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return X[index * 4 : index * 4 + 4], Y[index * 4 : index * 4 + 4]

    def on_epoch_end(self):
        self.epochs.append("end")


class Loader:
    """Like a `DataLoader`: can be iterated again and again, knows its length."""

    def __len__(self):
        return 2

    def __iter__(self):
        yield [X[:5], Y[:5]]
        yield [X[5:], Y[5:]]


def rows(adapter, epoch=0):
    return [y.tolist() for _, y, _ in adapter.epoch(epoch)]


def order(adapter, epoch=0):
    return [row for batch in rows(adapter, epoch) for row in batch]


@pytest.mark.parametrize(
    ("x", "arguments", "expected"),
    [
        (X, {"y": Y, "batch_size": 4}, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
        (X, {"y": Y, "steps": 2}, [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]),
        (X.tolist(), {"y": Y.tolist(), "batch_size": 5}, [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]),
        (pd.DataFrame(X), {"y": pd.Series(Y)}, [[[row] for row in range(10)]]),
        ({"a": X, "b": X}, {"y": Y}, [list(range(10))]),
        (Numbers(), {}, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
        (Numbers(workers=2), {}, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
        (Loader(), {}, [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]),
        (((X[i : i + 6], Y[i : i + 6]) for i in (0, 6)), {}, [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]),
    ],
)
def test_batches(x, arguments, expected):
    adapter = get_data_adapter(x, **arguments)
    first = adapter.peek()
    assert first[1].tolist() == expected[0]
    assert rows(adapter) == expected
    assert adapter.num_batches in (len(expected), None)


def test_floats_take_the_default_dtype_and_integers_stay():
    x, y, weight = get_data_adapter(X.astype("float64"), Y, np.ones(10)).peek()
    assert (x.dtype.name, y.dtype.name, weight.dtype.name) == ("float32", "int64", "float32")


@pytest.mark.parametrize("x", [X, Numbers()], ids=["arrays", "dataset"])
def test_shuffling_visits_everything_in_new_orders(x):
    y = {"y": Y, "batch_size": 4} if isinstance(x, np.ndarray) else {}
    adapter = get_data_adapter(x, shuffle=True, **y)
    orders = [order(adapter, epoch) for epoch in range(4)]
    assert all(sorted(seen) == list(range(10)) for seen in orders)
    assert len({tuple(seen) for seen in orders}) > 1
    assert order(adapter, 2) == orders[2]


def test_shuffling_whole_batches():
    adapter = get_data_adapter(X, Y, batch_size=3, shuffle="batch")
    batches = [batch for epoch in range(3) for batch in rows(adapter, epoch)]
    whole = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert all(batch in whole for batch in batches)
    assert rows(adapter, 0)[-1] == [9]


def test_large_shuffled_batches_are_made_ahead():
    x = np.zeros((3000, 500), "float32")
    adapter = get_data_adapter(x, np.arange(3000), batch_size=1000, shuffle=True)
    assert sorted(order(adapter)) == list(range(3000))


def test_errors_of_generators_reach_the_caller():
    def broken():
        yield X, Y
        raise RuntimeError("no more disk")

    batches = get_data_adapter(broken()).epoch(0)
    next(batches)
    with pytest.raises(RuntimeError, match="no more disk"):
        next(batches)


def test_generators_keep_what_is_not_used():
    numbers = ((X[i : i + 1], Y[i : i + 1]) for i in range(9))
    steps = BatchSteps(get_data_adapter(numbers), 3)
    assert len(list(steps.epoch(lambda step: None))) == 3
    assert next(numbers)[1][0] == 3


def test_epochs_of_a_generator_follow_each_other():
    steps = BatchSteps(get_data_adapter((X[i : i + 1], Y[i : i + 1]) for i in range(9)), 4)
    steps.source.peek()
    seen = [
        [batch[1][0] for _, group in steps.epoch(lambda step: None) for batch in group]
        for _ in range(2)
    ]
    assert seen == [[0, 1, 2, 3], [4, 5, 6, 7]]
    with pytest.warns(UserWarning, match="after 1 of 4 steps"):
        list(steps.epoch(lambda step: None))


def test_fewer_steps_than_batches_go_round():
    steps = BatchSteps(get_data_adapter(X, Y, batch_size=3), 2)
    seen = [
        [len(batch[1]) for _, group in steps.epoch(lambda step: None) for batch in group]
        for _ in range(3)
    ]
    assert seen == [[3, 3], [3, 1], [3, 3]]


def test_groups_of_steps():
    steps = BatchSteps(get_data_adapter(X, Y, batch_size=2), None, 2)
    begun = []
    assert [(last, len(group)) for last, group in steps.epoch(begun.append)] == [
        (1, 2),
        (3, 2),
        (4, 1),
    ]
    assert begun == [0, 2, 4]


def test_datasets_are_told_about_epochs():
    data = Numbers()
    model = bigdl_keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(data, epochs=2, verbose=0)
    assert data.epochs == ["end", "end"]
    assert model.predict(data, verbose=0).shape == (10, 1)


def test_structures_of_inputs():
    a, b = layers.Input((2,), name="a"), layers.Input((2,), name="b")
    model = bigdl_keras.Model({"a": a, "b": b}, layers.Dense(1)(layers.add([a, b])))
    model.compile("sgd", "mse")
    model.fit({"a": X, "b": X}, Y, verbose=0)
    one = model.predict({"a": X, "b": X}, verbose=0)
    two = model.predict_on_batch({"b": X.tolist(), "a": pd.DataFrame(X)})
    np.testing.assert_allclose(one, two, rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([0, 1, 2, 1], [1.0, 3.0, 0.5, 3.0]),
        ([[0], [2], [5], [1]], [1.0, 0.5, 1.0, 3.0]),
        (np.eye(3)[[2, 1, 0, 0]], [0.5, 3.0, 1.0, 1.0]),
    ],
)
def test_class_weights(y, expected):
    found = class_weight_to_sample_weights(np.asarray(y), {1: 3.0, 2: 0.5})
    np.testing.assert_array_equal(found, expected)


def test_validation_split_takes_the_last_rows():
    (x, y, weight), (val_x, val_y, _) = train_validation_split((X, Y, None), 0.25)
    assert weight is None
    assert y.tolist() == list(range(7))
    assert val_y.tolist() == [7, 8, 9]
    assert len(x) + len(val_x) == 10
    with pytest.raises(ValueError, match="leaves nothing to train on"):
        train_validation_split((X[:1], Y[:1], None), 0.5)


@pytest.mark.parametrize(
    ("x", "arguments", "message"),
    [
        (Loader(), {"y": Y}, "`y` must not be given"),
        ([[1.0, 2.0], [1.0]], {}, "Pad its rows"),
        (np.float32(3), {}, "no axis of rows"),
        (X, {"y": Y, "batch_size": 0}, "at least 1"),
        (X[:0], {"y": Y[:0]}, "no rows"),
        (iter([]), {}, "yields nothing"),
    ],
)
def test_errors(x, arguments, message):
    with pytest.raises(ValueError, match=message):
        get_data_adapter(x, **arguments).peek()


class Silent(bigdl_keras.utils.PyDataset):
    """A dataset whose constructor does not call the base class's."""

    def __init__(self):
        self.size = 2

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return X[:5] if index == 0 else (X[5:],)


class Processes(bigdl_keras.utils.PyDataset):
    num_batches = 3

    def __getitem__(self, index):
        if index == 2:
            os._exit(1)
        return X[:2], np.full(2, index)


def test_datasets_need_not_call_the_base_constructor():
    batches = list(get_data_adapter(Silent()).epoch(0))
    assert [batch[0].shape for batch in batches] == [(5, 2), (5, 2)]


def test_the_end_of_a_worker_process_is_told():
    adapter = get_data_adapter(Processes(workers=1, use_multiprocessing=True, max_queue_size=1))
    batches = adapter.epoch(0)
    assert next(batches)[1].tolist() == [0, 0]
    assert next(batches)[1].tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="__main__"):
        next(batches)


class Endless(Loader):
    """Like an endless `tf.data` dataset, which has no length."""

    def __len__(self):
        raise TypeError("The dataset is infinite.")

    def as_numpy_iterator(self):
        while True:
            yield X[:5], Y[:5]


def test_endless_datasets_need_steps():
    adapter = get_data_adapter(Endless())
    assert adapter.num_batches is None
    steps = BatchSteps(adapter, 3)
    assert [len(list(steps.epoch(lambda step: None))) for _ in range(2)] == [3, 3]


def test_a_batch_size_for_batches_is_told():
    with pytest.warns(UserWarning, match="`batch_size` has no effect"):
        get_data_adapter(Loader(), batch_size=4)


def test_sparse_rows_stay_sparse_until_they_are_a_batch():
    matrix = scipy.sparse.random(10, 3, 0.4, "coo", "float64", np.random.default_rng(0))
    (train, y, _), (held, _, _) = train_validation_split((matrix, Y, None), 0.3)
    assert isinstance(train, SparseRows)
    adapter = get_data_adapter(train, y, batch_size=4, shuffle=True)
    seen = {
        int(row): line for x, rows, _ in adapter.epoch(0) for line, row in zip(x, rows, strict=True)
    }
    np.testing.assert_array_equal(
        [seen[row] for row in range(7)], matrix.toarray()[:7].astype("float32")
    )
    np.testing.assert_array_equal(held[0:3], matrix.toarray()[7:].astype("float32"))


def test_an_exhausted_generator_ends_training():
    model = bigdl_keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    batches = ((X[i : i + 5], Y[i : i + 5]) for i in (0, 5))
    with pytest.warns(UserWarning, match="after 0 of 2 steps"):
        history = model.fit(batches, epochs=5, verbose=0)
    assert len(history.history["loss"]) == 1
    assert history.epoch == [0, 1]


def test_validation_on_other_data_than_arrays():
    model = bigdl_keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    for validation in ([X, Y], Numbers(), Loader()):
        arguments = {"batch_size": 5, "validation_data": validation, "verbose": 0}
        assert "val_loss" in model.fit(X, Y, **arguments).history
    with pytest.raises(ValueError, match="`validation_split` is for arrays, not for a Numbers"):
        model.fit(Numbers(), validation_split=0.5)
