"""A recurrent layer around any cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_keras import ops, regularizers, saving, tree
from bigdl_keras.core.default_method import default
from bigdl_keras.core.tracking import untracked
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.builtin_layer import BuiltinLayer
from bigdl_keras.layers.input_spec import InputSpec
from bigdl_keras.layers.layer import Layer
from bigdl_keras.layers.rnn.base_dropout_cell import DropoutCell
from bigdl_keras.layers.rnn.cell_sizes import output_size
from bigdl_keras.layers.rnn.loop import run_over_time

_LOOP_SETTINGS = (
    *("return_sequences", "return_state", "go_backwards", "stateful", "unroll"),
    "zero_output_for_mask",
)


class RNN(BuiltinLayer):
    """Runs a cell over the steps of ``(batch, time, ...)``.

    A cell has ``call(inputs, states) -> (output, states)`` and ``state_size``; a list of cells is stacked.

    Source: https://keras.io/api/layers/recurrent_layers/rnn/
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        from bigdl_keras.layers.rnn.stacked_rnn_cells import StackedRNNCells

        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not callable(getattr(cell, "call", None)):
            raise ValueError(f"Argument `cell` should have a `call` method. Received: cell={cell}")
        if not hasattr(cell, "state_size"):
            raise ValueError(
                "The RNN cell should have a `state_size` attribute (single integer or list of integers, one per "
                f"state). Received: cell={cell}"
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.input_spec = None
        size = cell.state_size
        if not isinstance(size, int | list | tuple):
            raise ValueError(
                "state_size must be an integer, or a list/tuple of integers (one for each state tensor). "
                f"Received: {size}"
            )
        self.state_size = [size] if isinstance(size, int) else list(size)
        self.single_state = isinstance(size, int)
        self.states: list[Any] | None = None

    def build(self, sequences_shape: Sequence[Any], initial_state_shape: Any = None) -> None:
        """Build the cell for one step, and the states of a stateful layer."""
        step_shape = (sequences_shape[0], *sequences_shape[2:])
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(step_shape)
            self.cell.built = True
        if self.stateful and self.states is None:
            if sequences_shape[0] is None:
                raise ValueError(
                    "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: "
                    f"sequence.shape={tuple(sequences_shape)} (layer {self.name!r}); give Input a batch_size."
                )
            self._make_states(sequences_shape[0])
        self.built = True

    @untracked()
    def _make_states(self, batch_size: int) -> None:
        self.states = tree.map_structure(
            lambda value: Variable(
                value, trainable=False, dtype=self.variable_dtype, name="rnn_state"
            ),
            self.get_initial_state(batch_size),
        )

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Zeros, or what the cell says, for each state."""
        make = getattr(self.cell, "get_initial_state", None)
        if make is None:
            dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
            return [ops.zeros((batch_size, size), dtype=dtype) for size in self.state_size]
        states = make(batch_size=batch_size)
        return list(states) if tree.is_nested(states) else [states]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for state in tree.flatten(self.states or []):
            state.assign(ops.zeros_like(state.value))

    reset_states = reset_state

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Run over time.

        Returns:
            The last output or (`return_sequences`) all of them, followed (`return_state`) by the last states.
        """
        if self.unroll and not isinstance(sequences.shape[1], int):
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined: give Input the number of steps "
                f"(layer {self.name!r})."
            )
        if len(sequences.shape) < 3:
            raise ValueError(
                "Sequences have at least the axes batch, time and features. "
                f"Received: sequence.shape={tuple(sequences.shape)} (layer {self.name!r})"
            )
        states = self._first_states(sequences, initial_state)
        last, outputs, states = self.inner_loop(sequences, states, mask, training)
        if self.stateful:
            for kept, state in zip(tree.flatten(self.states), tree.flatten(states), strict=True):
                kept.assign(state)
        output = outputs if self.return_sequences else last
        return (output, *states) if self.return_state else output

    def _first_states(self, sequences: Any, initial_state: Any) -> list[Any]:
        batch = ops.shape(sequences)[0]
        if initial_state is None and self.stateful:
            expected = tree.flatten(self.states)[0].shape[0]
            if isinstance(batch, int) and batch != expected:
                raise ValueError(
                    "If an RNN is stateful, the batch size of the input sequences must be the same as the batch size "
                    f"of its states. Expected {expected}, received {batch} (layer {self.name!r})."
                )
            initial_state = self.states
        if initial_state is None:
            initial_state = self.get_initial_state(batch)
        if not tree.is_nested(initial_state):
            initial_state = [initial_state]
        if len(initial_state) != len(self.state_size):
            raise ValueError(
                f"Layer {self.name!r} has {len(self.state_size)} states. Received {len(initial_state)} "
                "of them as `initial_state`."
            )
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        return tree.map_structure(
            lambda x: ops.convert_to_tensor(x, dtype=dtype), list(initial_state)
        )

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Run the cell over all steps.

        Args:
            sequences: ``(batch, time, ...)``.
            initial_state: the states before the first step, a list.
            mask: bool ``(batch, time)`` or None.
            training: whether dropout is on.

        Returns:
            The last output, all outputs ``(batch, time, ...)`` in the order of the steps, the last states.
        """
        # The masks must be drawn outside the loop over time.
        if training:
            _draw_masks(self.cell, sequences[:, 0], initial_state)
        try:
            return run_over_time(
                lambda inputs, states: self._step(inputs, states, training),
                self._before_loop(sequences, training),
                initial_state,
                mask=mask,
                go_backwards=self.go_backwards,
                unroll=self.unroll,
                zero_output_for_mask=self.zero_output_for_mask,
            )
        finally:
            _forget_masks(self.cell)

    def _before_loop(self, sequences: Any, training: bool) -> Any:
        """What `_step` reads, for all steps at once."""
        return sequences

    def _step(self, inputs: Any, states: list[Any], training: bool) -> tuple[Any, list[Any]]:
        kwargs = {}
        if isinstance(self.cell, Layer) and self.cell._call_has_training_arg:
            kwargs["training"] = training
        output, new = self.cell(inputs, states, **kwargs)
        return output, list(new) if tree.is_nested(new) else [new]

    @default
    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """The shape of the outputs, and of the states if they are returned."""
        states = {"initial_state_shape": initial_state_shape} if initial_state_shape else {}
        return Layer.compute_output_shape(self, sequences_shape, **states)

    def compute_mask(self, _: Any, mask: Any) -> Any:
        """The mask of the inputs where all steps are returned; none for states."""
        flat = tree.flatten(mask)
        kept = flat[0] if flat and self.return_sequences else None
        return [kept, *(None for _ in self.state_size)] if self.return_state else kept

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> RNN:
        """The layer that `get_config` describes."""
        config = dict(config)
        cell = saving.deserialize_keras_object(config.pop("cell"), custom_objects=custom_objects)
        return cls(cell, **config)


def _draw_masks(cell: Any, inputs: Any, states: Any) -> None:
    if isinstance(cell, DropoutCell):
        cell.get_dropout_mask(inputs)
        cell.get_recurrent_dropout_mask(tree.flatten(states)[0])
        return
    for inner, state in zip(getattr(cell, "cells", ()), states, strict=False):
        _draw_masks(inner, inputs, state)
        # The next cell's inputs have the size of this one's output.
        first = tree.flatten(state)[0]
        inputs = ops.zeros((ops.shape(first)[0], output_size(inner)), dtype=first.dtype)


def _forget_masks(cell: Any) -> None:
    if isinstance(cell, DropoutCell):
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()
    for inner in getattr(cell, "cells", ()):
        _forget_masks(inner)


class CellLayer(RNN):
    """A recurrent layer with a cell of its own, whose arguments are the cell's and `RNN`'s."""

    input_rank = 3

    def __init__(self, cell: Layer, **kwargs: Any) -> None:
        # How stock Keras groups the products; the values do not depend on it.
        kwargs.pop("implementation", None)
        super().__init__(cell, **kwargs)
        self.input_spec = InputSpec(ndim=self.input_rank)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        config = self.cell.get_config() | Layer.get_config(self)
        for name in _LOOP_SETTINGS:
            config[name] = getattr(self, name)
        config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    def __getattr__(self, name: str) -> Any:
        # `units`, `activation`, `kernel_initializer` ... are read through to the cell.
        cell = self.__dict__.get("cell")
        if cell is not None and name in _arguments_of(type(cell)):
            return getattr(cell, name)
        return super().__getattribute__(name)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:  # type: ignore[override]
        """The layer that `get_config` describes."""
        return cls(**config)


def _arguments_of(cell: Any) -> Any:
    return cell.__init__.__code__.co_varnames
