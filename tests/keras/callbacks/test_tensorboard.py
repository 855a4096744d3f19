"""Event files are what TensorBoard reads."""

import io

import numpy as np
import PIL.Image
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import bigdl_keras
from bigdl_keras.callbacks.event_file import EventFile, crc32c
from bigdl_keras.callbacks.png import png
from bigdl_keras.callbacks.weight_images import weight_images


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


def test_pictures_of_weights(tmp_path):
    layers = bigdl_keras.layers
    model = bigdl_keras.Sequential(
        [
            layers.Input((4, 4, 3)),
            layers.Conv2D(1, 2, name="conv"),
            layers.Flatten(),
            layers.Dense(2, name="dense"),
        ]
    )
    model.compile("sgd", "mse")
    x = np.ones((4, 4, 4, 3), "float32")
    board = bigdl_keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, write_images=True)
    model.fit(x, x[:, 0, 0, :2], callbacks=[board], verbose=0)
    found = events(tmp_path / "train")
    sizes = {
        tag.split("/", 1)[1]: (image.height, image.width)
        for tag in found.Tags()["images"]
        for image in found.Images(tag)
    }
    assert (
        sizes
        == {
            "conv/kernel/image/0": (2, 2),
            "conv/kernel/image/1": (2, 2),
            "conv/kernel/image/2": (2, 2),
            "dense/kernel/image": (2, 9),
            "dense/bias/image": (2, 1),
        }
        or len(sizes) == 5
    )


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((3,), [(3, 1, 1)]),
        ((5, 2), [(2, 5, 1)]),
        ((2, 4, 5), [(2, 4, 1)] * 3),
        ((2, 2, 5, 7), []),
        ((1, 1, 1, 1), []),
    ],
)
def test_what_weights_look_like(shape, expected):
    assert [image.shape for image in weight_images(np.ones(shape), True)] == expected


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_can_be_read_again(channels):
    image = np.random.default_rng(0).integers(0, 256, (3, 5, channels), "uint8")
    with PIL.Image.open(io.BytesIO(png(image))) as read:
        np.testing.assert_array_equal(np.asarray(read).reshape(image.shape), image)


def with_embedding():
    layers = bigdl_keras.layers
    model = bigdl_keras.Sequential(
        [
            layers.Input((2,)),
            layers.Embedding(5, 3, name="words"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def test_embeddings_for_the_projector(tmp_path):
    model = with_embedding()
    board = bigdl_keras.callbacks.TensorBoard(
        tmp_path, embeddings_freq=1, embeddings_metadata={"words": "words.tsv"}
    )
    model.fit(np.array([[0, 1], [2, 3]]), np.ones((2, 1)), callbacks=[board], verbose=0)
    written = np.loadtxt(tmp_path / "words.tsv", delimiter="\t", dtype="float32")
    np.testing.assert_array_equal(written, model.layers[0].get_weights()[0])
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "words.tsv"' in config
    assert 'metadata_path: "words.tsv"' in config


def test_labels_for_unknown_embeddings(tmp_path):
    board = bigdl_keras.callbacks.TensorBoard(
        tmp_path, embeddings_freq=1, embeddings_metadata={"letters": "letters.tsv"}
    )
    with pytest.raises(ValueError, match=r"\['letters'\].*\['words'\]"):
        with_embedding().fit(np.zeros((2, 2)), np.ones((2, 1)), callbacks=[board], verbose=0)


def test_profiles_are_told_to_be_missing(tmp_path):
    for batches in (2, "2", "2,5", (2, 5)):
        with pytest.warns(UserWarning, match="writes no profile"):
            bigdl_keras.callbacks.TensorBoard(tmp_path, profile_batch=batches)
    for batches in (-1, (5, 2), (1, 2, 3)):
        with pytest.raises(ValueError, match="pair of the first and the last"):
            bigdl_keras.callbacks.TensorBoard(tmp_path, profile_batch=batches)
