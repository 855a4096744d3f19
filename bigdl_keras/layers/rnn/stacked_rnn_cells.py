"""Several cells as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops, saving, tree
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.layer import Layer
from bigdl_keras.layers.rnn.cell_sizes import output_size


class StackedRNNCells(BuiltinLayer):
    """The output of each cell is the input of the next.

    Source: https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            if not callable(getattr(cell, "call", None)):
                raise ValueError(
                    f"All cells must have a `call` method. Received cell without a `call` method: {cell}"
                )
            if not hasattr(cell, "state_size"):
                raise ValueError(
                    f"All cells must have a `state_size` attribute. Received cell without a `state_size`: {cell}"
                )
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The state sizes of the cells."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The output size of the last cell."""
        return output_size(self.cells[-1])

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """The initial states of the cells."""
        states = []
        for cell in self.cells:
            make = getattr(cell, "get_initial_state", None)
            if make is not None:
                states.append(make(batch_size=batch_size))
            elif isinstance(cell.state_size, int):
                states.append(ops.zeros((batch_size, cell.state_size), dtype=self.compute_dtype))
            else:
                states.append(
                    [ops.zeros((batch_size, n), dtype=self.compute_dtype) for n in cell.state_size]
                )
        return states

    def build(self, input_shape: Sequence[Any]) -> None:
        """Build each cell for the output of the one before."""
        shape = tuple(input_shape)
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(shape)
                cell.built = True
            shape = (shape[0], output_size(cell))
        self.built = True

    def call(
        self, inputs: Any, states: Sequence[Any], training: bool = False, **kwargs: Any
    ) -> tuple[Any, list[Any]]:
        """One step through all cells, each of which is also given `kwargs`."""
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            options = dict(kwargs)
            if getattr(cell, "_call_has_training_arg", False):
                options["training"] = training
            several = tree.is_nested(state)
            run = cell if callable(cell) else cell.call
            inputs, state = run(inputs, list(state) if several else [state], **options)
            state = list(state) if tree.is_nested(state) else [state]
            new_states.append(state if several else state[0])
        return inputs, new_states

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> StackedRNNCells:
        """The cells that `get_config` describes."""
        config = dict(config)
        cells = [
            saving.deserialize_keras_object(cell, custom_objects=custom_objects)
            for cell in config.pop("cells")
        ]
        return cls(cells, **config)
