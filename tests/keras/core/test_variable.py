import keras
import ml_dtypes
import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.trace import evaluate
from bigdl_keras.core.autocast import AutocastScope
from bigdl_keras.core.name_scope import name_scope
from bigdl_keras.core.trace_scope import StatelessScope, TraceScope, eager_scope


def test_storage_is_aligned_and_stays_the_same_array():
    variable = ours.Variable(np.zeros((3, 5), np.float32))
    storage = variable.storage
    variable.assign(np.ones((3, 5)))
    variable.assign_add(2)
    variable.assign_sub(np.full((3, 5), 0.5))
    assert variable.storage is storage
    assert storage.ctypes.data % 64 == 0
    np.testing.assert_array_equal(storage, np.full((3, 5), 2.5, np.float32))


@pytest.mark.parametrize(
    "value", [3, 2.5, True, [1, 2], [1.5], np.arange(3, dtype=np.int8), np.ones(2, np.float32)]
)
def test_dtype_of_the_first_value_is_that_of_keras(value):
    assert ours.Variable(value).dtype == keras.Variable(value).dtype


def test_copies_do_not_share_the_storage():
    variable = ours.Variable(np.zeros(3, np.float32))
    copies = [variable.numpy(), np.asarray(variable), np.array(variable)]
    variable.assign(np.ones(3))
    for copy in copies:
        np.testing.assert_array_equal(copy, np.zeros(3))


def test_initializer_needs_a_known_shape():
    with pytest.raises(ValueError, match="`shape` argument should be specified"):
        ours.Variable("zeros")
    with pytest.raises(ValueError, match="fully-defined"):
        ours.Variable("zeros", shape=(None, 3))
    assert ours.Variable("ones", shape=4, dtype="int32").numpy().tolist() == [1, 1, 1, 1]


def test_wrong_arguments():
    with pytest.raises(ValueError, match="cannot contain character `/`"):
        ours.Variable(0, name="a/b")
    with pytest.raises(ValueError, match="aggregation"):
        ours.Variable(0, aggregation="median")
    with pytest.raises(ValueError, match=r"must match.*variable.shape=\(2,\)"):
        ours.Variable(np.zeros(2)).assign(np.zeros(3))
    with pytest.raises(ValueError, match="regularizer"):
        ours.Variable(0).regularizer = "l2"


def test_paths_follow_the_open_scopes():
    with name_scope("outer"), name_scope("inner"):
        assert ours.Variable(0, name="w").path == "outer/inner/w"
    assert ours.Variable(0, name="w").path == "w"


OPERATIONS = {
    "add": lambda v: (v + 2, 2 + v),
    "mixed": lambda v: (v + 0.5, v * np.float32(2)),
    "sub": lambda v: (v - 1, 1 - v),
    "div": lambda v: (v / 2, 2 / v),
    "floordiv": lambda v: (v // 2, 7 // v),
    "mod": lambda v: (v % 2, 7 % v),
    "pow": lambda v: (v**2, 2**v),
    "compare": lambda v: (v < 2, v >= 2, v == 2, v != 2),
    "unary": lambda v: (-v, abs(v), +v),
    "item": lambda v: (v[0], v[1:]),
}


@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_operators_equal_those_of_keras(name, dtype):
    value = np.array([1, 2, 3], dtype)
    for ours_result, expected in zip(
        OPERATIONS[name](ours.Variable(value)), OPERATIONS[name](keras.Variable(value)), strict=True
    ):
        assert np.asarray(ours_result).dtype == np.asarray(expected).dtype
        np.testing.assert_allclose(ours_result, expected, rtol=1e-6)


def test_matmul_and_an_array_on_the_left():
    variable = ours.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))
    left = np.ones((4, 2), np.float32)
    np.testing.assert_array_equal(left @ variable, left @ variable.numpy())
    np.testing.assert_array_equal(left[:2, :1] + variable, left[:2, :1] + variable.numpy())


def test_scalars_become_numbers_and_arrays_do_not():
    assert float(ours.Variable(2.5)) == 2.5
    assert int(ours.Variable(3)) == 3
    with pytest.raises(TypeError, match="Only scalar arrays"):
        float(ours.Variable([1.0, 2.0]))
    with pytest.raises(TypeError, match="cannot be used as a boolean"):
        bool(ours.Variable(1))


def test_autocast_scope_casts_floats_only():
    weight = ours.Variable(np.ones(2, np.float32))
    fixed = ours.Variable(np.ones(2, np.float32), autocast=False)
    count = ours.Variable(np.ones(2, np.int32))
    with AutocastScope("bfloat16"):
        assert weight.dtype == "bfloat16"
        assert weight.value.dtype == ml_dtypes.bfloat16
        assert fixed.value.dtype == np.float32
        assert count.value.dtype == np.int32
        with AutocastScope(None):
            assert weight.value.dtype == np.float32
    with pytest.raises(ValueError, match="floating-point"):
        AutocastScope("int32")


def test_stateless_scope_reads_the_mapping_and_keeps_writes():
    first, second = ours.Variable(1.0), ours.Variable(2.0)
    with StatelessScope([(first, np.float32(10))]) as scope:
        assert float(first + second) == 12.0
        second.assign_add(5.0)
        assert float(second) == 7.0
        with eager_scope():
            assert float(second) == 2.0
    assert float(second) == 2.0
    assert float(scope.get_current_value(second)) == 7.0
    with pytest.raises(ValueError, match="must match"):
        StatelessScope([(first, np.zeros(3))])


def test_trace_scope_turns_reads_into_inputs_and_keeps_writes():
    counter, untouched = ours.Variable(np.array([1.0, 2.0], np.float32)), ours.Variable(0.0)
    graph = Graph()
    with TraceScope(graph) as scope:
        counter.assign_add(1.0)
        counter.assign(counter * 10)
        untouched.assign(3.0)
    assert list(scope.reads) == [counter]
    graph.outputs = [scope.writes[counter]]
    (value,) = evaluate(graph, [counter.storage])
    np.testing.assert_array_equal(value, [20, 30])
    assert float(scope.writes[untouched]) == 3.0
    np.testing.assert_array_equal(counter, [1, 2])


def test_values_of_a_trace_cannot_leave_it():
    variable, other = ours.Variable(1.0), ours.Variable(0.0)
    with TraceScope(Graph()):
        value = variable + 1
        with pytest.raises(TypeError, match="not known while"):
            float(variable)
        with pytest.raises(ValueError, match="cannot begin with the symbolic value"):
            ours.Variable(value)
        made = ours.Variable("ones", shape=(2,))
    assert made.numpy().tolist() == [1, 1]
    with pytest.raises(ValueError, match="cannot hold the symbolic value"):
        other.assign(value)
