"""Train the convolutional network of the Keras documentation on MNIST held in a Spark DataFrame.

    python examples/mnist_spark.py                          # two local executors
    python examples/mnist_spark.py --input arrays           # the same model in this process, without Spark
    python examples/mnist_spark.py --library keras          # the same on stock Keras (its backend must be installed)
    spark-submit --master spark://HOST:7077 examples/mnist_spark.py

Writes the model of the best epoch (`mnist.keras`) and the learning curve (`learning_curve.png`) to --output.
The data come from the folder named by BIGDL_KERAS_DATA, else from ../shared/data beside the repository, else from
the loader of `keras.datasets`.
"""

import argparse
import importlib
import os
import tempfile
import time
from pathlib import Path

import numpy as np

BATCH_SIZE = 128


def main():
    args = parse_arguments()
    keras = importlib.import_module(args.library)
    keras.utils.set_random_seed(args.seed)
    args.output.mkdir(parents=True, exist_ok=True)

    train, validation = load_mnist(keras, args.limit)
    model = build_model(keras)
    model.summary()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    timer = EpochTimer.of(keras)
    keep_best = keras.callbacks.ModelCheckpoint(
        args.output / "mnist.keras", monitor="val_accuracy", mode="max", save_best_only=True
    )
    fit = fit_arrays if args.input == "arrays" else fit_dataframe
    history = fit(model, train, validation, [timer, keep_best], args)

    accuracy = max(history.history["val_accuracy"])
    plot(history.history, args.output / "learning_curve.png")
    print(f"images per second: {len(train[0]) / min(timer.seconds):.0f} (best epoch)")
    print(
        f"validation accuracy: {accuracy:.4f} within {args.epochs} epochs, {args.library}, {args.input}"
    )


def build_model(keras):
    """The network of https://keras.io/examples/vision/mnist_convnet/, fed with raw pixels."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def fit_arrays(model, train, validation, callbacks, args):
    return model.fit(
        *train,
        batch_size=BATCH_SIZE,
        epochs=args.epochs,
        validation_data=validation,
        callbacks=callbacks,
        verbose=args.verbose,
    )


def fit_dataframe(model, train, validation, callbacks, args):
    from bigdl_keras.spark import session

    # spark-submit has chosen the cluster already.
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    master = args.master or (None if submitted else "local-cluster[2,1,2048]")
    spark = session(master=master, app_name="MNIST")
    with tempfile.TemporaryDirectory() as folder:
        train_df = as_dataframe(spark, train, Path(folder) / "train.parquet")
        validation_df = as_dataframe(spark, validation, Path(folder) / "validation.parquet")
        history = model.fit(
            train_df,
            feature_cols=["image"],
            label_cols=["label"],
            batch_size=BATCH_SIZE,
            epochs=args.epochs,
            validation_data=validation_df,
            callbacks=callbacks,
            verbose=args.verbose,
        )
    spark.stop()
    return history


def as_dataframe(spark, data, path):
    """A DataFrame of columns `image` (784 numbers) and `label`, read from a Parquet file made here."""
    import pyarrow as pa
    import pyarrow.parquet

    images, labels = data
    flat = pa.array(images.reshape(-1).astype("int16"))
    offsets = pa.array(np.arange(len(images) + 1, dtype="int32") * (images.size // len(images)))
    columns = {"image": pa.ListArray.from_arrays(offsets, flat), "label": labels.astype("int64")}
    pa.parquet.write_table(pa.table(columns), path, row_group_size=4096)
    return spark.read.parquet(str(path))


def load_mnist(keras, limit):
    """(images uint8[n, 28, 28, 1], labels uint8[n]) for training and validation."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("BIGDL_KERAS_DATA", root.parent / "shared" / "data"))
    file = folder / "datasets" / "mnist" / "mnist.npz"
    if file.exists():
        with np.load(file) as data:
            train = data["x_train"], data["y_train"]
            validation = data["x_test"], data["y_test"]
    else:
        train, validation = keras.datasets.mnist.load_data()
    return tuple((x[:limit, ..., np.newaxis], y[:limit]) for x, y in (train, validation))


class EpochTimer:
    """Makes a callback that notes how long the training part of each epoch took."""

    @staticmethod
    def of(keras):
        class Timer(keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.seconds = []

            def on_epoch_begin(self, epoch, logs=None):
                self.start = time.perf_counter()
                self.training = True

            def on_test_begin(self, logs=None):
                self.stop()

            def on_epoch_end(self, epoch, logs=None):
                self.stop()

            def stop(self):
                if self.training:
                    self.seconds.append(time.perf_counter() - self.start)
                    self.training = False

        return Timer()


def plot(history, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    epochs = range(1, len(history["loss"]) + 1)
    for axis, name in ((left, "loss"), (right, "accuracy")):
        axis.plot(epochs, history[name], marker="o", label="training")
        axis.plot(epochs, history[f"val_{name}"], marker="o", label="validation")
        axis.set(xlabel="epoch", ylabel=name)
        axis.legend()
    figure.savefig(path, dpi=120)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--master", help="Spark master; default two local executors")
    parser.add_argument("--input", choices=["dataframe", "arrays"], help="what fit is given")
    parser.add_argument("--library", choices=["bigdl_keras", "keras"], default="bigdl_keras")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--limit", type=int, help="only so many images of each set")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--verbose", type=int, choices=[0, 1, 2], default=1)
    parser.add_argument("--output", type=Path, default=Path("build/mnist"))
    args = parser.parse_args()
    if args.input is None:
        args.input = "arrays" if args.library == "keras" else "dataframe"
    if args.library == "keras" and args.input == "dataframe":
        parser.error("stock Keras does not take a DataFrame: use --input arrays")
    return args


if __name__ == "__main__":
    main()
