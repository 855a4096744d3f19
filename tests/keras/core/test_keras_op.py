import numpy as np

import bigdl_keras as ours
from bigdl_backend.primitives import functional
from bigdl_keras.core.keras_op import OpCall, keras_op
from bigdl_keras.core.tracking import TrackedDict, TrackedList


@keras_op
def stack_and_scale(xs, scale=1.0, names=None):
    values = list(xs.values()) if isinstance(xs, dict) else xs
    return functional.stack([functional.multiply(x, scale) for x in values])


def test_variables_are_replaced_by_their_values_wherever_they_are():
    one, two = ours.Variable(np.ones(2, np.float32)), ours.Variable(np.full(2, 2, np.float32))
    for xs in ([one, two], (one, two), {"a": one, "b": two}, TrackedList([one, two])):
        np.testing.assert_array_equal(stack_and_scale(xs, scale=3.0), [[3, 3], [6, 6]])
    held = TrackedDict({"a": one, "b": two})
    np.testing.assert_array_equal(stack_and_scale(held), [[1, 1], [2, 2]])


def test_a_symbolic_argument_anywhere_records_a_call():
    x = ours.Input((2,), batch_size=3)
    y = stack_and_scale({"a": x, "b": x}, names=("p", "q"))
    assert y.shape == (2, 3, 2)
    call = y._keras_history.operation
    assert isinstance(call, OpCall)
    assert call.get_config() == {"name": call.name, "names": ("p", "q")}
    model = ours.Model(x, y)
    data = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(model(data), [data, data])


def test_variables_in_a_recorded_call_are_read_at_each_run():
    x = ours.Input((2,))
    weight = ours.Variable(np.ones(2, np.float32))
    model = ours.Model(x, ours.ops.multiply(x, weight))
    data = np.ones((1, 2), np.float32)
    weight.assign([5, 6])
    np.testing.assert_array_equal(model(data), [[5, 6]])


def test_operands_after_a_setting_are_passed_by_position():
    x = ours.Input((2, 3))
    model = ours.Model(x, ours.ops.einsum("bij,bkj->bik", x, x))
    data = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    np.testing.assert_allclose(model(data), data @ data.transpose(0, 2, 1))
