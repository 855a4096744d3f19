"""Several workers change the images of a batch as one worker would."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers
from bigdl_keras.trainers.step import trace_program
from tests.keras.trainers.test_distributed_step import BATCHES, SPECS, WEIGHT, X, Y, run_workers


def geometry() -> list[layers.Layer]:
    return [
        layers.Resizing(8, 6),
        layers.RandomFlip(seed=1),
        layers.RandomRotation(0.3, seed=2),
        layers.RandomTranslation(0.3, 0.3, seed=3),
        layers.RandomZoom(0.3, seed=4),
        layers.RandomShear(0.3, seed=5),
        layers.RandomPerspective(seed=6),
        layers.RandomElasticTransform(value_range=(-5, 5), seed=7),
    ]


def colour() -> list[layers.Layer]:
    return [
        layers.RandomBrightness(0.5, value_range=(-2, 2), seed=1),
        layers.RandomContrast(0.5, value_range=(-2, 2), seed=2),
        layers.RandomErasing(0.5, value_range=(-2, 2), seed=3),
        layers.RandomInvert(0.5, value_range=(-2, 2), seed=4),
        layers.Solarization(0.3, 0.3, value_range=(-2, 2), seed=5),
        layers.RandomGaussianBlur(0.9, value_range=(-2, 2), seed=6),
    ]


def made(changes: Callable[[], list[layers.Layer]]) -> bigdl_keras.Model:
    bigdl_keras.utils.set_random_seed(1)
    model = bigdl_keras.Sequential(
        [
            layers.Input((4,)),
            layers.Reshape((2, 2, 1)),
            *changes(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("sgd", "mse")
    model._build_from((X, Y, WEIGHT))
    return model


@pytest.mark.parametrize("changes", [geometry, colour])
def test_workers_draw_what_one_worker_draws(
    changes: Callable[[], list[layers.Layer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The meeting of the threads is Python; native steps take a mesh of processes.
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    alone = made(changes)
    before = [weight.numpy().copy() for weight in alone.trainable_variables]
    for batch in BATCHES:
        alone._ready_steps().run("train", batch)
    assert not np.allclose(before[0], alone.trainable_variables[0].numpy())
    ((first, _), (second, _)), traced = run_workers(made(changes), "train", BATCHES)
    # Both models are traced in the same order, so their variables correspond.
    expected = trace_program(alone, ["train"], SPECS, distributed=True).variables.values()
    for name, variable in zip(traced.variables, expected, strict=True):
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
        np.testing.assert_allclose(
            first[name], variable.numpy(), rtol=1e-4, atol=1e-6, err_msg=name
        )
