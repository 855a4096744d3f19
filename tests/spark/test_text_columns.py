"""Models of text on DataFrames with text columns."""

import numpy as np
import pytest

import bigdl_keras as keras
from bigdl_keras import layers

pytestmark = pytest.mark.spark

ROWS = 24
TEXTS = ["the cat sat", "a dog ran far away", "the dog sat", "a cat ran"] * (ROWS // 4)
CITIES = ["rome", "", "oslo"] * (ROWS // 3)
LABELS = [0, 1, 0, 1] * (ROWS // 4)
COLUMNS = {"text": "text", "city": "city", "age": "age"}


def make_model():
    keras.utils.set_random_seed(3)
    words = layers.TextVectorization(output_sequence_length=5)
    words.adapt(TEXTS)
    text = keras.Input((1,), dtype="string", name="text")
    city = keras.Input((), dtype="string", name="city")
    age = keras.Input((), dtype="int64", name="age")
    x = layers.Embedding(words.vocabulary_size(), 4)(words(text))
    features = [
        layers.GlobalAveragePooling1D()(x),
        layers.Hashing(5, output_mode="one_hot")(city),
        layers.HashedCrossing(6, output_mode="one_hot")([city, age]),
    ]
    outputs = layers.Dense(2, activation="softmax")(layers.Concatenate()(features))
    model = keras.Model({"text": text, "city": city, "age": age}, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def data():
    return {"text": np.array(TEXTS), "city": np.array(CITIES), "age": np.arange(ROWS)}


def frame(spark):
    rows = list(zip(TEXTS, CITIES, range(ROWS), LABELS, strict=True))
    return spark.createDataFrame(rows, ["text", "city", "age", "label"]).repartition(3)


def test_training_with_text_columns_is_local_training(spark):
    local, model = make_model(), make_model()
    settings = {"epochs": 2, "batch_size": ROWS, "shuffle": False, "verbose": 0}
    expected = local.fit(data(), np.array(LABELS), **settings).history
    df = frame(spark)
    found = model.fit(
        df, feature_cols=COLUMNS, label_cols="label", num_workers=2, validation_data=df, **settings
    ).history
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-4)
    assert len(found["val_loss"]) == 2
    tested = model.evaluate(df, feature_cols=COLUMNS, label_cols="label", verbose=0)
    np.testing.assert_allclose(
        tested, local.evaluate(data(), np.array(LABELS), verbose=0), rtol=1e-4
    )
    scored = model.predict(df, feature_cols=COLUMNS)
    assert scored.columns == [*df.columns, "prediction"]
    rows = sorted((row.age, row.prediction) for row in scored.collect())
    expected = local.predict(data(), verbose=0)
    np.testing.assert_allclose([prediction for _, prediction in rows], expected, rtol=1e-3)


def test_errors_name_the_mend(spark):
    model, df = make_model(), frame(spark)
    with pytest.raises(TypeError, match=r"'age' is of type bigint.*cast\('string'\)"):
        model.fit(df, feature_cols=COLUMNS | {"city": "age"}, label_cols="label", verbose=0)
    with pytest.raises(TypeError, match=r"'city' is of type string.*Input\(dtype='string'\)"):
        model.fit(df, feature_cols=COLUMNS | {"age": "city"}, label_cols="label", verbose=0)
    with pytest.raises(ValueError, match="not from RDDs"):
        model.predict(df.rdd)
    open_length = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            layers.TextVectorization(vocabulary=["cat"]),
            layers.Embedding(3, 2),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1),
        ]
    )
    open_length.compile("sgd", "mse")
    with pytest.raises(ValueError, match="output_sequence_length"):
        open_length.fit(df, feature_cols="text", label_cols="label", verbose=0)
    assert open_length.predict(df, feature_cols="text").count() == ROWS


def test_layers_adapt_to_one_column(spark):
    df = frame(spark)
    lookup, words = layers.StringLookup(), layers.TextVectorization()
    lookup.adapt(df.select("city"))
    assert lookup.get_vocabulary() == ["[UNK]", "rome", "oslo", ""]
    words.adapt(df.select("text"))
    assert words.vocabulary_size() == 10
    scale = layers.Normalization()
    scale.adapt(df.select("age").rdd.map(lambda row: row[0]))
    np.testing.assert_allclose(np.ravel(scale.mean), (ROWS - 1) / 2)
    with pytest.raises(ValueError, match="adapts to one column"):
        layers.StringLookup().adapt(df)
