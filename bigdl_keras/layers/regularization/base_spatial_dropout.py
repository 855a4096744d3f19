"""What dropout of whole channels shares."""

from __future__ import annotations

from typing import Any

from bigdl_keras.layers.convolutional.arguments import data_format_name
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.regularization.dropout import Dropout


class BaseSpatialDropout(Dropout):
    """Drops whole channels of a row (Tompson et al. 2014)."""

    rank: int

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.data_format = data_format_name(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _noise_shape(self, inputs: Any) -> Any:
        ones = (1,) * self.rank
        if self.data_format == "channels_first":
            return (inputs.shape[0], inputs.shape[1], *ones)
        return (inputs.shape[0], *ones, inputs.shape[-1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        config = super().get_config()
        # Keras's constructor takes no `trainable` here.
        del config["trainable"]
        config["dtype"] = self.dtype_policy.name
        return config
