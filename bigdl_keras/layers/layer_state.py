"""What a layer keeps: its variables, its sub-layers, and how they are listed, set and saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bigdl_keras.core.changes import note_change
from bigdl_keras.core.operation import Operation
from bigdl_keras.core.tracking import Tracker
from bigdl_keras.core.variable import Variable

_LOCKED = (
    "You cannot add new elements of state (variables or sub-layers) to a layer that is already "
    "built. All state must be created in the `__init__()` method or in the `build()` method."
)


def _distinct(items: Iterable[Any]) -> list[Any]:
    """The items in order, each once."""
    return list({id(item): item for item in items}.values())


class LayerState(Operation):
    """Attributes that are variables, layers, metrics or seed generators are tracked.

    So are those in lists, dicts and sets assigned to attributes, whenever they are added.
    """

    _tracker: Tracker
    _trainable: bool
    built: bool

    def _get_tracker(self) -> Tracker:
        # Made at the first assignment: subclasses may assign before `super().__init__()`.
        tracker = self.__dict__.get("_tracker")
        if tracker is None:
            tracker = Tracker(is_layer=_is_layer)
            object.__setattr__(self, "_tracker", tracker)
        return tracker

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get(name, self) is not value:
            note_change()
        super().__setattr__(name, self._get_tracker().track(value))

    def __delattr__(self, name: str) -> None:
        value = getattr(self, name, None)
        super().__delattr__(name)
        self._get_tracker().untrack(value)

    def _lock_state(self) -> None:
        self._get_tracker().lock_message = _LOCKED

    @property
    def _trainable_variables(self) -> list[Variable]:
        return self._get_tracker().stores["trainable_variables"]

    @property
    def _non_trainable_variables(self) -> list[Variable]:
        return self._get_tracker().stores["non_trainable_variables"]

    @property
    def _own_variables(self) -> list[Variable]:
        return self._trainable_variables + self._non_trainable_variables

    @property
    def _layers(self) -> list[Any]:
        return self._get_tracker().stores["layers"]

    @property
    def _metrics(self) -> list[Any]:
        return self._get_tracker().stores["metrics"]

    @property
    def _seed_generators(self) -> list[Any]:
        return self._get_tracker().stores["seed_generators"]

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """This layer and those below it, depth first, each once."""
        found: dict[int, Any] = {id(self): self} if include_self else {}
        waiting = list(reversed(self._layers))
        while waiting:
            layer = waiting.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    waiting.extend(reversed(layer._layers))
        return list(found.values())

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights; setting it sets all layers and variables below."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._trainable_variables:
            variable.trainable = self._trainable
        for layer in self._layers:
            layer.trainable = self._trainable

    @property
    def variables(self) -> list[Variable]:
        """All state, random seeds included, without that of metrics."""
        below = [v for layer in self._layers for v in layer.variables]
        seeds = [generator.state for generator in self._seed_generators]
        return _distinct([*self._own_variables, *seeds, *below])

    @property
    def trainable_variables(self) -> list[Variable]:
        """The state that training changes by gradients."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The rest of ``variables``."""
        return [v for v in self.variables if not v.trainable] if self.trainable else self.variables

    @property
    def weights(self) -> list[Variable]:
        """The variables of this layer and those below it, without random seeds."""
        return _distinct([*self._own_variables, *(v for sub in self._layers for v in sub.weights)])

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes by gradients."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The rest of ``weights``."""
        return [v for v in self.weights if not v.trainable] if self.trainable else self.weights

    @property
    def metrics(self) -> list[Any]:
        """The metrics that this layer and those below it own."""
        return [*self._metrics, *(metric for layer in self._layers for metric in layer.metrics)]

    @property
    def metrics_variables(self) -> list[Variable]:
        """The state of ``metrics``."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the values of ``weights``."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of ``weights``, given in that order.

        Raises ``ValueError`` when their number or a shape differs; nothing is set then.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of "
                f"length {len(weights)}, but the layer was expecting {len(own)} weights."
            )
        for variable, value in zip(own, weights, strict=True):
            if variable.shape != np.shape(value):
                raise ValueError(
                    f"Layer {self.name} weight shape {variable.shape} (of '{variable.path}') is "
                    f"not compatible with provided weight shape {np.shape(value)}."
                )
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """The number of scalars in ``weights``; ``ValueError`` before the layer is built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't "
                "built. You can build it manually via: `layer.build(input_shape)`."
            )
        return sum(variable.size for variable in self.weights)

    def save_own_variables(self, store: Any) -> None:
        """Put the variables of this very layer into ``store`` (a dict), keyed by number."""
        for index, variable in enumerate(self._own_variables):
            store[str(index)] = variable

    def load_own_variables(self, store: Any) -> None:
        """Take the variables of this very layer from ``store``.

        Raises ``ValueError`` when there are more or fewer, or a shape differs.
        """
        own = self._own_variables
        if len(store.keys()) != len(own):
            if not own and not self.built:
                raise ValueError(
                    f"Layer '{self.name}' was never built and thus it doesn't have any variables. "
                    f"However the weights file lists {len(store.keys())} variables for this "
                    "layer. Either the `build()` of the layer that owns it does not build it, or "
                    "it needs a `build_from_config()` that creates its state."
                )
            raise ValueError(
                f"Layer '{self.name}' expected {len(own)} variables, but received "
                f"{len(store.keys())} variables during loading. "
                f"Expected: {[variable.name for variable in own]}"
            )
        for index, variable in enumerate(own):
            variable.assign(store[str(index)])


def _is_layer(value: Any) -> bool:
    return isinstance(value, LayerState)
