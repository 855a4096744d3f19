"""``keras.ops.nn`` and ``keras.ops.numpy``, and the homes of operations in files."""

import importlib
from typing import Any

import keras
import pytest

import bigdl_keras
from bigdl_keras import ops
from bigdl_keras.saving.operation_names import operation_class_name, operation_module

# Functions of Keras without a class: they take no tensors, so that no model can hold them.
WITHOUT_CLASS = {
    *("bartlett", "blackman", "empty", "eye", "hamming"),
    *("hanning", "identity", "kaiser", "ones", "tri", "zeros"),
}


def public(module: Any) -> set[str]:
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("name", ["nn", "numpy"])
def test_namespace_has_the_names_of_stock_keras(name: str) -> None:
    ours = getattr(bigdl_keras.ops, name)
    assert public(ours) == public(getattr(keras.ops, name))
    assert all(getattr(ours, one) is getattr(ops, one) for one in public(ours))


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match=r"ops\.nn.*cumsum"):
        ops.nn.cumsum  # noqa: B018


def test_import_from_a_namespace() -> None:
    module = importlib.import_module("bigdl_keras.ops.numpy")
    assert module.cumsum is ops.cumsum


def test_each_operation_has_its_class_in_stock_keras() -> None:
    for name in public(ops) & public(keras.ops):
        function = getattr(ops, name)
        if (
            getattr(function, "keras_op", False)
            and callable(function)
            and name not in WITHOUT_CLASS
        ):
            module = importlib.import_module(operation_module(function))
            assert hasattr(module, operation_class_name(function)), name
