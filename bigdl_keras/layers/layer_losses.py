"""The losses that a layer adds to what training minimises."""

from __future__ import annotations

from typing import Any

from bigdl_backend.graph.replica import global_size, world_size
from bigdl_backend.primitives import functional
from bigdl_keras import tree
from bigdl_keras.core.trace_scope import get_stateless_scope
from bigdl_keras.layers.call_spec import is_tensor
from bigdl_keras.layers.layer_state import LayerState


class LayerLosses(LayerState):
    """Losses added in ``call``, and penalties on weights and outputs."""

    _losses: list[Any]
    activity_regularizer: Any

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Gone from Keras 3: raises ``NotImplementedError``."""
        raise NotImplementedError(
            f"Layer {type(self).__name__} has no `add_metric()`: give metrics to `compile(metrics=[...])`, or keep a "
            "metric as an attribute of the layer and call its `update_state()`."
        )

    def add_loss(self, loss: Any) -> None:
        """Add a scalar (or several) computed in ``call`` to what training minimises."""
        losses = tree.flatten(loss)
        for x in losses:
            if not is_tensor(x):
                raise ValueError(
                    "`add_loss()` can only be called from inside `build()` or `call()`, on a "
                    f"tensor input. Received invalid value: {x}"
                )
        scope = get_stateless_scope()
        if scope is None:
            self._losses.extend(losses)
        else:
            scope.add_loss(self, losses)

    @property
    def losses(self) -> list[Any]:
        """Scalars from ``add_loss`` and from regularizers, of this layer and those below it."""
        scope = get_stateless_scope()
        added: list[Any] = []
        for layer in self._flatten_layers():
            added.extend(layer._losses if scope is None else scope.losses_of(layer))
        penalties = [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer]
        return [*added, *penalties]

    def _clear_losses(self) -> None:
        scope = get_stateless_scope()
        for layer in self._flatten_layers():
            layer._losses.clear()
            if scope is not None:
                scope.clear_losses_of(layer)

    def _add_activity_loss(self, outputs: Any) -> None:
        if self.activity_regularizer is None:
            return
        for output in tree.flatten(outputs):
            if is_tensor(output):
                loss = functional.as_value(self.activity_regularizer(output))
                if output.ndim:
                    # Per sample, so that the strength does not depend on the batch size. Added
                    # losses are averaged over workers, hence the number of workers.
                    row_sums = functional.sum(output, axis=tuple(range(1, output.ndim)))
                    rows = functional.maximum(global_size(row_sums, loss.dtype), 1)
                    loss = functional.divide(loss * world_size(loss.dtype), rows)
                self.add_loss(loss)
