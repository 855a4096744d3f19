"""Images and time series against stock Keras."""

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import utils

IMAGE = np.random.default_rng(0).integers(0, 256, (6, 10, 3)).astype("float32")


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_and_arrays(data_format, channels):
    array = IMAGE[:, :, :channels]
    if data_format == "channels_first":
        array = array.transpose(2, 0, 1)
    theirs = keras.utils.array_to_img(array, data_format)
    ours = utils.array_to_img(array, data_format)
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    np.testing.assert_array_equal(
        utils.img_to_array(ours, data_format), keras.utils.img_to_array(theirs, data_format)
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"color_mode": "grayscale"},
        {"target_size": (4, 5), "interpolation": "bilinear"},
        {"target_size": (5, 5), "keep_aspect_ratio": True},
    ],
)
def test_files(tmp_path, arguments):
    path = tmp_path / "image.png"
    utils.save_img(path, IMAGE, scale=False)
    theirs = keras.utils.load_img(path, **arguments)
    np.testing.assert_array_equal(np.asarray(utils.load_img(path, **arguments)), np.asarray(theirs))


def test_windows_over_a_series():
    data = np.arange(20)
    series = utils.timeseries_dataset_from_array(
        data[:, None],
        data * 10,
        sequence_length=3,
        sequence_stride=4,
        sampling_rate=2,
        batch_size=2,
    )
    assert len(series) == 2
    x, y = series[0]
    assert x[..., 0].tolist() == [[0, 2, 4], [4, 6, 8]]
    assert y.tolist() == [0, 40]
    assert series[1][0][..., 0].tolist() == [[8, 10, 12], [12, 14, 16]]
    part = utils.timeseries_dataset_from_array(data, None, 2, start_index=5, end_index=9)
    assert part[0].tolist() == [[5, 6], [6, 7], [7, 8]]
    shuffled = utils.timeseries_dataset_from_array(data, None, 2, shuffle=True, seed=1)[0]
    assert sorted(shuffled[:, 0]) == list(range(19))
    assert shuffled[:, 0].tolist() != list(range(19))


def test_windows_can_be_trained_on():
    data = np.sin(np.arange(60, dtype="float32"))[:, None]
    series = utils.timeseries_dataset_from_array(data[:-4], data[4:], 4, batch_size=8)
    model = bigdl_keras.Sequential(
        [
            bigdl_keras.layers.Input((4, 1)),
            bigdl_keras.layers.Flatten(),
            bigdl_keras.layers.Dense(1),
        ]
    )
    model.compile(bigdl_keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(series, epochs=12, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize(
    "arguments",
    [{"sequence_length": 0}, {"sequence_length": 30}, {"sequence_length": 2, "end_index": 99}],
)
def test_windows_that_do_not_fit_are_refused(arguments):
    with pytest.raises(ValueError, match=r"elements|positive"):
        utils.timeseries_dataset_from_array(np.arange(20), None, **arguments)
