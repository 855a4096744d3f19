"""All values of a model as nested dicts of names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bigdl_keras.core.variable import Variable

_FORMATS = ("backend_tensor", "numpy_array")


def _kinds(model: Any) -> dict[str, list[Variable]]:
    optimizer = getattr(model, "optimizer", None)
    return {
        "trainable_variables": model.trainable_variables,
        "non_trainable_variables": model.non_trainable_variables,
        "optimizer_variables": [] if optimizer is None else list(optimizer.variables),
        "metrics_variables": model.metrics_variables,
    }


def get_state_tree(model: Any, value_format: str = "backend_tensor") -> dict[str, Any]:
    """``{kind: {layer: {variable: value}}}`` for all variables; see ``Model.get_state_tree``."""
    if value_format not in _FORMATS:
        raise ValueError(
            f"Invalid `value_format` argument. Expected one of {_FORMATS}. "
            f"Received: value_format={value_format}"
        )
    return {kind: _nested(variables, value_format) for kind, variables in _kinds(model).items()}


def _nested(variables: Iterable[Variable], value_format: str) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for variable in variables:
        *folders, name = variable.path.split("/")
        node = root
        for folder in folders:
            node = node.setdefault(folder, {})
        if name in node:
            raise ValueError(
                f"The following variable path is found twice in the model: '{variable.path}'. "
                "Give unique names to your layers (and other objects)."
            )
        node[name] = variable.value if value_format == "backend_tensor" else variable.numpy()
    return root


def set_state_tree(model: Any, state_tree: dict[str, Any]) -> None:
    """Set the variables named in a tree; see ``Model.set_state_tree``."""
    kinds = _kinds(model)
    for kind, values in state_tree.items():
        if kind not in kinds:
            raise ValueError(f"Unknown variable name: {kind}. Expected one of {list(kinds)}")
        known = {variable.path: variable for variable in kinds[kind]}
        for path, value in _flat(values):
            if path not in known:
                raise ValueError(f"The model has no variable '{path}' among its {kind}")
            known[path].assign(value)


def _flat(node: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", value
