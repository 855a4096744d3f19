"""Features brought to mean 0 and variance 1 by statistics of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import config, ops
from bigdl_keras.layers.layer import Layer
from bigdl_keras.layers.preprocessing._adapting import adapt


class Normalization(Layer):
    """``(x - mean) / sqrt(variance)`` for each position of `axis`; `invert` undoes it.

    Give `mean` and `variance`, or call `adapt` with data before use.

    Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}"
            )
        if mean is not None and np.shape(mean) != np.shape(variance):
            raise ValueError(
                "When setting values directly, `mean` and `variance` must have the same shape. Received: mean shape "
                f"{np.shape(mean)} and variance shape {np.shape(variance)}"
            )
        if np.ndim(mean) > len(self.axis):
            raise ValueError(
                f"The rank of `mean` must be at most the number of axes ({len(self.axis)}). "
                f"Received: mean shape {np.shape(mean)} for axis {self.axis}"
            )
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert
        self.supports_masking = True

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the statistics for inputs of this shape."""
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim={rank}, "
                f"while axis={self.axis}"
            )
        self._kept = tuple(sorted(axis % rank for axis in self.axis))
        for axis in self._kept:
            if input_shape[axis] is None:
                raise ValueError(
                    f"All `axis` values to be kept must have a known shape. Received axis={self.axis}, "
                    f"inputs.shape={tuple(input_shape)}, with unknown axis at index {axis}"
                )
        self._wide = tuple(input_shape[axis] if axis in self._kept else 1 for axis in range(rank))
        if self.input_mean is None:
            shape = tuple(input_shape[axis] for axis in self._kept)
            self.adapt_mean = self.add_weight(
                name="mean", shape=shape, initializer="zeros", trainable=False
            )
            self.adapt_variance = self.add_weight(
                name="variance", shape=shape, initializer="ones", trainable=False
            )
            # Stock Keras keeps this count, so files hold it.
            self.count = self.add_weight(
                name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
            )
        self.built = True

    def adapt(self, data: Any) -> None:
        """Learn mean and variance.

        Args:
            data: an array; or batches: a generator, a `PyDataset`, a list or any iterable of arrays, or a
                Spark DataFrame of one column.

        Raises:
            ValueError: there is no data, it does not fit the shape that the layer was built for, or the
                statistics were given.
            TypeError: data of another kind.
        """
        adapt(self, data, None)

    def reset_state(self) -> None:
        """Forget the batches seen."""
        self._seen: Any = None

    def update_state(self, data: Any) -> None:
        """Take in a batch."""
        if self.input_mean is not None:
            raise ValueError(
                f"Normalization layer '{self.name}' was given mean and variance and cannot adapt to "
                "data as well."
            )
        if not hasattr(data, "__array__"):
            raise TypeError(
                f"Normalization layer '{self.name}' adapts to batches that are arrays; got an element "
                f"of type {type(data).__name__}."
            )
        array = np.asarray(data, "float64")
        if not self.built:
            keeps_rows = 0 in {axis % array.ndim for axis in self.axis}
            self.build(array.shape if keeps_rows else (None, *array.shape[1:]))
        if any(array.shape[axis] != self._wide[axis] for axis in self._kept):
            raise ValueError(
                f"Normalization layer '{self.name}' was built for {self._wide} along the axes "
                f"{self._kept}, but adapt() was given data with the incompatible shape {array.shape}"
            )
        axes = tuple(axis for axis in range(array.ndim) if axis not in self._kept)
        count = np.prod([array.shape[axis] for axis in axes])
        part = (count, array.mean(axis=axes), array.var(axis=axes))
        self._seen = part if self._seen is None else _merged(self._seen, part)

    def finalize_state(self) -> None:
        """Set mean and variance from the batches seen."""
        if self._seen is None:
            raise ValueError(
                "adapt() received an empty iterable: expected an array or at least one batch."
            )
        _, mean, variance = self._seen
        self.adapt_mean.assign(mean.astype("float32"))
        self.adapt_variance.assign(variance.astype("float32"))
        self.reset_state()

    def call(self, inputs: Any) -> Any:
        """Normalise."""
        x = ops.cast(inputs, self.compute_dtype)
        mean, variance = self._statistics()
        deviation = ops.maximum(ops.sqrt(variance), config.epsilon())
        return x * deviation + mean if self.invert else (x - mean) / deviation

    @property
    def mean(self) -> Any:
        """The mean, broadcastable to the inputs."""
        return self._statistics()[0]

    @property
    def variance(self) -> Any:
        """The variance, broadcastable to the inputs."""
        return self._statistics()[1]

    def _statistics(self) -> tuple[Any, Any]:
        if self.input_mean is None:
            mean, variance = self.adapt_mean.value, self.adapt_variance.value
        else:
            mean, variance = self._spread(self.input_mean), self._spread(self.input_variance)
        return self._broadcastable(mean), self._broadcastable(variance)

    def _broadcastable(self, value: Any) -> Any:
        return ops.cast(ops.reshape(value, self._wide), self.compute_dtype)

    def _spread(self, value: Any) -> np.ndarray:
        shape = tuple(self._wide[axis] for axis in self._kept)
        return np.broadcast_to(np.asarray(value, "float32"), shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config_ = Layer.get_config(self) | {"axis": self.axis, "invert": self.invert}
        for name, value in (("mean", self.input_mean), ("variance", self.input_variance)):
            config_[name] = None if value is None else np.asarray(value).tolist()
        return config_


def _merged(left: Any, right: Any) -> Any:
    """Count, mean and variance of two sets together (Chan et al. 1979)."""
    (n, mean, var), (m, other_mean, other_var) = left, right
    share = m / (n + m)
    apart = other_mean - mean
    return (
        n + m,
        mean + apart * share,
        var + (other_var - var) * share + apart**2 * share * (1 - share),
    )
