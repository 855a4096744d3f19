"""The workloads once more, as one writes them in PyTorch: modules that give logits."""

from by_hand import dense, images, sequences

MODULES = {
    "mlp": dense.mlp,
    "lenet": images.lenet,
    "resnet20": images.resnet20,
    "vgg16": images.vgg16,
    "inception": images.inception,
    "resnet50": images.resnet50,
    "mobilenet": images.mobilenet,
    "cnn3d": images.cnn3d,
    "autoencoder": images.autoencoder,
    "lstm": sequences.Lstm,
    "gru": sequences.Gru,
    "text_cnn": sequences.TextCnn,
    "transformer": sequences.transformer,
    "bert_mini": sequences.bert_mini,
    "ncf": dense.Ncf,
    "wide_and_deep": dense.WideAndDeep,
}
