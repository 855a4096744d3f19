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

    def _init_dropout(self, dropout: float, recurrent_dropout: float, seed: Any) -> None:
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed=seed)
        self.reset_dropout_masks()

    @untracked()
    def draw_dropout_masks(self, inputs: Any, state: Any) -> None:
        """Draw masks for inputs ``(batch, features)`` and a state ``(batch, units)``."""
        self._input_mask = self._draw(inputs, self.dropout)
        self._state_mask = self._draw(state, self.recurrent_dropout)

    @untracked()
    def reset_dropout_masks(self) -> None:
        """Forget the masks."""
        self._input_mask = None
        self._state_mask = None

    def _draw(self, like: Any, rate: float) -> Any:
        return random.dropout(ops.ones_like(like), rate, seed=self.seed_generator) if rate else None

    def _drop_inputs(self, inputs: Any, training: bool | None) -> Any:
        if not training or self.dropout == 0:
            return inputs
        mask = self._draw(inputs, self.dropout) if self._input_mask is None else self._input_mask
        return ops.multiply(inputs, mask)

    def _drop_state(self, state: Any, training: bool | None) -> Any:
        if not training or self.recurrent_dropout == 0:
            return state
        mask = (
            self._draw(state, self.recurrent_dropout)
            if self._state_mask is None
            else self._state_mask
        )
        return ops.multiply(state, mask)
