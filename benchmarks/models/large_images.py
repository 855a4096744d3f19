"""Convolution nets on images of 224 x 224 with a thousand classes."""


def resnet50(keras):
    """He et al. 2015; the strides are in the 3 x 3 convolutions, as it is trained today."""
    layers = keras.layers

    def normalised(x, filters, size, stride=1):
        x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(normalised(inputs, 64, 7, 2))
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            stride = 2 if block == 0 and filters > 64 else 1
            shortcut = normalised(x, 4 * filters, 1, stride) if block == 0 else x
            y = layers.ReLU()(normalised(x, filters, 1))
            y = layers.ReLU()(normalised(y, filters, 3, stride))
            x = layers.ReLU()(layers.Add()([normalised(y, 4 * filters, 1), shortcut]))
    outputs = layers.Dense(1000, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)


# Filters of each inception: 1x1; 1x1 and 3x3; 1x1 and 5x5; 1x1 after the pool. None: a pool between them.
INCEPTIONS = (
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    None,
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    None,
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
)


def inception(keras):
    """Szegedy et al. 2014, table 1, without its side classifiers and local normalisation."""
    layers = keras.layers

    def convolved(x, filters, size, stride=1):
        return layers.Conv2D(filters, size, stride, padding="same", activation="relu")(x)

    def pooled(x, stride):
        return layers.MaxPooling2D(3, stride, padding="same")(x)

    inputs = keras.Input((224, 224, 3))
    x = pooled(convolved(inputs, 64, 7, 2), 2)
    x = pooled(convolved(convolved(x, 64, 1), 192, 3), 2)
    for filters in INCEPTIONS:
        if filters is None:
            x = pooled(x, 2)
            continue
        one, before3, three, before5, five, after_pool = filters
        branches = [
            convolved(x, one, 1),
            convolved(convolved(x, before3, 1), three, 3),
            convolved(convolved(x, before5, 1), five, 5),
            convolved(pooled(x, 1), after_pool, 1),
        ]
        x = layers.Concatenate()(branches)
    x = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


# Filters and strides of MobileNet's blocks.
SEPARABLE = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)


def mobilenet(keras):
    """Howard et al. 2017: depthwise and pointwise convolutions in turn."""
    layers = keras.layers

    def normalised(x, convolution):
        return layers.ReLU()(layers.BatchNormalization()(convolution(x)))

    given = {"padding": "same", "use_bias": False}
    inputs = keras.Input((224, 224, 3))
    x = normalised(inputs, layers.Conv2D(32, 3, 2, **given))
    for filters, stride in SEPARABLE:
        x = normalised(x, layers.DepthwiseConv2D(3, stride, **given))
        x = normalised(x, layers.Conv2D(filters, 1, **given))
    outputs = layers.Dense(1000, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)
