"""Several optimizers in one training."""

import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers, models, optimizers

X = np.random.default_rng(2).normal(size=(8, 3)).astype("float32")
Y = np.random.default_rng(3).normal(size=(8, 1)).astype("float32")


def trained(optimizer):
    model = models.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, name="body", kernel_initializer="ones"),
            layers.Dense(1, name="head", kernel_initializer="ones"),
        ]
    )
    model.compile(optimizer, "mse")
    model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model


def weights(model, name):
    return model.get_layer(name).get_weights()[0]


@pytest.mark.parametrize("by", ["map", "function"])
def test_each_layer_has_its_optimizer(by):
    body, head = optimizers.SGD(0.0), optimizers.Adam(0.1)
    chosen = optimizers.OptimizerMap(body, {".*head/.*": head})
    model = trained(
        optimizers.MultiOptimizer(
            chosen if by == "map" else lambda v: head if "head" in v.path else body
        )
    )
    np.testing.assert_array_equal(weights(model, "body"), np.ones((3, 4)))
    assert np.abs(weights(model, "head") - 1).min() > 0.05
    assert int(model.optimizer.iterations) == int(head.iterations) == 2


def test_one_optimizer_for_all_is_that_optimizer():
    alone = trained(optimizers.Adam(0.1))
    mapped = trained(optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.Adam(0.1))))
    for name in ("body", "head"):
        np.testing.assert_allclose(weights(mapped, name), weights(alone, name), rtol=1e-6)


def test_it_is_saved_with_the_model(tmp_path):
    parts = optimizers.OptimizerMap(
        optimizers.SGD(0.1, momentum=0.5), {".*head/.*": optimizers.Adam()}
    )
    model = trained(optimizers.MultiOptimizer(parts))
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    expected = [v.numpy() for v in model.optimizer.variables]
    for found, value in zip(again.optimizer.variables, expected, strict=True):
        np.testing.assert_array_equal(found.numpy(), value)
    for each in (model, again):
        each.fit(X, Y, batch_size=8, shuffle=False, verbose=0)
    np.testing.assert_array_equal(weights(again, "head"), weights(model, "head"))


def test_wrong_parts_are_named():
    variable = bigdl_keras.Variable(1.0, name="w")
    scaled = optimizers.LossScaleOptimizer(optimizers.SGD())
    with pytest.raises(ValueError, match=r"'w'.*LossScaleOptimizer"):
        optimizers.MultiOptimizer(lambda v: scaled).build([variable])
    with pytest.raises(AttributeError, match="optimizers"):
        optimizers.MultiOptimizer(lambda v: scaled).learning_rate = 0.1
