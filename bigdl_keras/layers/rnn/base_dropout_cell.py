"""Dropout inside recurrent cells (Gal & Ghahramani 2016): one mask for all steps of a sequence."""

from __future__ import annotations

from typing import Any

from bigdl_keras import ops, random
from bigdl_keras.core.tracking import untracked
from bigdl_keras.layers.builtin_layer import BuiltinLayer


class DropoutCell(BuiltinLayer):
    """A cell with `dropout` on its inputs and `recurrent_dropout` on its first state.

    The layer that runs the cell draws the masks before the first step and forgets them after the last, because a mask
    must be the same at every step and different in every call.
    """

    _dropout_mask: Any
    _recurrent_dropout_mask: Any

    def _init_dropout(self, dropout: float, recurrent_dropout: float, seed: Any) -> None:
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed=seed)
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    @untracked()
    def get_dropout_mask(self, step_input: Any) -> Any:
        """The mask for inputs ``(batch, features)``, drawn if there is none; None without dropout."""
        if self._dropout_mask is None:
            self._dropout_mask = self._draw(step_input, self.dropout)
        return self._dropout_mask

    @untracked()
    def get_recurrent_dropout_mask(self, step_input: Any) -> Any:
        """The mask for a state ``(batch, units)``, drawn if there is none; None without dropout."""
        if self._recurrent_dropout_mask is None:
            self._recurrent_dropout_mask = self._draw(step_input, self.recurrent_dropout)
        return self._recurrent_dropout_mask

    @untracked()
    def reset_dropout_mask(self) -> None:
        """Forget the mask for inputs."""
        self._dropout_mask = None

    @untracked()
    def reset_recurrent_dropout_mask(self) -> None:
        """Forget the mask for states."""
        self._recurrent_dropout_mask = None

    def _draw(self, like: Any, rate: float) -> Any:
        return random.dropout(ops.ones_like(like), rate, seed=self.seed_generator) if rate else None

    # A cell that is called by itself draws anew in each step: a mask that it kept could belong to another trace.
    def _drop_inputs(self, inputs: Any, training: bool | None) -> Any:
        if not training or self.dropout == 0:
            return inputs
        mask = self._dropout_mask
        return ops.multiply(inputs, self._draw(inputs, self.dropout) if mask is None else mask)

    def _drop_state(self, state: Any, training: bool | None) -> Any:
        if not training or self.recurrent_dropout == 0:
            return state
        mask = self._recurrent_dropout_mask
        return ops.multiply(
            state, self._draw(state, self.recurrent_dropout) if mask is None else mask
        )
