"""The models that are timed: the same code for every Keras, which is passed in as `keras`."""

from models import dense, large_images, sequences, small_images
from models.workload import CLASSES, YES_OR_NO, Workload, images, texts

_large = images(224, 224, 3, classes=1000)

MODELS = {
    "mlp": Workload(dense.mlp, images(784), CLASSES, 128, 200),
    "lenet": Workload(small_images.lenet, images(28, 28, 1), CLASSES, 128, 40),
    "resnet20": Workload(small_images.resnet20, images(32, 32, 3), CLASSES, 64, 10),
    "vgg16": Workload(small_images.vgg16, images(32, 32, 3), CLASSES, 64, 3),
    "inception": Workload(large_images.inception, _large, CLASSES, 8, 3),
    "resnet50": Workload(large_images.resnet50, _large, CLASSES, 8, 3),
    "mobilenet": Workload(large_images.mobilenet, _large, CLASSES, 8, 3),
    "cnn3d": Workload(small_images.cnn3d, small_images.volumes, YES_OR_NO, 8, 5),
    "autoencoder": Workload(
        small_images.autoencoder, small_images.digits_to_restore, YES_OR_NO, 128, 20
    ),
    "lstm": Workload(sequences.lstm, texts(80, sequences.WORDS), YES_OR_NO, 32, 40),
    "gru": Workload(sequences.gru, sequences.weather, "mean_squared_error", 256, 40),
    "text_cnn": Workload(sequences.text_cnn, texts(400, sequences.WORDS), YES_OR_NO, 32, 20),
    "transformer": Workload(sequences.transformer, texts(128, sequences.WORDS), YES_OR_NO, 32, 20),
    "bert_mini": Workload(sequences.bert_mini, texts(128, sequences.BERT_WORDS), YES_OR_NO, 16, 5),
    "ncf": Workload(dense.ncf, dense.ratings, CLASSES, 2048, 100),
    "wide_and_deep": Workload(dense.wide_and_deep, dense.advertisements, YES_OR_NO, 512, 20),
}
