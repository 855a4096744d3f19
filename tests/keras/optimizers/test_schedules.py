"""Learning rate schedules against stock Keras."""

import keras
import numpy as np
import pytest

from bigdl_keras.optimizers import schedules

CASES = [
    ("ExponentialDecay", (0.1, 10, 0.5), {}),
    ("ExponentialDecay", (0.1, 10, 0.5), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 10, 0.5), {}),
    ("InverseTimeDecay", (0.1, 10, 0.5), {"staircase": True}),
    ("PolynomialDecay", (0.1, 20), {}),
    ("PolynomialDecay", (0.1, 20, 0.01, 2.0), {}),
    ("PolynomialDecay", (0.1, 7), {"cycle": True}),
    ("PiecewiseConstantDecay", ([5, 11], [1.0, 0.5, 0.1]), {}),
    ("CosineDecay", (0.1, 20), {}),
    ("CosineDecay", (0.1, 20), {"alpha": 0.2, "warmup_target": 0.3, "warmup_steps": 5}),
    ("CosineDecayRestarts", (0.1, 6), {}),
    ("CosineDecayRestarts", (0.1, 6), {"t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1}),
]


@pytest.mark.parametrize(("name", "positional", "arguments"), CASES)
def test_rates(name, positional, arguments):
    stock = getattr(keras.optimizers.schedules, name)(*positional, **arguments)
    ours = getattr(schedules, name)(*positional, **arguments)
    steps = [0, 1, 4, 5, 6, 9, 11, 12, 17, 20, 33]
    expected = [float(stock(step)) for step in steps]
    np.testing.assert_allclose(
        [float(ours(step)) for step in steps], expected, rtol=1e-5, atol=1e-8
    )
    assert ours.get_config() == stock.get_config()
    again = schedules.deserialize(schedules.serialize(ours))
    assert again.get_config() == ours.get_config()


def test_steps_must_be_positive():
    with pytest.raises(ValueError, match="decay_steps"):
        schedules.CosineDecay(0.1, 0)
