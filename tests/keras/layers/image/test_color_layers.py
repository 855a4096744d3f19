"""Colour and mixing layers by themselves: layouts, dtypes, tracing, seeds and statistics."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from tests.keras.layers.check_layer import check_config
from tests.keras.layers.image.color_cases import COLOR_CASES
from tests.keras.layers.image.while_training import WhileTraining

# What changes images in inference too.
ALWAYS = ("AutoContrast", "CLAHE")


def pictures(low: float = 0, high: float = 255) -> np.ndarray:
    """Three images of whole numbers where the range is that of bytes; one of them dim."""
    levels = np.random.default_rng(0).integers(0, 256, (3, 8, 7, 3))
    levels[2] = levels[2] // 8 * 3 + 20
    return (levels / 255 * (high - low) + low).astype("float32")


def pictures_of(layer: Any) -> np.ndarray:
    return pictures(*getattr(layer, "value_range", (0, 255)))


def test_configs_go_both_ways() -> None:
    for library in (keras, bigdl_keras):
        library.backend.clear_session()  # so that automatic names agree
    for make in COLOR_CASES.values():
        check_config(make(keras), make(bigdl_keras))


@pytest.mark.parametrize("name", COLOR_CASES)
def test_inference_changes_nothing(name: str) -> None:
    layer = COLOR_CASES[name](bigdl_keras)
    images = pictures_of(layer)
    unchanged = np.array_equal(layer(images, training=False), images)
    assert unchanged != name.startswith(ALWAYS)


@pytest.mark.parametrize("name", COLOR_CASES)
def test_training_changes_images_within_their_range(name: str) -> None:
    layer = COLOR_CASES[name](bigdl_keras)
    images = pictures_of(layer)
    got = layer(images)
    assert got.shape == images.shape
    assert got.dtype == np.float32
    assert not np.allclose(got, images)
    if "Saturation" not in name:  # stock Keras limits saturation and not the colours made of it
        low, high = getattr(layer, "value_range", (0, 255))
        assert got.min() >= low - 1e-3
        assert got.max() <= high + 1e-3


@pytest.mark.parametrize("name", [name for name in COLOR_CASES if "AugMix" not in name])
def test_traced_with_any_batch_is_eager(name: str) -> None:
    layer, traced = (COLOR_CASES[name](bigdl_keras) for _ in range(2))
    for one in (layer, traced):
        if hasattr(one, "generator"):
            one.generator.state.assign(np.array([5, 6], "uint32"))
    images = pictures_of(layer)
    inputs = bigdl_keras.Input((8, 7, 3))
    model = bigdl_keras.Model(inputs, WhileTraining(traced)(inputs))
    assert model.output_shape == (None, 8, 7, 3)
    np.testing.assert_allclose(
        model.predict(images, verbose=0), layer(images), rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("name", [name for name in COLOR_CASES if " " not in name])
def test_bytes_and_single_images(name: str) -> None:
    floats, integers, single = (COLOR_CASES[name](bigdl_keras) for _ in range(3))
    if name == "RandomGrayscale":
        floats, integers, single = (
            bigdl_keras.layers.RandomGrayscale(1.0, seed=1) for _ in range(3)
        )
    images = pictures()
    np.testing.assert_allclose(
        integers(images.astype("uint8")).astype("float32"), floats(images), atol=1
    )
    assert single(images[0]).shape == images[0].shape


@pytest.mark.parametrize(
    "name", [name for name in COLOR_CASES if name not in ("RandomErasing", "RandomGrayscale")]
)
def test_channels_first_is_the_same_transposed(name: str) -> None:
    last = COLOR_CASES[name](bigdl_keras)
    first = type(last).from_config(last.get_config() | {"data_format": "channels_first"})
    images = pictures_of(last)
    got = first(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(got.transpose(0, 2, 3, 1), last(images), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("name", [name for name in COLOR_CASES if " " not in name])
def test_dict_with_all_that_belongs_to_images(name: str) -> None:
    made = COLOR_CASES[name](bigdl_keras)
    layer = type(made).from_config(made.get_config() | {"bounding_box_format": "xyxy"})
    data = {
        "images": pictures(),
        "labels": np.eye(3, dtype="float32"),
        "segmentation_masks": np.random.default_rng(1).integers(0, 3, (3, 8, 7, 1)),
        "bounding_boxes": {
            "boxes": np.tile(np.array([1, 2, 5, 6], "float32"), (3, 2, 1)),
            "labels": np.ones((3, 2), "int32"),
        },
    }
    before = bigdl_keras.tree.map_structure(np.copy, data)
    if name == "CutMix":
        with pytest.raises(NotImplementedError, match="bounding boxes"):
            layer(data)
        data.pop("bounding_boxes")
        before.pop("bounding_boxes")
    got = layer(data)
    bigdl_keras.tree.map_structure(np.testing.assert_array_equal, data, before)
    assert got["images"].shape == data["images"].shape
    assert got["segmentation_masks"].shape == data["segmentation_masks"].shape
    np.testing.assert_allclose(got["labels"].sum(axis=1), 1, rtol=1e-6)
    if name not in ("MixUp", "CutMix"):
        np.testing.assert_array_equal(got["labels"], data["labels"])
    still = bigdl_keras.tree.map_structure(lambda row: row[0], data)
    one = layer(still)
    assert one["images"].shape == data["images"].shape[1:]
    assert one["labels"].shape == (3,)


def test_low_precision() -> None:
    for name, make in COLOR_CASES.items():
        layer = type(make(bigdl_keras)).from_config(
            make(bigdl_keras).get_config() | {"dtype": "mixed_bfloat16"}
        )
        got = layer(pictures_of(layer))
        assert str(got.dtype) == "bfloat16", name
        assert np.isfinite(got.astype("float32")).all(), name


def test_same_seed_same_run() -> None:
    images = pictures()
    for name, make in COLOR_CASES.items():
        if " " not in name and name != "RandomGrayscale":  # that case has no seed
            one, other = make(bigdl_keras), make(bigdl_keras)
            runs = [(layer(images), layer(images)) for layer in (one, other)]
            np.testing.assert_array_equal(runs[0], runs[1])
            if name in ("RandomBrightness", "MixUp", "RandomHue", "Solarization"):
                assert not np.array_equal(*runs[0])


def test_labels_are_mixed_as_images() -> None:
    # Image i has the value i everywhere, and label i: both blends have the same weights.
    images = np.broadcast_to(np.arange(6.0)[:, None, None, None], (6, 16, 16, 3)).astype("float32")
    data = {"images": images, "labels": np.eye(6, dtype="float32")}
    mixed = bigdl_keras.layers.MixUp(0.8, seed=3)(data)
    np.testing.assert_allclose(
        mixed["images"][:, 0, 0, 0], mixed["labels"] @ np.arange(6), atol=1e-5
    )
    cut = bigdl_keras.layers.CutMix(seed=3)(data)
    # A rectangle between pixels covers a row more or less of them.
    area = cut["images"][..., 0].mean((1, 2))
    np.testing.assert_allclose(area, cut["labels"] @ np.arange(6), atol=5 * 2 / 16)
    assert set(np.unique(cut["images"])) <= set(range(6))


def test_mixed_boxes_and_masks_belong_to_their_images() -> None:
    layer = bigdl_keras.layers.MixUp(seed=1, bounding_box_format="xyxy")
    boxes = {
        "boxes": np.arange(24, dtype="float32").reshape(3, 2, 4),
        "labels": np.arange(6).reshape(3, 2),
    }
    order = np.array([2, 0, 1])
    transformation = {"mix_weight": np.full(3, 0.25, "float32"), "permutation_order": order}
    got = layer.transform_bounding_boxes(boxes, transformation)
    np.testing.assert_array_equal(got["boxes"][:, 2:], boxes["boxes"][order])
    np.testing.assert_array_equal(got["labels"][:, 2:], boxes["labels"][order])
    masks = np.arange(12, dtype="int32").reshape(3, 2, 2, 1)
    blended = layer.transform_segmentation_masks(masks, transformation)
    np.testing.assert_allclose(blended, 0.25 * masks + 0.75 * masks[order])


def drawn(layer: Any, count: int = 4000) -> Any:
    return layer.get_random_transformation(np.zeros((count, 4, 4, 3), "float32"))


def check_uniform(values: Any, low: float, high: float) -> None:
    values = np.sort(np.ravel(values))
    assert values[0] >= low
    assert values[-1] <= high
    # Kolmogorov and Smirnov's bound for a chance of about 1e-6.
    expected = low + (high - low) * (np.arange(values.size) + 0.5) / values.size
    assert np.abs(values - expected).max() < 2.7 / np.sqrt(values.size) * (high - low)


def test_draws_follow_their_distributions() -> None:
    k = bigdl_keras.layers
    check_uniform(drawn(k.RandomBrightness(0.3, seed=1))["rgb_delta"], -0.3 * 255, 0.3 * 255)
    check_uniform(drawn(k.RandomContrast((0.2, 0.5), seed=1))["contrast_factor"], 0.8, 1.5)
    check_uniform(drawn(k.RandomColorDegeneration(0.4, seed=1))["factor"], -0.4, 0.4)
    check_uniform(drawn(k.RandomHue(0.6, seed=1))["factor"], -0.3, 0.3)
    check_uniform(drawn(k.RandomSharpness((0.1, 0.4), seed=1))["factor"], 0.1, 0.4)
    check_uniform(drawn(k.Solarization(0.3, (0.1, 0.8), seed=1))["additions"], 0, 0.3 * 255)
    check_uniform(drawn(k.Solarization(0.3, (0.1, 0.8), seed=1))["thresholds"], 0.1, 0.8 * 255)
    factor = drawn(k.RandomSaturation((0.2, 0.7), seed=1))["factor"]
    check_uniform(factor / (1 + factor), 0.2 - 1e-6, 0.7)
    shifts = drawn(k.RandomPosterization((2, 6), seed=1))["shift_factor"]
    assert set(shifts) == {3, 4, 5, 6}
    np.testing.assert_allclose(np.bincount(shifts)[3:] / shifts.size, 0.25, atol=0.04)
    for chosen in (
        drawn(k.RandomInvert((0.2, 0.6), seed=1))["apply_inversion"],
        drawn(k.RandomErasing((0.2, 0.6), seed=1))["apply_erasing"],
        drawn(k.RandomGaussianBlur((0.2, 0.6), seed=1))["should_apply_blur"],
        drawn(k.RandomGrayscale(0.4, seed=1)),
    ):
        assert abs(np.mean(chosen) - 0.4) < 0.04


def test_weights_and_rectangles_follow_their_distributions() -> None:
    weights = drawn(bigdl_keras.layers.MixUp(0.4, seed=1))["mix_weight"]
    assert abs(weights.mean() - 0.5) < 0.03
    assert abs(weights.var() - 1 / (4 * 1.8)) < 0.01  # of beta(a, a): 1 / (4 (2 a + 1))
    cut = drawn(bigdl_keras.layers.CutMix((1.0, 1.0), seed=1))
    check_uniform(cut["mix_weight"], -1e-6, 1)  # of beta(1, 1)
    assert sorted(cut["permutation_order"]) == list(range(4000))
    erased = bigdl_keras.layers.RandomErasing(scale=(0.25, 0.25), seed=1).get_random_transformation(
        np.zeros((2000, 20, 20, 3), "float32")
    )
    # Half of both sides, anywhere.
    np.testing.assert_allclose(erased["batch_masks"].sum((1, 2, 3)), 100)
    rows = erased["batch_masks"].any(axis=2)[..., 0].argmax(axis=1)
    assert set(rows) >= set(range(1, 10))
    noise = erased["fill_value"]
    assert noise.min() == 0
    assert 0.49 < np.mean(noise == 0) < 0.51


def test_training_on_changed_images() -> None:
    def run() -> Any:
        bigdl_keras.utils.set_random_seed(1)
        k = bigdl_keras.layers
        model = bigdl_keras.Sequential(
            [
                bigdl_keras.Input((4, 4, 3), dtype="uint8"),
                k.RandomColorJitter(contrast_factor=0.3, seed=1),
                k.RandomErasing(0.5, seed=2),
                k.CutMix(seed=3),
                k.Rescaling(1 / 255),
                k.Flatten(),
                k.Dense(2),
            ]
        )
        model.compile("sgd", "mse")
        images = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3)).astype("uint8")
        history = model.fit(images, np.ones((6, 2)), batch_size=4, epochs=2, verbose=0)
        clear = model.evaluate(images, np.ones((6, 2)), verbose=0)
        return history.history["loss"], model.layers[-1].get_weights()[0], clear

    (losses, weights, clear), (again, same, _) = run(), run()
    assert losses == again
    np.testing.assert_array_equal(weights, same)
    assert np.isfinite(clear)
    assert clear not in losses


def test_functional_model_of_images_and_labels() -> None:
    images, labels = bigdl_keras.Input((8, 7, 3)), bigdl_keras.Input((4,))
    mixed = WhileTraining(bigdl_keras.layers.MixUp(seed=1))({"images": images, "labels": labels})
    model = bigdl_keras.Model([images, labels], [mixed["images"], mixed["labels"]])
    x, y = pictures(), np.eye(3, 4, dtype="float32")
    got_x, got_y = model.predict([x, y], verbose=0)
    expected = bigdl_keras.layers.MixUp(seed=1)({"images": x, "labels": y})
    np.testing.assert_allclose(got_x, expected["images"], rtol=1e-5)
    np.testing.assert_allclose(got_y, expected["labels"], rtol=1e-5)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda k: k.AutoContrast(value_range=1), "value_range"),
        (lambda k: k.RandomBrightness(0.1, value_range=(0, 1, 2)), "value_range"),
        (lambda k: k.RandomBrightness(1.5), "factor"),
        (lambda k: k.RandomContrast("much"), "factor"),
        (lambda k: k.RandomPosterization(0), "factor"),
        (lambda k: k.RandomGrayscale(1.2), "factor"),
        (lambda k: k.Solarization(threshold_factor=(0.2, 1.2)), "threshold_factor"),
        (lambda k: k.RandomGaussianBlur(kernel_size=4), "kernel_size"),
        (lambda k: k.RandomErasing(scale=2.0), "scale"),
        (lambda k: k.RandomErasing(fill_value=[1, 2])(pictures()), "fill_value"),
        (lambda k: k.RandomHue(0.1)(pictures()[None]), "rank"),
        (lambda k: k.RandomColorDegeneration(0.1)(bigdl_keras.Input((4, 4, 1))), "channels"),
        (lambda k: k.RandomInvert()({"images": pictures(), "bounding_boxes": {}}), "bounding"),
    ],
)
def test_refusals(make: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        make(bigdl_keras.layers)
