"""Layers that move pixels by themselves: layouts, dtypes, boxes, tracing, seeds and statistics."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import bigdl_keras
from bigdl_keras import layers, ops
from tests.keras.layers.check_layer import check_config
from tests.keras.layers.image.geometric_cases import GEOMETRIC_CASES
from tests.keras.layers.image.while_training import WhileTraining

# What changes images in inference too.
ALWAYS = ("Resizing", "CenterCrop")
CLASSES = [name for name in GEOMETRIC_CASES if " " not in name]
RANDOM = [name for name in GEOMETRIC_CASES if not name.startswith(ALWAYS)]


def pictures() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, (4, 8, 10, 3)).astype("float32")


def masks() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 5, (4, 8, 10, 1)).astype("uint8")


def boxes() -> dict[str, np.ndarray]:
    """Inside, at the border, and none."""
    places = np.array([[1, 2, 5, 6], [0, 3, 10, 7.5], [0, 0, 0, 0]], "float32")
    return {"boxes": np.tile(places, (4, 1, 1)), "labels": np.tile([1, 2, 0], (4, 1))}


def everything(name: str) -> dict[str, Any]:
    data = {
        "images": pictures(),
        "labels": np.eye(4, dtype="float32"),
        "segmentation_masks": masks(),
    }
    if "Elastic" not in name:
        data["bounding_boxes"] = boxes()
    return data


def made(name: str, **more: Any) -> Any:
    return GEOMETRIC_CASES[name](bigdl_keras, **more)


@pytest.mark.parametrize("name", GEOMETRIC_CASES)
def test_config_goes_both_ways(name: str) -> None:
    for library in (keras, bigdl_keras):
        library.backend.clear_session()
    check_config(GEOMETRIC_CASES[name](keras), made(name))


@pytest.mark.parametrize("name", GEOMETRIC_CASES)
def test_inference_changes_nothing(name: str) -> None:
    data = everything(name)
    got = made(name, bounding_box_format="xyxy")(data, training=False)
    if name.startswith(ALWAYS):
        assert got["images"].shape != data["images"].shape
    else:
        bigdl_keras.tree.map_structure(np.testing.assert_array_equal, got, data)


@pytest.mark.parametrize("name", GEOMETRIC_CASES)
def test_dict_with_all_that_belongs_to_images(name: str) -> None:
    data = everything(name)
    before = bigdl_keras.tree.map_structure(np.copy, data)
    layer, alone = made(name, bounding_box_format="xyxy"), made(name)
    got = layer(data)
    bigdl_keras.tree.map_structure(np.testing.assert_array_equal, data, before)
    np.testing.assert_array_equal(got["images"], alone(data["images"]))
    assert got["segmentation_masks"].shape == (*got["images"].shape[:3], 1)
    np.testing.assert_array_equal(got["labels"], data["labels"])
    assert not np.allclose(got["images"], data["images"].mean())


@pytest.mark.parametrize("name", CLASSES)
def test_single_images_are_batches_of_one(name: str) -> None:
    data = everything(name)
    one = bigdl_keras.tree.map_structure(lambda x: x[1], data)
    batch = bigdl_keras.tree.map_structure(lambda x: x[1:2], data)
    got = made(name, bounding_box_format="xyxy")(one)
    expected = made(name, bounding_box_format="xyxy")(batch)
    bigdl_keras.tree.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b[0], rtol=1e-6), got, expected
    )


@pytest.mark.parametrize("name", GEOMETRIC_CASES)
def test_traced_with_any_batch_is_eager(name: str) -> None:
    layer, traced = made(name), made(name)
    inputs = bigdl_keras.Input((8, 10, 3))
    model = bigdl_keras.Model(inputs, WhileTraining(traced)(inputs))
    if hasattr(layer, "generator"):
        for one in (layer, traced):
            one.generator.state.assign(np.array([5, 6], "uint32"))
    expected = layer(pictures())
    assert model.output_shape == (None, *expected.shape[1:])
    np.testing.assert_allclose(model.predict(pictures(), verbose=0), expected, rtol=1e-5, atol=2e-3)


@pytest.mark.parametrize("name", CLASSES)
def test_channels_first_is_the_same_transposed(name: str) -> None:
    images = np.ascontiguousarray(pictures().transpose(0, 3, 1, 2))
    got = made(name, data_format="channels_first")(images)
    np.testing.assert_allclose(
        got.transpose(0, 2, 3, 1), made(name)(pictures()), rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("name", CLASSES)
def test_bytes_become_floats(name: str) -> None:
    pixels = pictures().astype("uint8")
    got = made(name)(pixels)
    assert got.dtype == ("uint8" if name == "Resizing" else "float32")
    np.testing.assert_allclose(got, made(name)(pixels.astype("float32")), atol=0.5)


@pytest.mark.parametrize("name", CLASSES)
def test_low_precision_comes_close(name: str) -> None:
    low = GEOMETRIC_CASES[name](bigdl_keras, dtype="bfloat16")
    got = low(np.ones((2, 8, 10, 3), "float32"))
    assert got.dtype.name == "bfloat16"
    inside = np.asarray(got, "float32")[:, 3, 3]
    np.testing.assert_allclose(inside, 1, atol=0.02)


@pytest.mark.parametrize("name", RANDOM)
def test_equal_seeds_give_equal_results_call_by_call(name: str) -> None:
    layer, same = made(name), made(name)
    first, second = layer(pictures()), layer(pictures())
    np.testing.assert_array_equal(first, same(pictures()))
    np.testing.assert_array_equal(second, same(pictures()))
    if "enlarged" not in name:
        assert not np.array_equal(first, second)


def test_every_step_of_training_draws_anew() -> None:
    """The loss is what comes through, and a run with the same seed repeats."""

    def losses() -> list[float]:
        model = bigdl_keras.Sequential(
            [
                bigdl_keras.Input((8, 10, 3)),
                layers.RandomTranslation(0.9, 0.9, "constant", seed=4),
                layers.GlobalAveragePooling2D(),
            ]
        )
        model.compile("sgd", "mse")
        history = model.fit(pictures(), np.zeros((4, 3)), 4, epochs=5, shuffle=False, verbose=0)
        return history.history["loss"]

    first = losses()
    assert len(set(first)) == 5
    assert losses() == first


class TestRandomNumbers:
    """What is drawn for many images."""

    images = np.zeros((20000, 6, 4, 1), "float32")

    def drawn(self, layer: Any) -> Any:
        return layer.get_random_transformation(self.images)

    @staticmethod
    def uniform(values: np.ndarray, low: float, high: float, slack: float = 0.02) -> None:
        values = np.asarray(values, "float64")
        slack = slack * (high - low)
        assert low <= values.min() < low + slack
        assert high - slack < values.max() <= high
        np.testing.assert_allclose(values.mean(), (low + high) / 2, atol=slack)
        np.testing.assert_allclose(values.std(), (high - low) / 12**0.5, atol=slack)

    def test_rotation(self) -> None:
        angles = self.drawn(layers.RandomRotation((-0.1, 0.3), seed=1))["angle"]
        self.uniform(angles, -36, 108)

    def test_translation(self) -> None:
        moves = self.drawn(layers.RandomTranslation(0.5, (0.1, 0.2), seed=1))["translations"]
        self.uniform(moves[:, 0], 0.4, 0.8)
        self.uniform(moves[:, 1], -3, 3)
        assert abs(np.corrcoef(moves.T)[0, 1]) < 0.03

    def test_zoom(self) -> None:
        free = self.drawn(layers.RandomZoom(0.5, (0.1, 0.2), seed=1))
        self.uniform(free["height_zoom"], 0.5, 1.5)
        self.uniform(free["width_zoom"], 1.1, 1.2)
        tied = self.drawn(layers.RandomZoom(0.5, seed=1))
        np.testing.assert_array_equal(tied["height_zoom"], tied["width_zoom"])

    def test_shear(self) -> None:
        shear = self.drawn(layers.RandomShear((0.1, 0.3), 0.2, seed=1))["shear_factor"]
        self.uniform(np.abs(shear[:, 0]), 0.1, 0.3)
        self.uniform(shear[:, 1], -0.2, 0.2)
        np.testing.assert_allclose((shear[:, 0] > 0).mean(), 0.5, atol=0.02)

    def test_flip(self) -> None:
        flips = self.drawn(layers.RandomFlip(seed=1))["flips"]
        np.testing.assert_allclose(flips.mean(), 0.5, atol=0.02)

    def test_perspective(self) -> None:
        found = self.drawn(layers.RandomPerspective((0.2, 0.6), 0.5, seed=1))
        np.testing.assert_allclose(found["apply_perspective"].mean(), 0.4, atol=0.02)
        self.uniform(found["end_points"][:, 3, 0], 3 * 0.75, 3 * 1.25)

    def test_elastic(self) -> None:
        layer = layers.RandomElasticTransform((0.2, 0.6), (0.1, 0.9), seed=1)
        np.testing.assert_allclose(self.drawn(layer)["apply_transform"].mean(), 0.4, atol=0.02)
        factors = [
            layer.get_random_transformation(self.images[:1])["distortion_factor"]
            for _ in range(300)
        ]
        self.uniform(np.array(factors), 0.1, 0.9, slack=0.06)

    def test_crop_reaches_every_place(self) -> None:
        layer = layers.RandomCrop(3, 3, seed=1)
        found = {
            tuple(int(at) for at in layer.get_random_transformation(self.images[:1])[:2])
            for _ in range(200)
        }
        assert found == {(top, left) for top in range(4) for left in range(2)}


def rectangle(box: tuple[int, int, int, int], side: int = 40) -> np.ndarray:
    left, top, right, bottom = box
    image = np.zeros((1, side, side, 1), "float32")
    image[0, top:bottom, left:right] = 1
    return image


@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomFlip("horizontal", seed=3),
        layers.RandomFlip("vertical", seed=3),
        layers.RandomRotation((0.05, 0.2), "constant", seed=2),
        layers.RandomTranslation((0.1, 0.3), (-0.3, -0.1), "constant", seed=2),
        layers.RandomZoom((-0.3, -0.2), (0.1, 0.3), "constant", seed=2),
        layers.RandomShear((0.1, 0.3), 0.0, fill_mode="constant", seed=2),
        layers.RandomShear(0.0, (0.1, 0.3), fill_mode="constant", seed=2),
        layers.RandomPerspective(scale=0.6, seed=2),
        layers.RandomCrop(25, 30, seed=2),
        layers.CenterCrop(25, 30),
        layers.CenterCrop(20, 60),
        layers.Resizing(20, 60),
        layers.Resizing(20, 60, crop_to_aspect_ratio=True),
        layers.Resizing(20, 60, pad_to_aspect_ratio=True),
    ],
    ids=lambda layer: layer.name,
)
@pytest.mark.parametrize("form", ["xyxy", "rel_center_xywh"])
def test_boxes_stay_around_what_they_were_around(layer: Any, form: str) -> None:
    box = (12, 15, 28, 24)
    settings = layer.get_config() | {"bounding_box_format": form, "name": None}
    boxed = type(layer).from_config(settings)
    given = bigdl_keras.utils.bounding_boxes.convert_format(
        np.array([[box]], "float32"), "xyxy", form, 40, 40
    )
    for _ in range(3):
        result = boxed(
            {
                "images": rectangle(box),
                "bounding_boxes": {"boxes": given, "labels": np.array([[1]])},
            }
        )
        height, width = result["images"].shape[1:3]
        found = bigdl_keras.utils.bounding_boxes.convert_format(
            result["bounding_boxes"]["boxes"], form, "xyxy", height, width
        )[0, 0]
        rows, columns = np.nonzero(result["images"][0, :, :, 0] > 0.3)
        seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        np.testing.assert_allclose(found, seen, atol=2.1)


def test_boxes_that_leave_the_image_lose_their_labels() -> None:
    layer = layers.RandomTranslation((0.6, 0.7), 0.0, seed=1, bounding_box_format="xyxy")
    got = layer({"images": pictures(), "bounding_boxes": boxes()})["bounding_boxes"]
    np.testing.assert_array_equal(got["labels"][:, 2], -1)
    assert got["boxes"].min() >= 0
    assert got["boxes"][..., 3].max() <= 8


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_places_that_are_no_numbers_or_far_away(fill_mode: str) -> None:
    image = pictures()[0, :, :, 0]
    places = np.ones((2, 7), "float32")
    places[0, 1:] = [np.nan, np.inf, -np.inf, 1e12, -1e12, 3.7e9]
    linear = ops.image.map_coordinates(image, places, 1, fill_mode)
    assert np.isnan(linear[1])
    nearest = ops.image.map_coordinates(image, places, 0, fill_mode)
    for found in (linear, nearest):
        assert found[0] == image[1, 1]
        assert np.isfinite(found[4:]).all()


def test_elastic_is_a_smooth_field_of_places() -> None:
    """Composed of the operations that are compared with stock Keras."""
    images = pictures()[:1, :, :, :1]
    alpha, sigma = 3.0, 1.4
    noise = np.asarray(bigdl_keras.random.normal((1, 8, 10, 2), seed=5)) * sigma
    smooth = ops.image.gaussian_blur(noise, (9, 9), (sigma, sigma), "channels_last")[0] * alpha
    rows, columns = np.meshgrid(np.arange(8.0), np.arange(10.0), indexing="ij")
    places = np.stack([rows + smooth[..., 1], columns + smooth[..., 0]]).astype("float32")
    expected = ops.image.map_coordinates(images[0, :, :, 0], places, 1, "reflect")
    got = ops.image.elastic_transform(images, alpha, sigma, seed=5)
    np.testing.assert_allclose(got[0, :, :, 0], expected, rtol=1e-4, atol=1e-3)


def test_masks_bend_as_images_do() -> None:
    images = np.random.default_rng(0).integers(0, 9, (2, 30, 40, 1)).astype("float32")
    layer = layers.RandomElasticTransform((1, 1), interpolation="nearest", seed=2)
    got = layer({"images": images, "segmentation_masks": images})
    np.testing.assert_array_equal(got["images"], got["segmentation_masks"])
    assert not np.array_equal(got["images"], images)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda k: k.layers.RandomRotation(1.5), ValueError),
        (lambda k: k.layers.RandomRotation((0.1, 0.2, 0.3)), ValueError),
        (lambda k: k.layers.RandomRotation("much"), ValueError),
        (lambda k: k.layers.RandomRotation(0.1, fill_mode="mirror"), NotImplementedError),
        (lambda k: k.layers.RandomRotation(0.1, interpolation="bicubic"), NotImplementedError),
        (lambda k: k.layers.RandomTranslation(0.1, -1.5), ValueError),
        (lambda k: k.layers.RandomTranslation((0.1, 1.2), 0), ValueError),
        (lambda k: k.layers.RandomZoom(-1.0), ValueError),
        (lambda k: k.layers.RandomZoom(0.1, (-1, 0.5)), ValueError),
        (lambda k: k.layers.RandomShear(-0.1), ValueError),
        (lambda k: k.layers.RandomShear(0.1, (0.2, 1.1)), ValueError),
        (lambda k: k.layers.RandomPerspective(1.1), ValueError),
        (lambda k: k.layers.RandomPerspective(scale=2.0), ValueError),
        (lambda k: k.layers.RandomElasticTransform(scale=1.1), ValueError),
        (lambda k: k.layers.RandomElasticTransform(fill_mode="none"), NotImplementedError),
        (lambda k: k.layers.CenterCrop(2, 2, factor=0.1), ValueError),
        (lambda k: k.layers.CenterCrop(2, 2)(np.ones((2, 2), "float32")), ValueError),
        (
            lambda k: k.layers.RandomFlip()({"images": pictures(), "bounding_boxes": boxes()}),
            ValueError,
        ),
    ],
)
def test_errors_are_of_the_kind_stock_keras_raises(make: Any, error: type[Exception]) -> None:
    for library in (keras, bigdl_keras):
        with pytest.raises(error):
            make(library)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in GEOMETRIC_CASES
        if not name.startswith(("RandomCrop", "RandomElastic", "CenterCrop enlarged"))
    ],
)
def test_images_of_any_size(name: str) -> None:
    layer, traced = made(name), made(name)
    inputs = bigdl_keras.Input((None, None, 3))
    model = bigdl_keras.Model(inputs, WhileTraining(traced)(inputs))
    for size in ((8, 10), (11, 7)):
        if hasattr(layer, "generator"):
            for one in (layer, traced):
                one.generator.state.assign(np.array([5, 6], "uint32"))
        images = np.resize(pictures(), (4, *size, 3))
        got = model.predict(images, verbose=0)
        np.testing.assert_allclose(got, layer(images), rtol=1e-5, atol=2e-2)


@pytest.mark.parametrize("name", ["RandomCrop", "RandomElasticTransform"])
def test_sizes_that_must_be_known(name: str) -> None:
    with pytest.raises(ValueError, match="fully defined height and width"):
        made(name)(bigdl_keras.Input((None, 10, 3)))
