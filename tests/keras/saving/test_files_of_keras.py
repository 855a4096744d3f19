"""Files written by stock Keras, with the outputs it computed."""

import numpy as np
import pytest

import bigdl_keras as ours

MODELS = [
    "multi_io_shared",
    "nested_blocks",
    "rnn_masked",
    "seq_cnn",
    "third_ecg_cnn_lstm",
    "third_mnist_mlp",
    "third_stock_lstm",
]


@pytest.mark.parametrize("name", MODELS)
def test_loads_and_computes_the_same(data_dir, name):
    folder = data_dir / "models" / "keras3" / name
    model = ours.models.load_model(folder / "model.keras")
    inputs, expected = np.load(folder / "input.npz"), np.load(folder / "expected.npz")
    arrays = [inputs[key] for key in sorted(inputs)]
    outputs = ours.tree.flatten(model(arrays[0] if len(arrays) == 1 else arrays))
    assert len(outputs) == len(expected.files)
    for key, output in zip(sorted(expected), outputs, strict=True):
        np.testing.assert_allclose(output, expected[key], rtol=1e-4, atol=1e-5)
