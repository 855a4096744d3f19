"""The layer of a user's function, in both libraries."""

import keras
import numpy as np
import pytest

import bigdl_keras

BOTH = pytest.mark.parametrize("library", [keras, bigdl_keras], ids=["stock", "ours"])
X = np.arange(12, dtype="float32").reshape(3, 4)


def doubled(x, offset=0.0):
    return 2 * x + offset


@BOTH
def test_a_function_is_called_with_its_arguments(library):
    layer = library.layers.Lambda(doubled, arguments={"offset": 1.0})
    np.testing.assert_array_equal(np.asarray(layer(X)), 2 * X + 1)
    assert layer.compute_output_shape((None, 4)) == (None, 4)


@BOTH
def test_the_output_shape_may_be_told(library):
    told = library.layers.Lambda(lambda x: x[:, :2], output_shape=(2,))
    assert told.compute_output_shape((None, 4)) == (None, 2)
    computed = library.layers.Lambda(lambda x: x[:, :2], output_shape=lambda s: (s[0], s[1] - 2))
    assert computed.compute_output_shape((7, 4)) == (7, 2)


@BOTH
def test_a_mask_is_what_the_function_of_masks_gives(library):
    layer = library.layers.Lambda(doubled, mask=lambda inputs, mask: mask)
    mask = np.array([True, False, True])
    assert layer.compute_mask(X, mask) is mask
    fixed = library.layers.Lambda(doubled, mask=mask)
    assert fixed.compute_mask(X, None) is mask


@BOTH
def test_code_in_a_file_is_not_run_unasked(library, tmp_path):
    model = library.Sequential([library.Input((4,)), library.layers.Lambda(lambda x: x * 3)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(ValueError, match=r"[Ll]ambda"):
        library.models.load_model(tmp_path / "lambda.keras")


@BOTH
def test_a_registered_function_is_loaded(library, tmp_path):
    model = library.Sequential([library.Input((4,)), library.layers.Lambda(doubled)])
    model.save(tmp_path / "named.keras")
    loaded = library.models.load_model(
        tmp_path / "named.keras", custom_objects={"doubled": doubled}
    )
    np.testing.assert_array_equal(np.asarray(loaded(X)), 2 * X)
