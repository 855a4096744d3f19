"""Event files are what TensorBoard reads."""

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import bigdl_keras
from bigdl_keras.callbacks.event_file import EventFile, crc32c


def events(folder):
    found = EventAccumulator(str(folder), size_guidance={"tensors": 0, "scalars": 0})
    found.Reload()
    return found


def values(folder, tag):
    return [
        (event.step, pytest.approx(event.value, rel=1e-6)) for event in events(folder).Scalars(tag)
    ]


def test_checksum_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA


def test_scalars_and_histograms(tmp_path):
    file = EventFile(tmp_path)
    for step in range(3):
        file.scalar("curve", step / 2, step)
    file.scalar("far", -1.5, 1 << 40)
    file.histogram("weights", np.array([1.0, 2.0, 2.5]), 7)
    file.close()
    assert values(tmp_path, "curve") == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert values(tmp_path, "far") == [(1 << 40, -1.5)]
    (event,) = events(tmp_path).Histograms("weights")
    assert event.step == 7
    assert event.histogram_value.num == 3
    assert event.histogram_value.max == 2.5


def test_what_fit_writes(tmp_path):
    model = bigdl_keras.Sequential([bigdl_keras.layers.Input((2,)), bigdl_keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((8, 2), "float32")
    board = bigdl_keras.callbacks.TensorBoard(
        tmp_path, histogram_freq=1, update_freq="batch", write_steps_per_second=True
    )
    history = model.fit(
        x,
        x[:, :1],
        batch_size=4,
        epochs=2,
        validation_data=(x, x[:, :1]),
        callbacks=[board],
        verbose=0,
    ).history
    train, validation = tmp_path / "train", tmp_path / "validation"
    assert [value for _, value in values(train, "epoch_loss")] == history["loss"]
    assert [value for _, value in values(validation, "epoch_loss")] == history["val_loss"]
    assert [step for step, _ in values(train, "batch_loss")] == [1, 2, 3, 4]
    assert [step for step, _ in values(validation, "evaluation_loss_vs_iterations")] == [2, 4]
    assert [value for _, value in values(train, "epoch_learning_rate")] == [0.01, 0.01]
    tags = events(train).Tags()
    assert any(tag.endswith("kernel/histogram") for tag in tags["histograms"])
    assert "keras" in tags["tensors"]


def test_what_is_not_supported_is_refused():
    with pytest.raises(NotImplementedError, match="write_images"):
        bigdl_keras.callbacks.TensorBoard(write_images=True)
