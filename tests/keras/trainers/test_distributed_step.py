"""Steps traced for several workers: together they do what one worker does on the whole batch."""

import threading

import numpy as np
import pytest

import bigdl_keras
from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from bigdl_keras import layers
from bigdl_keras.trainers.step import batch_spec, trace_program

RNG = np.random.default_rng(2)
X = RNG.normal(size=(13, 4)).astype("float32")
Y = RNG.integers(0, 2, (13, 1)).astype("float32")
WEIGHT = RNG.uniform(0.5, 2.0, 13).astype("float32")


class Rendezvous:
    """Sums arrays over threads."""

    def __init__(self, workers):
        self._barrier = threading.Barrier(workers, timeout=20)
        self._parts = {}

    def all_reduce(self, *arrays):
        self._parts[threading.get_ident()] = [array.copy() for array in arrays]
        self._barrier.wait()
        for i, array in enumerate(arrays):
            array[...] = sum(part[i] for part in self._parts.values())
        self._barrier.wait()


def make(loss="binary_crossentropy", **arguments):
    bigdl_keras.utils.set_random_seed(1)
    model = bigdl_keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(5, activation="tanh", kernel_regularizer="l2"),
            layers.Dense(1, activation="sigmoid", activity_regularizer="l1"),
        ]
    )
    model.compile("adam", loss, metrics=["accuracy", "auc"], **arguments)
    model._build_from((X, Y, WEIGHT))
    return model


SPECS = (batch_spec((4,), "float32"), batch_spec((1,), "float32"), batch_spec((), "float32"))


def run_workers(model, mode, batches, workers=2):
    """Run steps on `workers` workers that hold the rows round-robin; the states after each."""
    traced = trace_program(model, [mode], SPECS, distributed=True)
    data = traced.program.to_bytes()
    meeting = Rendezvous(workers)
    results = [None] * workers

    def work(rank):
        program = Program.from_bytes(data)
        session = Session(program, threads=1, collective=meeting)
        asked = {tensor.name for tensor in program.graphs[mode].special_tensors}
        for x, y, weight in batches:
            rows = np.arange(rank, len(x), workers)
            special = {
                "global_batch": np.float32(len(x)),
                "world_size": np.float32(workers),
                "batch_rows": rows.astype("int32"),
            }
            outputs = session.run(
                mode,
                [x[rows], y[rows], weight[rows]],
                **{name: special[name] for name in asked},
            )
        logs = dict(zip(program.graphs[mode].outputs, outputs, strict=True))
        results[rank] = (dict(session.state), logs)

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, traced


BATCHES = [(X[:8], Y[:8], WEIGHT[:8]), (X[8:], Y[8:], WEIGHT[8:])]


@pytest.fixture(autouse=True)
def plain_numpy(monkeypatch):
    # The meeting of threads above is Python; native steps take a mesh of processes.
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")


@pytest.mark.parametrize(
    "loss",
    [
        "binary_crossentropy",
        "mse",
        bigdl_keras.losses.Hinge(),
        bigdl_keras.losses.Dice(),
        bigdl_keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["train", "test"])
def test_workers_agree_with_one_worker(mode, loss):
    alone = make(loss, weighted_metrics=["mae"])
    for batch in BATCHES:
        expected_logs = alone._ready_steps().run(mode, batch)
    results, traced = run_workers(make(loss, weighted_metrics=["mae"]), mode, BATCHES)
    (first, logs), (second, _) = results
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
    # Both models are traced in the same order, so their variables correspond.
    counterparts = trace_program(alone, [mode], SPECS, distributed=True).variables.values()
    for name, expected in zip(traced.variables, counterparts, strict=True):
        np.testing.assert_allclose(
            first[name], expected.numpy(), rtol=1e-4, atol=1e-6, err_msg=name
        )
    assert logs.keys() == expected_logs.keys()
    for name, value in expected_logs.items():
        np.testing.assert_allclose(logs[name], value, rtol=1e-4, atol=1e-6, err_msg=name)
    assert set(traced.metric_state) <= set(first)


def test_statistics_of_layers_are_averaged():
    model = make()
    model = bigdl_keras.Sequential(
        [layers.Input((4,)), layers.BatchNormalization(), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    model._build_from((X, Y, WEIGHT))
    ((first, _), (second, _)), _ = run_workers(model, "train", BATCHES)
    moving = [name for name in first if "moving_" in name]
    assert len(moving) == 2
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_renormalisation_over_all_rows_is_that_of_one_worker():
    def renormalised():
        bigdl_keras.utils.set_random_seed(1)
        normalise = layers.BatchNormalization(
            renorm=True,
            synchronized=True,
            renorm_momentum=0.5,
            renorm_clipping={"rmax": 3.0},
            name="normalise",
        )
        model = bigdl_keras.Sequential([layers.Input((4,)), normalise, layers.Dense(1)])
        model.compile("sgd", "mse")
        model._build_from((X, Y, WEIGHT))
        return model

    alone = renormalised()
    for batch in BATCHES:
        alone._ready_steps().run("train", batch)
    ((first, _), _), traced = run_workers(renormalised(), "train", BATCHES)
    expected = {weight.name: weight.numpy() for weight in alone.layers[0].weights}
    got = {
        variable.name: first[name]
        for name, variable in traced.variables.items()
        if "/normalise/" in variable.path
    }
    assert got.keys() == expected.keys()
    assert len(expected) == 7
    for name, value in expected.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-6, err_msg=name)


def test_losses_over_pairs_are_refused():
    with pytest.raises(NotImplementedError, match="several workers"):
        run_workers(make(bigdl_keras.losses.Circle()), "train", BATCHES)
