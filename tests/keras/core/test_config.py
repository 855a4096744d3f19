import keras
import pytest

import bigdl_keras as ours


@pytest.fixture(autouse=True)
def _defaults():
    yield
    ours.config.set_floatx("float32")
    ours.config.set_epsilon(1e-7)
    ours.config.set_image_data_format("channels_last")
    ours.config.set_dtype_policy(None)


def test_defaults_are_those_of_keras():
    for name in ("floatx", "epsilon", "image_data_format"):
        assert getattr(ours.config, name)() == getattr(keras.config, name)()
    assert ours.config.dtype_policy().name == "float32"
    assert ours.config.backend() == ours.backend.backend() == "bigdl"


def test_floatx_is_the_dtype_of_all_that_names_none():
    ours.config.set_floatx("float64")
    assert ours.Variable(1.5).dtype == "float64"
    assert ours.layers.Dense(1).dtype == "float64"
    assert ours.ops.add(1.5, 2.5).dtype == "float64"
    with pytest.raises(ValueError, match="Unknown `floatx`"):
        ours.config.set_floatx("int32")


def test_the_global_policy_is_that_of_new_layers():
    ours.config.set_dtype_policy("mixed_bfloat16")
    layer = ours.layers.Dense(1)
    assert (layer.compute_dtype, layer.variable_dtype) == ("bfloat16", "float32")
    assert ours.mixed_precision.global_policy().name == "mixed_bfloat16"


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float64", "mixed_float16", "int32"])
def test_policies_equal_those_of_keras(name):
    mine, reference = ours.dtype_policies.get(name), keras.dtype_policies.get(name)
    assert mine.compute_dtype == reference.compute_dtype
    assert mine.variable_dtype == reference.variable_dtype
    assert mine == ours.DTypePolicy(name)


@pytest.mark.parametrize("wrong", ["half", 3, object()])
def test_wrong_policies(wrong):
    with pytest.raises(ValueError, match="Cannot"):
        ours.dtype_policies.get(wrong)


@pytest.mark.parametrize(
    "dtype", [None, "float32", "int", int, float, bool, "bfloat16", "uint8", "string"]
)
def test_names_of_dtypes(dtype):
    assert ours.backend.standardize_dtype(dtype) == keras.backend.standardize_dtype(dtype)


def test_wrong_names_of_dtypes():
    with pytest.raises(ValueError, match="Invalid dtype: float33"):
        ours.backend.standardize_dtype("float33")


def test_data_formats():
    ours.config.set_image_data_format("channels_first")
    assert ours.config.standardize_data_format(None) == "channels_first"
    with pytest.raises(ValueError, match="must be one of"):
        ours.config.set_image_data_format("rows")


def test_engines_that_are_not_there():
    ours.config.set_backend("bigdl")
    with pytest.raises(ValueError, match="one backend"):
        ours.config.set_backend("jax")
    with pytest.raises(ValueError, match="not available"):
        ours.config.enable_flash_attention()
