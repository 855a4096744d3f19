"""Different optimizers for different variables."""

from collections.abc import Callable, Sequence
from typing import Any, Self

from bigdl_keras.core.variable import Variable
from bigdl_keras.optimizers.optimizer import Optimizer
from bigdl_keras.optimizers.optimizer_map import OptimizerMap, check_part


class MultiOptimizer(Optimizer):
    """Leaves each variable to the optimizer that a map or function names for it.

    Rates, clipping and the like are those of the parts, see `optimizers`.

    Args:
        optimizer_map: an `OptimizerMap`, or a function from a variable to its optimizer.
        loss_scale_factor: loss scale of all parts.
        name: name of the optimizer.
    """

    delegates = True

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        self._optimizers: list[Optimizer] = []
        super().__init__(learning_rate=0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._optimizer_map = optimizer_map
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in [*optimizer_map.values(), optimizer_map.default_optimizer]:
                self._add(optimizer)

    def _add(self, optimizer: Optimizer) -> None:
        if optimizer not in self._optimizers:
            optimizer.loss_scale_factor = self.loss_scale_factor
            self._optimizers.append(optimizer)

    def build(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            return
        self._optimizer_of: dict[Variable, Optimizer] = {}
        for variable in var_list:
            optimizer = self._optimizer_map(variable)
            check_part(optimizer, f"variable '{variable.path}'")
            self._add(optimizer)
            self._optimizer_of[variable] = optimizer
        for optimizer, own in self._parts(var_list):
            optimizer.build(own)
        super().build(var_list)

    def _parts(self, variables: Sequence[Variable]) -> list[tuple[Optimizer, list[Variable]]]:
        """Each optimizer that has any of `variables`, with those."""
        parts = [
            (optimizer, [v for v in variables if self._optimizer_of[v] is optimizer])
            for optimizer in self._optimizers
        ]
        return [(optimizer, own) for optimizer, own in parts if own]

    @property
    def optimizers(self) -> list[Optimizer]:
        """The parts."""
        return self._optimizers

    @property
    def variables(self) -> list[Variable]:
        """Own state, then that of each part."""
        return [*self._variables, *(v for part in self._optimizers for v in part.variables)]

    @property
    def learning_rate(self) -> Any:
        """`AttributeError`: each part has its own."""
        raise AttributeError(self._no_learning_rate())

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(self._no_learning_rate())

    def _no_learning_rate(self) -> str:
        return (
            f"MultiOptimizer '{self.name}' has no learning rate of its own; use that of each of "
            "its `optimizers`."
        )

    @property
    def loss_scale_factor(self) -> float | None:
        """The loss scale of all parts."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in self._optimizers:
            optimizer.loss_scale_factor = value

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """One step of every part; see `Optimizer.apply`."""
        if not grads:
            return
        variables = self._checked_variables(grads, trainable_variables)
        gradient_of = dict(zip(variables, grads, strict=True))
        for optimizer, own in self._parts(variables):
            optimizer.apply([gradient_of[variable] for variable in own], own)
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        if self.built:
            for optimizer, own in self._parts(var_list):
                optimizer.finalize_variable_values(own)

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {
            "optimizer_map": serialize_keras_object(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        from bigdl_keras.saving import deserialize_keras_object

        mapped = deserialize_keras_object(config["optimizer_map"], custom_objects)
        return cls(**{**config, "optimizer_map": mapped})
