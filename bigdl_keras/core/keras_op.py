"""Functions of tensors that also take variables and symbolic tensors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.operation import Operation

P = ParamSpec("P")
R = TypeVar("R")

# Parameters of operations that stand for tensors. The rest are settings: Keras's files keep the two
# apart (see `OpCall`).
_TENSOR_PARAMETERS = frozenset(
    """
    a angle array beta bias choicelist condition condlist constant_values coordinates data default
    depthwise_kernel elements elems end_points false_fn gamma image1 image2 images index indices init
    inputs kernel key mask mean offset operands output output_length pointwise_kernel pred
    predictions q query scale segment_ids sequence_lengths sorted_sequence start start_indices
    start_points step stop target target_length targets tensor transform translation true_fn updates
    value values variance x x1 x2 xs y
    """.split()  # noqa: SIM905 (a list would be a page long)
)

# Exact types of arguments that need a closer look before the body of an operation may run.
_special_types: set[type] = {list, tuple, dict, KerasTensor}
_valued_types: set[type] = set()


def register_operand(cls: type) -> None:
    """Let operations take objects of exactly this class, through their attribute ``value``."""
    _special_types.add(cls)
    _valued_types.add(cls)


def register_container(cls: type) -> None:
    """Let operations look into containers of exactly this class (of a list, tuple or dict)."""
    _special_types.add(cls)


def keras_op(function: Callable[P, R]) -> Callable[P, R]:
    """Make an operation of a function written for arrays and traced tensors.

    Called with a :class:`KerasTensor` anywhere among its arguments it records a node of a
    functional model and returns symbolic tensors; otherwise variables are replaced by their values
    and the body runs.
    """

    @functools.wraps(function)
    def operation(*args: Any, **kwargs: Any) -> Any:
        for arg in args:
            if type(arg) in _special_types:
                return _call(operation, function, args, kwargs)
        for arg in kwargs.values():
            if type(arg) in _special_types:
                return _call(operation, function, args, kwargs)
        return function(*args, **kwargs)

    operation.keras_op = True  # type: ignore[attr-defined]
    return operation


def _call(
    operation: Callable[..., Any],
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    if _holds_symbolic(args) or _holds_symbolic(kwargs):
        return _record(operation, args, kwargs)
    args = tuple([_valued(arg) for arg in args])
    return function(*args, **{name: _valued(arg) for name, arg in kwargs.items()})


def _holds_symbolic(x: Any) -> bool:
    if isinstance(x, KerasTensor):
        return True
    if type(x) not in _special_types:
        return False
    if isinstance(x, dict):
        return any(_holds_symbolic(item) for item in x.values())
    return isinstance(x, (list, tuple)) and any(_holds_symbolic(item) for item in x)


def _valued(x: Any) -> Any:
    """``x`` with the variables in it replaced by their values."""
    kind = type(x)
    if kind not in _special_types:
        return x
    if kind in _valued_types:
        return x.value
    if isinstance(x, dict):
        return {key: _valued(item) for key, item in x.items()}
    return [_valued(item) for item in x] if isinstance(x, list) else tuple(map(_valued, x))


def _record(operation: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    bound = inspect.signature(operation).bind(*args, **kwargs)
    bound.apply_defaults()
    operands: list[Any] = []
    named_operands: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    positional = True
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            operands.extend(value)
        elif kind is inspect.Parameter.VAR_KEYWORD:
            settings.update(value)
        elif name not in _TENSOR_PARAMETERS and not _holds_symbolic(value):
            settings[name] = value
            positional = False
        elif positional and kind is not inspect.Parameter.KEYWORD_ONLY:
            operands.append(value)
        else:
            named_operands[name] = value
    return OpCall(operation, settings)(*operands, **named_operands)


class OpCall(Operation):
    """An operation of ``bigdl_keras.ops`` in a functional model.

    Args:
        function: the operation.
        settings: its arguments that are no tensors.
        name: defaults to the name of the function, numbered.
    """

    def __init__(
        self, function: Callable[..., Any], settings: dict[str, Any], name: str | None = None
    ) -> None:
        super().__init__(name or auto_name(function.__name__))
        self.function = function
        self.settings = settings

    def _obj_type(self) -> str:
        return "Operation"

    def call(self, *operands: Any, **named_operands: Any) -> Any:
        """Run the function on ``operands`` with the settings."""
        settings = dict(self.settings)
        leading = []
        parameters = inspect.signature(self.function).parameters.values()
        if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
            # Settings that stand before `*operands` can only be passed by position.
            for parameter in parameters:
                if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                    break
                leading.append(settings.pop(parameter.name))
        return self.function(*leading, *operands, **named_operands, **settings)

    def get_config(self) -> dict[str, Any]:
        """The name and the settings, as Keras keeps them."""
        return {"name": self.name, **self.settings}

    def __repr__(self) -> str:
        return f"<OpCall {self.function.__name__} name={self.name}>"
