"""Operations: what nodes of a functional model call. Layers are operations with state."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from bigdl_keras import tree
from bigdl_keras.core.default_method import default, is_default
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.node import Node
from bigdl_keras.core.remat import remat
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.core.shape_inference import infer_output_spec

_PLAIN_TYPES = (str, int, float, bool, type(None))
_Self = TypeVar("_Self", bound="Operation")


def any_symbolic(*structures: Any) -> bool:
    """Whether a :class:`KerasTensor` is among the leaves."""
    return any(isinstance(x, KerasTensor) for x in tree.flatten(structures))


class Operation(KerasSaveable):
    """A named function of tensors that can be recorded and serialised.

    Subclasses write ``call``. Constructor arguments that are plain values (or nested lists and
    dicts of them) are remembered, so that ``get_config`` needs no writing in simple cases.
    """

    _auto_config: dict[str, Any] | None

    def __new__(cls: type[_Self], *args: Any, **kwargs: Any) -> _Self:
        instance = super().__new__(cls)
        object.__setattr__(instance, "_auto_config", _plain_arguments(cls, args, kwargs))
        return instance

    def __init__(self, name: str | None = None) -> None:
        name = auto_name(type(self).__name__) if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name} (of type {type(name)})"
            )
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Infer the results and record the call."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the results; to be written by subclasses."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `call()`")

    def rematerialized_call(
        self, layer_call: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Callable[..., Any]:
        """`layer_call` with the same values and gradients: what is computed anew is for the memory plan to decide."""
        return remat(layer_call)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic results for symbolic arguments, by tracing ``call``."""
        try:
            return infer_output_spec(self.call, *args, **kwargs)
        except Exception as error:
            error.add_note(
                f"This happened while the output shape of '{self.name}' (of type "
                f"{type(self).__name__}) was inferred. Either its `call()` is incorrect, or its "
                "`compute_output_spec()` / `compute_output_shape()` should be implemented."
            )
            raise

    @default
    def get_config(self) -> dict[str, Any]:
        """The constructor arguments that make an equal operation.

        Raises ``NotImplementedError`` when they were not plain values and the subclass does not
        override this method.
        """
        config: dict[str, Any] = {"name": self.name}
        if not is_default(self.get_config):
            return config
        if self._auto_config is None:
            raise NotImplementedError(
                f"Object {type(self).__name__} was created with arguments that cannot be written "
                "to a config on their own (objects, or `*args`). To make it serializable, override "
                "`get_config()` to return a dict of plain values: call `super().get_config()`, add "
                "each argument of `__init__()` and return the dict"
            )
        config.update(self._auto_config)
        parameters = inspect.signature(type(self).__init__).parameters
        takes_name = "name" in parameters or any(
            p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()
        )
        if not takes_name:
            del config["name"]
        return config

    @classmethod
    def from_config(cls: type[_Self], config: dict[str, Any]) -> _Self:
        """An operation made from what ``get_config`` returned.

        A dtype policy among the values may be given as an object, a name or a serialised dict.
        """
        if isinstance(config.get("dtype"), dict):
            from bigdl_keras import dtype_policies

            policy = dtype_policies.deserialize(config["dtype"])
            is_map = isinstance(policy, dtype_policies.DTypePolicyMap)
            config = {**config, "dtype": policy if is_map else policy.name}
        try:
            return cls(**config)
        except TypeError as error:
            error.add_note(f"This happened while {cls.__name__} was made from config={config}.")
            raise

    @property
    def input(self) -> Any:
        """The symbolic input of the first call; ``AttributeError`` when there was none."""
        return _unpacked(self._first_call("input").input_tensors)

    @property
    def output(self) -> Any:
        """The symbolic output of the first call; ``AttributeError`` when there was none."""
        return _unpacked(self._first_call("output").outputs)

    def _first_call(self, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f"The layer {self.name} has never been called on symbolic inputs and thus has no "
                f"defined {what}."
            )
        return self._inbound_nodes[0]


def _unpacked(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _plain_arguments(
    cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any] | None:
    """The constructor arguments with defaults, without ``name``; ``None`` if any is not plain."""
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError:  # the constructor itself is about to say what is wrong
        return None
    bound.apply_defaults()
    arguments: dict[str, Any] = {}
    for position, (name, value) in enumerate(bound.arguments.items()):
        kind = signature.parameters[name].kind
        if position == 0 or name == "name":
            continue
        if kind is inspect.Parameter.VAR_KEYWORD:
            arguments.update({key: v for key, v in value.items() if key != "name"})
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            if value:
                return None
        elif kind is inspect.Parameter.POSITIONAL_ONLY:
            return None
        else:
            arguments[name] = value
    if all(isinstance(leaf, _PLAIN_TYPES) for leaf in tree.flatten(arguments)):
        return arguments
    return None
