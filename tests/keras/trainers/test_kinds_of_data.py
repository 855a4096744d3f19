"""Every kind of data that `fit`, `evaluate` and `predict` take, in stock Keras and here."""

import jax.numpy as jnp
import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import bigdl_keras

RNG = np.random.default_rng(0)
X = np.where(RNG.random((20, 4)) < 0.5, 0, RNG.normal(size=(20, 4))).astype("float32")
Y = (X @ np.ones((4, 1))).astype("float32")
WEIGHT = RNG.uniform(0.2, 2.0, 20).astype("float32")
BATCHES = [slice(begin, begin + 5) for begin in range(0, 20, 5)]


def dense(lib):
    model = lib.Sequential([lib.layers.Input((4,)), lib.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def dictionary(lib):
    inputs = {name: lib.layers.Input((1,), name=name) for name in "abcd"}
    model = lib.Model(
        inputs, lib.layers.Dense(1)(lib.layers.Concatenate()([inputs[name] for name in "abcd"]))
    )
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def nested(lib):
    inputs = {"left": lib.layers.Input((2,)), "right": [lib.layers.Input((1,)) for _ in range(2)]}
    joined = lib.layers.Concatenate()([inputs["left"], *inputs["right"]])
    model = lib.Model(inputs, {"y": lib.layers.Dense(1)(joined)})
    model.compile("sgd", {"y": "mse"}, metrics={"y": "mae"})
    return model


@pytest.fixture(scope="module")
def models():
    found = {}
    for build in (dense, dictionary, nested):
        stock, ours = build(keras), build(bigdl_keras)
        found[build] = ({keras: stock, bigdl_keras: ours}, stock.get_weights())
    return found


def dataset(lib, workers=1, weights=False):
    class Batches(lib.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            rows = BATCHES[index]
            weight = (WEIGHT[rows],) if weights else ()
            return X[rows], Y[rows], *weight

    return Batches(workers=workers)


FRAME = pd.DataFrame(X, columns=list("abcd"))
NESTED = {"left": X[:, :2], "right": [X[:, 2:3], X[:, 3:]]}
COLUMNS = {name: X[:, [number]] for number, name in enumerate("abcd")}
KINDS = {
    "float64": (dense, lambda lib: (X.astype("float64"), Y.astype("float64"))),
    "float16": (dense, lambda lib: (X.astype("float16"), Y.astype("float16"))),
    "int64": (dense, lambda lib: (X.astype("int64"), Y.astype("int64"))),
    "bool": (dense, lambda lib: (X > 0, Y > 0)),
    "uint8": (dense, lambda lib: ((X > 0).astype("uint8"), Y)),
    "flat labels": (dense, lambda lib: (X, Y[:, 0])),
    "jax": (dense, lambda lib: (jnp.asarray(X), jnp.asarray(Y))),
    "tuple of one": (dense, lambda lib: ((X,), (Y,))),
    "list of one": (dense, lambda lib: ([X], [Y])),
    "frame": (dense, lambda lib: (FRAME, pd.DataFrame(Y))),
    "series of labels": (dense, lambda lib: (FRAME, pd.Series(Y[:, 0]))),
    "frame of integers": (dense, lambda lib: (FRAME.astype("int64"), pd.Series(Y[:, 0] > 0))),
    "csr": (dense, lambda lib: (scipy.sparse.csr_matrix(X), Y)),
    "coo of doubles": (dense, lambda lib: (scipy.sparse.coo_matrix(X.astype("float64")), Y)),
    "sparse array": (dense, lambda lib: (scipy.sparse.csc_array(X), Y)),
    "dict of series": (dictionary, lambda lib: (dict(FRAME), pd.Series(Y[:, 0]))),
    "dict": (dictionary, lambda lib: (COLUMNS, Y)),
    "dict in another order": (dictionary, lambda lib: (dict(reversed(COLUMNS.items())), Y)),
    "list for a dict": (dictionary, lambda lib: (list(COLUMNS.values()), Y)),
    "nested": (nested, lambda lib: (NESTED, {"y": Y})),
    "weights": (dense, lambda lib: (X, Y, WEIGHT)),
    "weights as a column": (dense, lambda lib: (X, Y, WEIGHT[:, None])),
    "weights as a series": (dense, lambda lib: (X, Y, pd.Series(WEIGHT))),
    "generator": (dense, lambda lib: ((X[rows], Y[rows]) for rows in BATCHES)),
    "generator of weights": (
        dense, lambda lib: ((X[rows], Y[rows], WEIGHT[rows]) for rows in BATCHES),
    ),
    "generator of nested": (
        nested,
        lambda lib: (
            (keras.tree.map_structure(lambda a, rows=rows: a[rows], NESTED), {"y": Y[rows]})
            for rows in BATCHES
        ),
    ),
    "dataset": (dense, dataset),
    "dataset of weights": (dense, lambda lib: dataset(lib, weights=True)),
    "dataset of threads": (dense, lambda lib: dataset(lib, workers=2)),
}  # fmt: skip
WAYS = {
    "fit": lambda model, given, arguments: (
        model.fit(**given, shuffle=False, verbose=0, **arguments).history
    ),
    "validate": lambda model, given, arguments: (
        model.fit(X, Y, batch_size=5, validation_data=given, shuffle=False, verbose=0).history
    ),
    "evaluate": lambda model, given, arguments: model.evaluate(
        **given, verbose=0, return_dict=True, **arguments
    ),
    "predict": lambda model, given, arguments: {
        "outputs": model.predict(given["x"], verbose=0, **arguments)
    },
}


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", ["fit", "look", "predict"])
@pytest.mark.parametrize("kind", KINDS)
def test_data_is_read_as_in_keras(models, kind, way):
    build, make = KINDS[kind]
    if way == "look":
        way = "validate" if build is dense else "evaluate"
    pair, weights = models[build]
    found = {}
    for lib, model in pair.items():
        model.set_weights(weights)
        given = make(lib)
        arguments = {"batch_size": 5} if isinstance(given, tuple) else {}
        if way != "validate":
            names = ("x", "y", "sample_weight")
            given = (
                dict(zip(names, given, strict=False)) if isinstance(given, tuple) else {"x": given}
            )
        found[lib] = WAYS[way](model, given, arguments)
    assert list(found[bigdl_keras]) == list(found[keras])
    for name, values in found[keras].items():
        ours = bigdl_keras.tree.flatten(found[bigdl_keras][name])
        for mine, theirs in zip(ours, keras.tree.flatten(values), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5, err_msg=name)
