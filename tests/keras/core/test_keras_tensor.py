import operator

import keras
import numpy as np
import pytest

import bigdl_keras as ours


def test_operators_record_operations_with_the_shapes_of_keras():
    def results(library):
        x = library.Input((4, 3), name="x")
        y = library.Input((1, 3), name="y")
        return [
            *(x + y, x - 1, 2 * x, x / y, x // 2, x % 2, x**2, -x, abs(x)),
            *(x < y, x >= 0, x @ library.ops.transpose(y, (0, 2, 1))),
            *(x[:, 0], x[..., None], x[:, ::2, 1:]),
        ]

    for got, expected in zip(results(ours), results(keras), strict=True):
        assert (got.shape, got.dtype) == (expected.shape, expected.dtype)


def test_it_has_no_value():
    x = ours.Input((3,), name="features")
    for convert in (np.asarray, int, float):
        with pytest.raises(ValueError, match="symbolic"):
            convert(x)
    for use in (bool, iter, len):
        with pytest.raises((TypeError, NotImplementedError)):
            use(x)
    assert repr(x) == "<KerasTensor shape=(None, 3), dtype=float32, name=features>"


@pytest.mark.parametrize("shape", [(-1,), ("a",), None, (1.5,)])
def test_invalid_shapes(shape):
    with pytest.raises(ValueError, match="Cannot convert"):
        ours.KerasTensor(shape)


def test_sizes_that_depend_on_unknown_ones_are_unknown():
    x = ours.Input((None, 6))
    flat = ours.ops.reshape(x, (-1, 3))
    assert flat.shape == (None, 3)
    assert ours.ops.sum(x, axis=1).shape == (None, 6)
    assert ours.ops.concatenate([x, x], axis=1).shape == (None, None, 6)


@pytest.mark.parametrize("combine", [operator.add, operator.sub, operator.mul, operator.matmul])
def test_arrays_on_the_left_leave_the_operator_to_symbols_and_variables(combine):
    array = np.ones((3, 3), "float32")
    symbol = ours.KerasTensor((3, 3))
    assert isinstance(combine(array, symbol), ours.KerasTensor)
    variable = ours.Variable(array)
    assert isinstance(combine(variable, symbol), ours.KerasTensor)
    np.testing.assert_array_equal(combine(array, variable), combine(array, array))
    if combine is not operator.matmul:
        assert isinstance(combine(np.float32(2), symbol), ours.KerasTensor)


def test_functions_of_numpy_take_variables_but_no_symbols():
    np.testing.assert_array_equal(np.exp(ours.Variable(np.zeros(3))), np.ones(3))
    with pytest.raises(ValueError, match="symbolic"):
        np.exp(ours.KerasTensor((3,)))
