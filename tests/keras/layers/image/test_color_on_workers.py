"""Colour layers in steps that several workers share: images change as in one process."""

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers
from bigdl_keras.trainers.step import trace_program
from tests.keras.trainers.test_distributed_step import BATCHES, SPECS, WEIGHT, X, Y, run_workers


def make() -> bigdl_keras.Model:
    bigdl_keras.utils.set_random_seed(1)
    model = bigdl_keras.Sequential(
        [
            layers.Input((4,)),
            layers.Reshape((2, 2, 1)),
            layers.RandomBrightness(0.5, value_range=(-2, 2), seed=1),
            layers.RandomContrast(0.5, value_range=(-2, 2), seed=2),
            layers.RandomErasing(0.5, value_range=(-2, 2), seed=3),
            layers.RandomInvert(0.5, value_range=(-2, 2), seed=4),
            layers.Solarization(0.3, 0.3, value_range=(-2, 2), seed=5),
            layers.RandomGaussianBlur(0.9, value_range=(-2, 2), seed=6),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    model._build_from((X, Y, WEIGHT))
    return model


def test_images_change_as_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # The workers of this test are threads that meet in Python.
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    alone = make()
    for batch in BATCHES:
        alone._ready_steps().run("train", batch)
    ((first, _), (second, _)), traced = run_workers(make(), "train", BATCHES)
    expected = trace_program(alone, ["train"], SPECS, distributed=True).variables.values()
    for name, variable in zip(traced.variables, expected, strict=True):
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
        np.testing.assert_allclose(first[name], variable.numpy(), rtol=1e-4, atol=1e-6)
