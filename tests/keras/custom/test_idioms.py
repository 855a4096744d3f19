"""Layers and models as guides teach to write them."""

import numpy as np

from tests.keras.custom.in_both import numbers, same_in_both, with_known_weights

X = numbers(4, 3)
SERIES = numbers(2, 4, 3)
WORDS = np.array([[1, 2, 0, 0], [1, 0, 1, 2]])


@same_in_both
def test_a_layer_that_splits_time_and_mask(keras):
    class Halves(keras.layers.Layer):
        def call(self, x):
            return keras.ops.split(x, 2, axis=1)

        def compute_mask(self, x, mask=None):
            return None if mask is None else keras.ops.split(mask, 2, axis=1)

    words = keras.Input((4,), dtype="int32")
    embedded = keras.layers.Embedding(5, 2, mask_zero=True, embeddings_initializer="ones")(words)
    first, second = Halves()(embedded)
    pool = keras.layers.GlobalAveragePooling1D()
    outputs = [pool(first), keras.layers.LSTM(2)(second)]
    return with_known_weights(keras.Model(words, outputs)).predict(WORDS, verbose=0)


@same_in_both
def test_a_softmax_over_what_is_not_padding(keras):
    class TimeSoftmax(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, x, mask=None):
            weights = keras.ops.exp(x) * keras.ops.cast(mask, x.dtype)[..., None]
            return weights / keras.ops.sum(weights, axis=1, keepdims=True)

    words = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(5, 2, mask_zero=True)(words)
    model = keras.Model(words, TimeSoftmax()(keras.layers.Dense(1)(x)))
    return with_known_weights(model).predict(WORDS, verbose=0)


@same_in_both
def test_encoder_and_decoder(keras):
    source, target = keras.Input((None, 3)), keras.Input((None, 3))
    _, h, c = keras.layers.LSTM(2, return_state=True)(source)
    decoded = keras.layers.LSTM(2, return_sequences=True)(target, initial_state=[h, c])
    model = keras.Model([source, target], keras.layers.Dense(2)(decoded))
    with_known_weights(model)
    encoder = keras.Model(source, [h, c])
    return {
        "model": model.predict([SERIES, SERIES + 1], verbose=0),
        "states": encoder.predict(SERIES, verbose=0),
    }


@same_in_both
def test_attention_by_hand(keras):
    class CausalAttention(keras.layers.Layer):
        def __init__(self, heads, size, **kwargs):
            super().__init__(**kwargs)
            self.heads, self.size = heads, size
            self.project = keras.layers.Dense(3 * heads * size, use_bias=False)
            self.merge = keras.layers.Dense(3)

        def call(self, x):
            ops = keras.ops
            batch, time, _ = ops.shape(x)
            parts = ops.reshape(self.project(x), (batch, time, 3, self.heads, self.size))
            q, k, v = ops.unstack(ops.transpose(parts, (2, 0, 3, 1, 4)), axis=0)
            scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) / ops.sqrt(float(self.size))
            places = ops.arange(time)
            scores = ops.where(places[:, None] >= places, scores, -1e9)
            values = ops.transpose(ops.matmul(ops.softmax(scores), v), (0, 2, 1, 3))
            return self.merge(ops.reshape(values, (batch, time, self.heads * self.size)))

    model = keras.Sequential([keras.Input((None, 3)), CausalAttention(2, 2)])
    with_known_weights(model)
    return {"value": model.predict(SERIES, verbose=0), "shape": model.output_shape}


@same_in_both
def test_patches_of_pictures(keras):
    class Patches(keras.layers.Layer):
        def call(self, images):
            batch, height, width, channels = keras.ops.shape(images)
            patches = keras.ops.image.extract_patches(images, size=2)
            return keras.ops.reshape(patches, (batch, height // 2 * (width // 2), 4 * channels))

    dense = keras.layers.Dense(2, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((6, 4, 2)), Patches(), dense])
    return model.predict(numbers(2, 6, 4, 2), verbose=0)


@same_in_both
def test_a_student_and_its_teacher(keras):
    class Student(keras.Model):
        def __init__(self, student, teacher):
            super().__init__()
            self.student, self.teacher = student, teacher
            self.teacher.trainable = False

        def call(self, x):
            return self.student(x)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            hard = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
            taught = keras.ops.softmax(self.teacher(x, training=False) / 3)
            soft = keras.losses.kl_divergence(taught, keras.ops.softmax(y_pred / 3))
            return keras.ops.mean(0.1 * hard + 0.9 * soft)

    networks = [keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)]) for _ in range(2)]
    model = Student(*map(with_known_weights, networks))
    networks[1].layers[0].kernel.assign(numbers(3, 3) ** 2)
    model.compile(keras.optimizers.SGD(0.1), metrics=["accuracy"])
    options = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    history = model.fit(X, np.array([0, 1, 2, 1]), **options).history
    return {"history": history, "weights": model.get_weights()}


@same_in_both
def test_triplets(keras):
    embed = with_known_weights(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))

    class Distances(keras.layers.Layer):
        def call(self, anchor, near, far):
            def distance(a, b):
                return keras.ops.sum(keras.ops.square(a - b), axis=-1)

            return distance(anchor, near), distance(anchor, far)

    class Triplets(keras.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            near, far = y_pred
            return keras.ops.mean(keras.ops.maximum(near - far + 0.5, 0.0))

    inputs = [keras.Input((3,), name=name) for name in ("anchor", "near", "far")]
    model = Triplets(inputs, Distances()(*map(embed, inputs)))
    model.compile(keras.optimizers.SGD(0.1))
    history = model.fit([X, X + 0.1, X[::-1]], batch_size=4, epochs=2, verbose=0).history
    return {"history": history, "weights": model.get_weights()}


@same_in_both
def test_own_wrappers(keras):
    class Gained(keras.layers.Wrapper):
        def build(self, input_shape):
            super().build(input_shape)
            self.gain = self.add_weight((), "ones", name="gain")

        def call(self, x):
            return self.layer(x) * self.gain

    class Halved(keras.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 2), "ones")

        def call(self, x, training=None):
            return x @ self.w / 2

    gained = Gained(keras.layers.TimeDistributed(Halved()))
    model = keras.Sequential([keras.Input((4, 3)), gained])
    return {"value": model.predict(SERIES, verbose=0), "weights": len(model.weights)}


@same_in_both
def test_clipped_gradients(keras):
    @keras.ops.custom_gradient
    def clipped(x):
        def gradient(*args, upstream=None):
            upstream = args[0] if upstream is None else upstream
            return keras.ops.clip(upstream, -0.01, 0.01)

        return x * 1.0, gradient

    class Clip(keras.layers.Layer):
        def call(self, x):
            return clipped(x)

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), Clip()])
    with_known_weights(model)
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.train_on_batch(X, numbers(4, 2))
    return model.get_weights()


@same_in_both
def test_parts_of_a_model_as_models(keras):
    x = keras.Input((3,))
    h = keras.layers.Dense(4, name="hidden")(x)
    model = with_known_weights(keras.Model(x, keras.layers.Dense(2, name="out")(h)))
    features = keras.Model(model.inputs, [layer.output for layer in model.layers])
    rest = keras.Model(model.get_layer("hidden").output, model.output)
    wrapped = keras.Sequential([model, keras.layers.Dense(1, kernel_initializer="ones")])
    return {"features": features(X), "rest": rest(numbers(4, 4)), "wrapped": wrapped(X)}
