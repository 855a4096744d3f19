import io
import json
import zipfile

import numpy as np
import pytest

import bigdl_keras as ours


@pytest.fixture
def model():
    return ours.Sequential([ours.Input((3,)), ours.layers.Dense(2, name="d")], name="m")


X = np.ones((2, 3), np.float32)


def test_file_objects(model):
    file = io.BytesIO()
    model.save(file)
    file.seek(0)
    np.testing.assert_array_equal(ours.models.load_model(file)(X), model(X))


def test_extensions_and_existing_files(tmp_path, model):
    for wrong in ("m.h5", "m", "m.weights.h5"):
        with pytest.raises(ValueError, match=r"expected a `.keras` extension"):
            model.save(tmp_path / wrong)
    with pytest.raises(ValueError, match=r"expected a `.weights.h5` extension"):
        model.save_weights(tmp_path / "m.h5")
    with pytest.raises(FileNotFoundError, match="no file"):
        ours.models.load_model(tmp_path / "m.keras")
    with pytest.raises(FileNotFoundError, match="no file"):
        model.load_weights(tmp_path / "m.weights.h5")
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.keras")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save(tmp_path / "m.keras", overwrite=False)
    (tmp_path / "m.txt").write_text("text")
    with pytest.raises(ValueError, match="not supported"):
        ours.models.load_model(tmp_path / "m.txt")
    with pytest.raises(ValueError, match="not supported"):
        model.load_weights(tmp_path / "m.txt")
    with pytest.raises(ValueError, match=r"single `.keras` file"):
        model.save(tmp_path / "m", zipped=False)
    with pytest.raises(ValueError, match="one file"):
        model.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)


@ours.saving.register_keras_serializable("tests")
class FailsToSave(ours.Layer):
    def call(self, x):
        return x

    def save_own_variables(self, store):
        raise OSError("disk full")


def test_a_failed_save_leaves_the_old_file(tmp_path, model):
    path, weights = tmp_path / "m.keras", tmp_path / "m.weights.h5"
    model.save(path)
    model.save_weights(weights)
    before = path.read_bytes(), weights.read_bytes()
    model.add(FailsToSave())
    for save in (lambda: model.save(path), lambda: model.save_weights(weights)):
        with pytest.raises(OSError, match="disk full"):
            save()
    assert (path.read_bytes(), weights.read_bytes()) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.keras", "m.weights.h5"]


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_truncated_files(tmp_path, model, part):
    path, weights = tmp_path / "m.keras", tmp_path / "m.weights.h5"
    model.save(path)
    model.save_weights(weights)
    for file in (path, weights):
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ValueError, match=r"m\.keras.*truncated"):
        ours.models.load_model(path)
    with pytest.raises(ValueError, match=r"m\.keras.*truncated"):
        model.load_weights(path)
    with pytest.raises(ValueError, match=r"m\.weights\.h5.*truncated|could not be loaded"):
        model.load_weights(weights)


def rewrite(path, **members):
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content.update(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)


def test_damaged_parts_are_named(tmp_path, model):
    path = tmp_path / "m.keras"
    model.save(path)
    rewrite(path, **{"config.json": b"{"})
    with pytest.raises(ValueError, match=r"config in .*m.keras is damaged"):
        ours.models.load_model(path)
    model.save(path)
    rewrite(path, **{"model.weights.h5": b"nothing"})
    with pytest.raises(ValueError, match=r"weights in .*m.keras cannot be read"):
        ours.models.load_model(path)
    model.save(path)
    rewrite(path, **{"model.weights.h5": None})
    with pytest.raises(ValueError, match=r"has no model.weights.h5"):
        ours.models.load_model(path)


def test_damaged_bytes_are_noticed(tmp_path, model):
    path = tmp_path / "m.keras"
    model.save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        ours.models.load_model(path)


def test_weights_that_do_not_fit_are_named(tmp_path, model):
    other = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4, name="wide")])
    model.save_weights(tmp_path / "m.weights.h5")
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"name=wide[\s\S]*\(3, 4\).*\(3, 2\)") as caught:
        other.load_weights(tmp_path / "m.weights.h5")
    assert "1 objects could not be loaded" in str(caught.value)
    with pytest.warns(UserWarning, match="could not be loaded"):
        other.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    for got, expected in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, expected)
    deeper = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2), ours.layers.Dense(2)])
    with pytest.raises(ValueError, match="expected 2 variables, but received 0"):
        deeper.load_weights(tmp_path / "m.weights.h5")
    with pytest.raises(ValueError, match="'late' has not yet been built"):
        ours.Sequential([ours.layers.Dense(2)], name="late").load_weights(tmp_path / "m.weights.h5")


def test_weights_of_a_whole_model_file(tmp_path, model):
    model.save(tmp_path / "m.keras")
    expected = model(X)
    model.set_weights([w * 0 for w in model.get_weights()])
    model.load_weights(tmp_path / "m.keras")
    np.testing.assert_array_equal(model(X), expected)


@ours.saving.register_keras_serializable("tests")
class Vocabulary(ours.Layer):
    """A layer with a file of its own."""

    def __init__(self, words=None, **kwargs):
        super().__init__(**kwargs)
        self.words = words

    def call(self, x):
        return x

    def get_config(self):
        return super().get_config()

    def save_assets(self, folder):
        with open(f"{folder}/words.txt", "w") as file:
            file.write("\n".join(self.words))

    def load_assets(self, folder):
        with open(f"{folder}/words.txt") as file:
            self.words = file.read().split("\n")


def test_assets(tmp_path):
    model = ours.Sequential([ours.Input((3,)), Vocabulary(["a", "b"])])
    model.save(tmp_path / "m.keras")
    assert list(ours.models.load_model(tmp_path / "m.keras").layers[0].words) == ["a", "b"]


def test_assets_cannot_leave_their_folder(tmp_path):
    model = ours.Sequential([ours.Input((3,)), Vocabulary(["a"])])
    path = tmp_path / "m.keras"
    model.save(path)
    rewrite(path, **{"assets/../../escaped.txt": b"x"})
    ours.models.load_model(path)
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]


def test_lambdas_in_files_are_never_run(tmp_path):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Lambda(lambda x: x * 2, name="twice")])
    with pytest.warns(UserWarning, match="lambda"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="lambda"):
        ours.models.load_model(tmp_path / "m.keras")
    # The same process still has the function itself.
    loaded = ours.models.load_model(tmp_path / "m.keras", safe_mode=False)
    np.testing.assert_array_equal(loaded(X), X * 2)
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        config = archive.read("config.json").decode()
    code = json.loads(config)["config"]["layers"][1]["config"]["function"]["config"]["value"][0]
    foreign = config.replace(json.dumps(code), json.dumps("AAAA" + code))
    assert foreign != config
    rewrite(tmp_path / "m.keras", **{"config.json": foreign.encode()})
    with pytest.raises(ValueError, match="lambda"):
        ours.models.load_model(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="never run"):
        ours.models.load_model(tmp_path / "m.keras", safe_mode=False)
