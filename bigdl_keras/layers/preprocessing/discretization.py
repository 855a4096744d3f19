"""Numbers into ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bigdl_keras import config, ops
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.preprocessing import _quantiles
from bigdl_keras.layers.preprocessing._adapting import adapt
from bigdl_keras.layers.preprocessing._encoding import (
    check_choice,
    encode,
    encoded_shape,
    refuse_sparse,
)
from bigdl_keras.layers.preprocessing._texts import as_values


class Discretization(BuiltinLayer):
    """The number of the range that each value lies in.

    Give `bin_boundaries`, or `num_bins` ranges of equally many values, learnt by `adapt`.

    Source: https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        refuse_sparse(sparse, "Discretization")
        modes = ("int", "one_hot", "multi_hot", "count")
        check_choice(output_mode, modes, "Discretization", "output_mode")
        if num_bins is not None and num_bins < 0:
            raise ValueError(
                f"`num_bins` must be greater than or equal to 0. Received: `num_bins={num_bins}`"
            )
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError(
                "Both `num_bins` and `bin_boundaries` should not be set. Received: "
                f"`num_bins={num_bins}` and `bin_boundaries={bin_boundaries}`"
            )
        if num_bins is None and bin_boundaries is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        given = bin_boundaries is not None
        self.bin_boundaries = np.asarray(bin_boundaries).tolist() if given else None
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.output_mode = output_mode
        self.sparse = sparse
        self.summary: Any = None if given else _quantiles.EMPTY
        self._allow_non_tensor_positional_args = True
        self.built = True

    @property
    def input_dtype(self) -> str:
        """Float inputs are compared in the default float dtype."""
        return config.floatx()

    @property
    def output_dtype(self) -> str:
        """The dtype of its outputs."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn boundaries between ranges of about equally many values.

        Args:
            data: an array, or batches: a generator, a `PyDataset`, any iterable of arrays, or a Spark
                DataFrame of one column.
            steps: at most so many batches.
        """
        if self.num_bins is None:
            raise ValueError(
                "Cannot adapt a Discretization layer that has been initialized with "
                "`bin_boundaries`, use `num_bins` instead."
            )
        adapt(self, data, steps)

    def update_state(self, data: Any) -> None:
        """Take in a batch."""
        summary = _quantiles.summary_of(np.asarray(data, "float32"), self.epsilon)
        self.summary = _quantiles.merged(summary, self.summary, self.epsilon)

    def finalize_state(self) -> None:
        """Set the boundaries from the batches seen."""
        if self.num_bins is not None:
            self.bin_boundaries = _quantiles.boundaries(self.summary, self.num_bins).tolist()
            self._adaptations += 1

    def reset_state(self) -> None:
        """Forget the batches seen."""
        if self.num_bins is not None:
            self.summary = _quantiles.EMPTY

    def call(self, inputs: Any) -> Any:
        """Number the ranges, and encode the numbers."""
        if self.bin_boundaries is None:
            raise ValueError(
                f"Discretization layer '{self.name}' has no boundaries: pass `bin_boundaries` at "
                "construction time, or call `adapt(data)` before using it."
            )
        bounds = np.asarray(self.bin_boundaries, self.input_dtype)
        numbers = ops.digitize(as_values(inputs), bounds)
        return encode(numbers, self.output_mode, len(bounds) + 1, self.output_dtype)

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the numbers, or of their vectors."""
        bounds = self.bin_boundaries
        depth = self.num_bins if bounds is None else len(bounds) + 1
        return encoded_shape(input_shape, self.output_mode, depth)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """The symbolic outputs for symbolic inputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.output_dtype)

    def load_own_variables(self, store: Any) -> None:
        """Old files keep the summary as a variable; new ones the boundaries in the config."""
        if len(store) == 1:
            self.summary = store["0"]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; after `adapt` both boundaries and their number."""
        given = super().get_config()
        del given["trainable"]
        return given | {"dtype": self.dtype, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Discretization:
        """The layer that `get_config` described, with the boundaries it had learnt."""
        bounds = config.get("bin_boundaries")
        if bounds is None or config.get("num_bins") is None:
            return super().from_config(config)
        layer = super().from_config({**config, "bin_boundaries": None})
        layer.bin_boundaries = bounds
        return layer
