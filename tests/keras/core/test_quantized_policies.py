"""Policies of quantised weights: plain descriptions, the same as stock Keras's."""

import keras
import pytest

import bigdl_keras as ours

POLICIES = [
    ("QuantizedDTypePolicy", {"mode": "int8", "source_name": "mixed_bfloat16"}),
    ("QuantizedDTypePolicy", {"mode": "int4", "source_name": None}),
    ("QuantizedFloat8DTypePolicy", {"mode": "float8", "amax_history_length": 16}),
    ("Int4DTypePolicy", {"mode": "int4/128", "source_name": "float32"}),
    ("GPTQDTypePolicy", {"mode": "gptq/3/-1", "source_name": "bfloat16"}),
    ("AWQDTypePolicy", {"mode": "awq/4/64", "source_name": "float32"}),
]


@pytest.mark.parametrize(("name", "arguments"), POLICIES)
def test_policy_is_stock_keras(name, arguments):
    there = getattr(keras.dtype_policies, name)(**arguments)
    here = getattr(ours.dtype_policies, name)(**arguments)
    for attribute in ("name", "compute_dtype", "variable_dtype", "quantization_mode"):
        assert getattr(here, attribute) == getattr(there, attribute)
    assert here.get_config() == there.get_config()
    assert repr(here) == repr(there)
    written = ours.dtype_policies.serialize(here)
    assert written == keras.dtype_policies.serialize(there)
    again = ours.dtype_policies.deserialize(written)
    assert again == here
    assert hash(again) == hash(here)
    assert again != ours.dtype_policies.DTypePolicy("float32")


@pytest.mark.parametrize(
    "name",
    ["int8_from_float32", "int4_from_mixed_bfloat16", "int4/32_from_float32", "float8_from_float32"]
    + ["gptq/4/128_from_float32", "awq/4/-1_from_mixed_float16"],
)
def test_policy_by_name(name):
    there, here = keras.dtype_policies.get(name), ours.dtype_policies.get(name)
    assert type(here).__name__ == type(there).__name__
    assert (here.name, here.get_config()) == (there.name, there.get_config())


@pytest.mark.parametrize(
    ("name", "mode", "source"),
    [
        ("QuantizedDTypePolicy", "int7", "float32"),
        ("QuantizedDTypePolicy", "int8", "float16"),
        ("Int4DTypePolicy", "int4", "float32"),
        ("Int4DTypePolicy", "int4/0", "float32"),
        ("GPTQDTypePolicy", "gptq/5/128", "float32"),
        ("GPTQDTypePolicy", "gptq/four/128", "float32"),
        ("AWQDTypePolicy", "awq/8/128", "float32"),
        ("AWQDTypePolicy", "gptq/4/128", "float32"),
    ],
)
def test_policy_that_there_is_not(name, mode, source):
    for library in (keras, ours):
        with pytest.raises(ValueError, match=r"nvalid|work well"):
            getattr(library.dtype_policies, name)(mode, source)
