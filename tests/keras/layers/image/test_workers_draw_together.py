"""Several workers change the images of a batch as one worker would."""

from __future__ import annotations

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers
from bigdl_keras.trainers.step import trace_program
from tests.keras.trainers.test_distributed_step import BATCHES, SPECS, WEIGHT, X, Y, run_workers


def made() -> bigdl_keras.Model:
    bigdl_keras.utils.set_random_seed(1)
    model = bigdl_keras.Sequential(
        [
            layers.Input((4,)),
            layers.Reshape((2, 2, 1)),
            layers.Resizing(8, 6),
            layers.RandomFlip(seed=1),
            layers.RandomRotation(0.3, seed=2),
            layers.RandomTranslation(0.3, 0.3, seed=3),
            layers.RandomZoom(0.3, seed=4),
            layers.RandomShear(0.3, seed=5),
            layers.RandomPerspective(seed=6),
            layers.RandomElasticTransform(value_range=(-5, 5), seed=7),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("sgd", "mse")
    model._build_from((X, Y, WEIGHT))
    return model


def test_workers_draw_what_one_worker_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    # The meeting of the threads is Python; native steps take a mesh of processes.
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    alone = made()
    before = [weight.numpy().copy() for weight in alone.trainable_variables]
    for batch in BATCHES:
        alone._ready_steps().run("train", batch)
    assert not np.allclose(before[0], alone.trainable_variables[0].numpy())
    results, traced = run_workers(made(), "train", BATCHES)
    # Both models are traced in the same order, so their variables correspond.
    expected = trace_program(alone, ["train"], SPECS, distributed=True).variables.values()
    for state, _ in results:
        for name, variable in zip(traced.variables, expected, strict=True):
            np.testing.assert_allclose(
                state[name], variable.numpy(), rtol=1e-4, atol=1e-6, err_msg=name
            )
