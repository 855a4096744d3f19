"""Text in models: built, trained, evaluated and saved like any other input."""

import numpy as np
import pytest

import bigdl_keras as keras
from bigdl_keras import layers

TEXTS = np.array(["the cat sat", "a dog ran far away", "the dog sat", "a cat ran"] * 4)
LABELS = np.array([0, 1, 0, 1] * 4)


def classifier(**kwargs):
    words = layers.TextVectorization(**kwargs)
    words.adapt(TEXTS)
    inputs = keras.Input((1,), dtype="string")
    x = layers.Embedding(words.vocabulary_size(), 4, mask_zero=True)(words(inputs))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(x))


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return classifier()


@pytest.mark.parametrize(
    "as_given",
    [
        lambda texts: texts,
        lambda texts: texts[:, None],
        lambda texts: texts.astype("S"),
        lambda texts: texts.astype(object),
        lambda texts: texts.tolist(),
        lambda texts: [texts],
    ],
)
def test_predict_takes_text_in_every_form(model, as_given):
    expected = np.asarray(model(TEXTS[:, None]))
    found = model.predict(as_given(TEXTS), batch_size=5, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_fit_learns_from_text(run_eagerly):
    keras.utils.set_random_seed(0)
    model = classifier(output_sequence_length=4)
    model.compile(
        keras.optimizers.Adam(0.1),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    model.fit(TEXTS, LABELS, epochs=4, batch_size=8, verbose=0)
    assert model.evaluate(TEXTS, LABELS, verbose=0)[1] == 1
    assert model.train_on_batch(TEXTS[:3], LABELS[:3])[0] < 0.5
    assert model.predict_on_batch(TEXTS[:3]).shape == (3, 2)


def test_generators_of_text(model):
    model.compile("sgd", "sparse_categorical_crossentropy")
    batches = [(TEXTS[:8], LABELS[:8]), (TEXTS[8:], LABELS[8:])]
    loss = model.evaluate((batch for batch in batches), verbose=0)
    assert loss == pytest.approx(model.evaluate(TEXTS, LABELS, verbose=0))


def columns_model():
    city = keras.Input((1,), dtype="string", name="city")
    age = keras.Input((1,), dtype="int64", name="age")
    features = [
        layers.HashedCrossing(10, output_mode="one_hot")([age, city]),
        layers.IntegerLookup(vocabulary=[30, 40], output_mode="one_hot")(age),
        layers.StringLookup(vocabulary=["rome"], output_mode="multi_hot")(city),
        layers.Hashing(7, output_mode="one_hot", salt=3)(age),
        layers.Flatten()(layers.Embedding(5, 2)(layers.Hashing(5, mask_value="")(city))),
    ]
    outputs = layers.Dense(3)(layers.Concatenate()(features))
    return keras.Model({"city": city, "age": age}, outputs)


def test_compiled_columns_are_those_computed_at_once(tmp_path):
    model = columns_model()
    data = {"city": np.array(["rome", "", "oslo"]), "age": np.array([30, -5, 2**40])}
    expected = np.asarray(model(data))
    np.testing.assert_allclose(model.predict(data, verbose=0), expected, rtol=1e-4, atol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(data, verbose=0), expected, rtol=1e-4, atol=1e-6)


def test_sequential_and_subclassed_models():
    lookup = layers.StringLookup(vocabulary=["cat", "dog"], output_mode="one_hot")
    dense = layers.Dense(1)
    sequential = keras.Sequential([keras.Input((1,), dtype="string"), lookup, dense])
    unbuilt = keras.Sequential([lookup, dense])

    class Own(keras.Model):
        def call(self, inputs):
            return dense(lookup(inputs))

    data = np.array([["cat"], ["dog"], ["cow"]])
    expected = np.asarray(dense(lookup(data)))
    for model in (sequential, unbuilt, Own()):
        np.testing.assert_allclose(model.predict(data, verbose=0), expected, rtol=1e-5)


def test_text_in_stateless_calls_of_own_steps():
    lookup = layers.StringLookup(vocabulary=["cat", "dog"])

    class Own(keras.Model):
        def predict_step(self, data):
            texts, _, _ = keras.utils.unpack_x_y_sample_weight(data)
            numbers, _ = lookup.stateless_call([], [], texts)
            return keras.ops.cast(numbers, "float32") * 2

    data = np.array([["cat"], ["cow"], ["dog"]])
    np.testing.assert_array_equal(Own().predict(data, verbose=0), [[2], [0], [4]])


def test_text_that_is_not_used():
    text, number = keras.Input((1,), dtype="string"), keras.Input((1,))
    model = keras.Model([text, number], layers.Rescaling(2.0)(number))
    found = model.predict([TEXTS, np.ones(len(TEXTS))], verbose=0)
    np.testing.assert_array_equal(found, np.full((len(TEXTS), 1), 2))


def test_a_model_of_numbers_after_text():
    lookup = layers.StringLookup(vocabulary=["cat", "dog"])
    numbers = keras.Input((1,), dtype="int64")
    inner = keras.Model(numbers, layers.Embedding(3, 2)(numbers))
    text = keras.Input((1,), dtype="string")
    data = np.array([["cat"], ["cow"]])
    found = keras.Model(text, inner(lookup(text))).predict(data, verbose=0)
    np.testing.assert_allclose(found, inner(lookup(data)), rtol=1e-6)


def test_a_model_inside_a_model(model):
    text = keras.Input((), dtype="string")
    outer = keras.Model(text, layers.Rescaling(2.0)(model(text)))
    found = outer.predict(TEXTS, verbose=0)
    np.testing.assert_allclose(found, 2 * np.asarray(model(TEXTS[:, None])), rtol=1e-5)


def test_what_is_learnt_later_counts():
    words, bounds = layers.IntegerLookup(), layers.Discretization(num_bins=2)
    words.adapt([1, 2, 2])
    bounds.adapt(np.arange(10.0))
    code, value = keras.Input((1,), dtype="int64"), keras.Input((1,))
    model = keras.Model([code, value], [words(code), bounds(value)])
    data = [np.array([[1], [2], [3]]), np.array([[1.0], [6.0], [60.0]])]
    first = [output.ravel().tolist() for output in model.predict(data, verbose=0)]
    assert first == [[2, 1, 0], [0, 1, 1]]
    words.adapt([3, 3, 1])
    bounds.adapt(np.arange(100.0))
    then = [output.ravel().tolist() for output in model.predict(data, verbose=0)]
    assert then == [[2, 0, 1], [0, 0, 1]]


def numeric_model():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


def inverse_model():
    numbers = keras.Input((1,), dtype="int64")
    return keras.Model(numbers, layers.StringLookup(vocabulary=["a"], invert=True)(numbers))


def first_of_texts():
    text = keras.Input((2,), dtype="string")
    return keras.Model(text, layers.StringLookup(vocabulary=["a"])(text[:, 0]))


def embedding_of_text():
    text = keras.Input((1,), dtype="string")
    return keras.Model(text, layers.Embedding(3, 2)(text))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numeric_model().predict(TEXTS), "takes numbers .* given text"),
        (lambda: classifier().predict(np.ones((3, 1))), "takes text.* given numbers"),
        (lambda: embedding_of_text().predict(TEXTS), "holds text"),
        (lambda: first_of_texts().predict(TEXTS.reshape(-1, 2)), "holds text"),
        (lambda: numeric_model().fit(np.ones((16, 1)), TEXTS, verbose=0), "labels hold text"),
        (lambda: classifier().predict(np.array(["a", None], object)), "NoneType"),
    ],
)
def test_errors_of_data(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: inverse_model().predict(np.array([[1]])), "cannot hold: end the model"),
        (lambda: layers.StringLookup(vocabulary=["a"])(np.array([1, 2])), "takes text; got 1"),
        (lambda: layers.StringLookup().adapt(5), "Unsupported data type"),
    ],
)
def test_errors_of_types(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_export_refuses_text(model, tmp_path):
    with pytest.raises(ValueError, match="takes text, which programs do not"):
        model.export(tmp_path / "program")


def test_a_layer_from_a_config_has_learnt_nothing():
    layer = layers.TextVectorization()
    layer.adapt(TEXTS)
    again = layers.TextVectorization.from_config(layer.get_config())
    with pytest.raises(RuntimeError, match="has no vocabulary"):
        again(TEXTS)


def test_inverse_lookup_of_text():
    found = layers.StringLookup(vocabulary=["a", "b"], mask_token="", invert=True)([[2, 3], [0, 9]])
    assert found.tolist() == [["a", "b"], ["", "[UNK]"]]


def test_vocabulary_files(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes("é\r\nb c\n".encode())
    layer = layers.StringLookup(vocabulary=str(path))
    assert layer.get_vocabulary() == ["[UNK]", "é", "b c"]
    model = keras.Sequential([keras.Input((1,), dtype="string"), layer])
    model.save(tmp_path / "model.keras")
    path.unlink()
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].get_vocabulary() == ["[UNK]", "é", "b c"]


def test_files_may_not_name_other_files():
    config = {"vocabulary": "/etc/hostname"}
    wrapped = {
        "module": "keras.layers",
        "class_name": "StringLookup",
        "config": config,
        "registered_name": None,
    }
    with pytest.raises(ValueError, match="outside of the model archive"):
        keras.saving.deserialize_keras_object(wrapped)


@keras.saving.register_keras_serializable("tests")
def halves(texts):
    return [[text[: len(text) // 2], text[len(text) // 2 :]] for text in texts]


@keras.saving.register_keras_serializable("tests")
def upper(texts):
    return np.char.upper(texts)


def test_own_functions_of_text(tmp_path):
    layer = layers.TextVectorization(standardize=upper, split=halves)
    layer.adapt(["abcd", "ABxy"])
    assert layer.get_vocabulary() == ["", "[UNK]", "AB", "XY", "CD"]
    again = layers.TextVectorization.from_config(layer.get_config())
    assert (again.standardize, again.split) == (upper, halves)
    model = keras.Sequential([keras.Input((1,), dtype="string"), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(np.array(["xyab"]), verbose=0), [[3, 2]])


def test_adapting_to_a_dataset_of_batches():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return TEXTS[8 * index : 8 * index + 8], LABELS[:8]

    whole, batched = layers.TextVectorization(), layers.TextVectorization()
    whole.adapt(TEXTS)
    batched.adapt(Batches())
    assert batched.get_vocabulary() == whole.get_vocabulary()
    assert whole.vocabulary_size() == 10
