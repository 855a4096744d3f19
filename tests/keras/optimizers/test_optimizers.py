"""Every optimizer against stock Keras: five steps, state, names, config."""

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import optimizers
from bigdl_keras.core.variable import Variable

CASES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "clipnorm": 0.5}),
    ("Adam", {"clipvalue": 0.1}),
    ("Adam", {"global_clipnorm": 0.3, "learning_rate": 0.1}),
    ("Adam", {"loss_scale_factor": 4.0}),
    ("Adam", {"gradient_accumulation_steps": 2, "learning_rate": 0.1}),
    ("Adam", {"use_ema": True, "ema_momentum": 0.5, "learning_rate": 0.1}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}),
    ("AdamW", {"learning_rate": 0.05}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adamax", {"learning_rate": 0.1}),
    ("Nadam", {"learning_rate": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.01, "beta": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "l2_regularization_strength": 0.1,
              "l2_shrinkage_regularization_strength": 0.1}),
    ("Lion", {}),
    ("Lamb", {"learning_rate": 0.1}),
    ("Adafactor", {"learning_rate": 0.5}),
    ("ScheduleFreeAdamW", {"learning_rate": 0.1, "warmup_steps": 3}),
    ("Muon", {"learning_rate": 0.1}),
    ("Muon", {"learning_rate": 0.1, "nesterov": False, "exclude_layers": ["w1"], "rms_rate": None}),
]  # fmt: skip
RNG = np.random.default_rng(3)
START = [RNG.normal(size=(3, 4)).astype("float32"), RNG.normal(size=(4,)).astype("float32")]
GRADIENTS = [
    [RNG.normal(size=(3, 4)).astype("float32"), RNG.normal(size=(4,)).astype("float32")]
    for _ in range(5)
]


def both(name, arguments):
    stock = (getattr(keras.optimizers, name, None) or getattr(keras.src.optimizers.lamb, name))(
        **arguments
    )
    ours = getattr(optimizers, name)(**arguments)
    theirs = [keras.Variable(value, name=f"w{i}") for i, value in enumerate(START)]
    mine = [Variable(value, name=f"w{i}") for i, value in enumerate(START)]
    return stock, theirs, ours, mine


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_five_steps(name, arguments):
    stock, theirs, ours, mine = both(name, arguments)
    for gradients in GRADIENTS:
        stock.apply(gradients, theirs)
        ours.apply(gradients, mine)
        for expected, variable in zip(theirs, mine, strict=True):
            np.testing.assert_allclose(variable.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)
    stock.finalize_variable_values(theirs)
    ours.finalize_variable_values(mine)
    np.testing.assert_allclose(mine[0].numpy(), theirs[0].numpy(), rtol=1e-5, atol=1e-6)
    assert len(ours.variables) == len(stock.variables)
    for expected, variable in zip(stock.variables, ours.variables, strict=True):
        assert tuple(expected.shape) == variable.shape
        np.testing.assert_allclose(
            np.asarray(variable.numpy(), "float64"), expected.numpy(), rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_traced_steps_equal_eager_ones(name, arguments):
    from bigdl_backend.graph.ir import Graph
    from bigdl_backend.graph.trace import as_tensor, evaluate
    from bigdl_keras.core.trace_scope import TraceScope

    _, _, eager, mine = both(name, arguments)
    _, _, traced, weights = both(name, arguments)
    eager.build(mine)
    traced.build(weights)
    graph = Graph()
    scope = TraceScope(graph)
    with scope:
        traced.apply([graph.constant(g) for g in GRADIENTS[0]], weights)
    written = list(scope.writes)
    graph.outputs = [as_tensor(graph, scope.writes[v]) for v in written]
    results = evaluate(graph, [v.storage for v in scope.reads])
    for variable, value in zip(written, results, strict=True):
        variable.assign(value)
    eager.apply(GRADIENTS[0], mine)
    pairs = zip([*eager.variables, *mine], [*traced.variables, *weights], strict=True)
    for expected, variable in pairs:
        np.testing.assert_allclose(variable.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_config(name, arguments):
    stock, _, ours, _ = both(name, arguments)
    config, expected = ours.get_config(), stock.get_config()
    assert config.keys() == expected.keys()
    for key in set(config) - {"name"}:
        assert config[key] == pytest.approx(expected[key]), key
    again = optimizers.deserialize(optimizers.serialize(ours))
    assert again.get_config() == config


def test_state_names_come_from_the_variables():
    stock, theirs, ours, mine = both("Adam", {"name": "adam"})
    stock.build(theirs)
    ours.build(mine)
    assert [v.path for v in ours.variables] == [v.path for v in stock.variables]


def test_constraints_follow_the_step():
    _, _, ours, mine = both("SGD", {"learning_rate": 1.0})
    mine[0].constraint = bigdl_keras.constraints.NonNeg()
    ours.apply(GRADIENTS[0], mine)
    assert mine[0].numpy().min() == 0


def test_weight_decay_can_leave_variables_out():
    stock, theirs, ours, mine = both("AdamW", {"weight_decay": 0.5, "learning_rate": 0.1})
    stock.exclude_from_weight_decay(var_names=["w1"])
    ours.exclude_from_weight_decay(var_names=["w1"])
    stock.apply(GRADIENTS[0], theirs)
    ours.apply(GRADIENTS[0], mine)
    for expected, variable in zip(theirs, mine, strict=True):
        np.testing.assert_allclose(variable.numpy(), expected.numpy(), rtol=1e-5)


def test_learning_rate_can_be_set_unless_scheduled():
    ours = optimizers.Adam(0.1)
    ours.learning_rate = 0.01
    assert float(ours.learning_rate) == pytest.approx(0.01)
    scheduled = optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))
    with pytest.raises(TypeError, match="schedule"):
        scheduled.learning_rate = 0.1


def test_gradients_without_variables_are_refused():
    ours = optimizers.SGD()
    ours.build([Variable(START[0])])
    with pytest.raises(ValueError, match="1 variables"):
        ours.apply(GRADIENTS[0])
    with pytest.raises(ValueError, match="not among those"):
        ours.apply(GRADIENTS[0][:1], [Variable(START[0])])
    with pytest.raises(ValueError, match="No gradients"):
        ours.apply([None])


def test_a_missing_gradient_is_told():
    _, _, ours, mine = both("SGD", {})
    with pytest.warns(UserWarning, match="w1"):
        ours.apply([GRADIENTS[0][0], None], mine)
    np.testing.assert_array_equal(mine[1].numpy(), START[1])


def test_only_one_limit_at_a_time():
    with pytest.raises(ValueError, match="only one of"):
        optimizers.SGD(clipnorm=1.0, clipvalue=1.0)


def test_loss_scaling_skips_bad_steps_and_grows():
    mine = [Variable(START[0])]
    ours = optimizers.LossScaleOptimizer(
        optimizers.SGD(1.0), initial_scale=8.0, dynamic_growth_steps=2
    )
    ours.build(mine)
    bad = np.full_like(START[0], np.inf)
    ours.apply([bad], mine)
    np.testing.assert_array_equal(mine[0].numpy(), START[0])
    assert float(ours.dynamic_scale) == 4.0
    for scale in (4.0, 8.0):
        ours.apply([4.0 * GRADIENTS[0][0]], mine)
        assert float(ours.dynamic_scale) == scale
    np.testing.assert_allclose(
        mine[0].numpy(), START[0] - 2 * GRADIENTS[0][0], rtol=1e-5, atol=1e-5
    )
    assert int(ours.iterations) == 2
    again = optimizers.deserialize(optimizers.serialize(ours))
    assert again.get_config() == ours.get_config()


@pytest.mark.parametrize("name", ["adam", "Adam", "SGD", "sgd", "rmsprop", "ADAMW"])
def test_names_in_any_case(name):
    assert type(optimizers.get(name)).__name__.lower() == name.lower()
