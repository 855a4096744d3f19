"""Low-rank adaptation: what trains, what is stored, what is refused."""

from pathlib import Path

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers

X = np.random.default_rng(0).standard_normal((6, 4)).astype("float32")


def test_only_the_factors_and_the_bias_train() -> None:
    dense = layers.Dense(3)
    model = bigdl_keras.Sequential([bigdl_keras.Input((4,)), dense])
    before = model.predict(X, verbose=0)
    dense.enable_lora(2, lora_alpha=8)
    np.testing.assert_array_equal(model.predict(X, verbose=0), before)
    kernel = dense._kernel.numpy()
    model.compile("sgd", "mse")
    model.fit(X, np.ones((6, 3)), epochs=2, verbose=0)
    np.testing.assert_array_equal(dense._kernel.numpy(), kernel)
    assert [w.name for w in dense.trainable_weights] == ["bias", "lora_kernel_a", "lora_kernel_b"]
    product = dense.lora_kernel_a.numpy() @ dense.lora_kernel_b.numpy()
    assert np.abs(product).max() > 0
    np.testing.assert_allclose(np.asarray(dense.kernel), kernel + 4 * product, rtol=1e-6)


def test_files_hold_the_sum(tmp_path: Path) -> None:
    dense = layers.Dense(3)
    model = bigdl_keras.Sequential([bigdl_keras.Input((4,)), dense])
    dense.enable_lora(2)
    dense.lora_kernel_b.assign(np.ones((2, 3)))
    expected = model.predict(X, verbose=0)
    model.save_weights(tmp_path / "low.weights.h5")
    for library in (bigdl_keras, keras):
        plain = library.Sequential([library.Input((4,)), library.layers.Dense(3)])
        plain.load_weights(tmp_path / "low.weights.h5")
        np.testing.assert_allclose(plain.predict(X, verbose=0), expected, rtol=1e-5)
    model.load_weights(tmp_path / "low.weights.h5")
    assert not np.any(dense.lora_kernel_b.numpy())
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-5)


def test_what_cannot_be_adapted() -> None:
    with pytest.raises(ValueError, match="isn't yet built"):
        layers.Dense(3).enable_lora(2)
    constrained = layers.Dense(3, kernel_constraint="non_neg")
    constrained.build((None, 4))
    with pytest.raises(ValueError, match="constraint"):
        constrained.enable_lora(2)
    dense = layers.Embedding(5, 3)
    dense.build()
    dense.enable_lora(2)
    with pytest.raises(ValueError, match="already enabled"):
        dense.enable_lora(2)
    with pytest.raises(NotImplementedError, match="quantization_config"):
        layers.Dense(3, quantization_config=object())
