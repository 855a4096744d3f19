"""Which columns feed which input, label and weight of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bigdl_backend.spark.columns import Use
from bigdl_keras import tree
from bigdl_keras.losses import SparseCategoricalCrossentropy

Columns = str | Sequence[Any] | Mapping[str, Any] | None


@dataclass(frozen=True)
class Roles:
    """The batch arrays of a step, in order, and the structure that they fill.

    Attributes:
        uses: the columns of each array.
        structure: `(x, y, sample_weight)` with numbers of arrays at the leaves, None where absent.
    """

    uses: tuple[Use, ...]
    structure: tuple[Any, Any, Any]


def column_roles(
    model: Any, feature_cols: Columns, label_cols: Columns = None, weight_col: str | None = None
) -> Roles:
    """Assign columns to what a model takes.

    Args:
        model: built, or with one input and one output.
        feature_cols: a name; several names of numbers for one input; one entry an input in a list; or a dict by
            input names. "column.field" is a field of a struct; for several inputs the name of a struct stands for
            its fields with the names of the inputs.
        label_cols: the same for outputs; None without labels.
        weight_col: the column of sample weights.

    Raises:
        ValueError: a wrong number of entries, or names that the model does not have.
    """
    inputs, outputs = symbolic_inputs(model), symbolic_outputs(model)
    x, uses = _assign("feature_cols", feature_cols, inputs, _names(model, "input_names"), True)
    y = None
    if label_cols is not None:
        y, labels = _assign("label_cols", label_cols, outputs, _names(model, "output_names"), False)
        if len(labels) == 1:
            labels = [_with_classes(labels[0], model, outputs)]
        uses = uses + labels
    weight = None
    if weight_col is not None:
        weight = 0
        uses = [*uses, Use("sample_weight_col", (weight_col,), "float32", ())]
    numbers = iter(range(len(uses)))
    structure = tree.map_structure(
        lambda leaf: None if leaf is None else next(numbers), (x, y, weight)
    )
    return Roles(tuple(uses), structure)


def symbolic_inputs(model: Any) -> Any:
    """The model's symbolic inputs in their structure; None before it is built."""
    if getattr(model, "inputs", None) is None:
        return None
    struct = getattr(model, "input", None)
    return struct if tree.is_nested(struct) else model.inputs[0]


def symbolic_outputs(model: Any) -> Any:
    """The model's symbolic outputs in their structure; None before it is built."""
    if getattr(model, "outputs", None) is None:
        return None
    struct = getattr(model, "output", None)
    return struct if tree.is_nested(struct) else model.outputs[0]


def row_shape(tensor: Any) -> tuple[int, ...] | None:
    """The shape of a row of a symbolic tensor; None when a part of it is open."""
    shape = tuple(tensor.shape[1:])
    return None if any(size is None for size in shape) else shape


def _names(model: Any, attribute: str) -> list[str]:
    return list(getattr(model, attribute, None) or [])


def _assign(
    argument: str, columns: Columns, tensors: Any, names: Sequence[str], inputs: bool
) -> tuple[Any, list[Use]]:
    """The structure of what is fed, and its uses in the structure's order."""
    if columns is None:
        raise ValueError(
            f"`{argument}` is missing: name the columns of the DataFrame that the model takes"
        )
    flat = tree.flatten(tensors) if tensors is not None else [None]
    if isinstance(columns, str) and len(flat) > 1:
        fields = sorted(tensors) if isinstance(tensors, dict) else names
        columns = {name: f"{columns}.{name}" for name in fields} or columns
    if isinstance(columns, Mapping):
        wanted = sorted(tensors) if isinstance(tensors, dict) else list(names)
        if wanted and sorted(columns) != sorted(wanted):
            raise ValueError(
                f"`{argument}` names {sorted(columns)}, the model has {sorted(wanted)}"
            )
        if isinstance(tensors, dict) or not wanted:
            keys = sorted(columns)
            structure: Any = dict.fromkeys(keys, 0)
            entries = [columns[key] for key in keys]
            flat = flat if len(flat) == len(entries) else [None] * len(entries)
        else:
            structure = [0] * len(wanted) if len(wanted) > 1 else 0
            entries = [columns[name] for name in wanted]
    elif len(flat) == 1:
        structure, entries = tree.map_structure(lambda _: 0, tensors), [columns]
    else:
        entries = [columns] if isinstance(columns, str) else list(columns)
        if len(entries) != len(flat):
            kind = "inputs" if inputs else "outputs"
            raise ValueError(
                f"the model has {len(flat)} {kind}, `{argument}` has {len(entries)} entries: "
                "give one entry each (a name, or a list of names), or a dict by their names"
            )
        structure = tree.map_structure(lambda _: 0, tensors)
    uses = []
    for entry, tensor in zip(entries, flat, strict=True):
        chosen = (entry,) if isinstance(entry, str) else tuple(entry)
        shape = row_shape(tensor) if inputs and tensor is not None else None
        dtype = tensor.dtype if inputs and tensor is not None else None
        uses.append(Use(argument, chosen, _plain(dtype), shape))
    return structure, uses


def _plain(dtype: Any) -> str | None:
    # What Spark can send: layers of lower precision convert for themselves.
    return {"float16": "float32", "bfloat16": "float32", "string": "object"}.get(dtype, dtype)


def _with_classes(use: Use, model: Any, outputs: Any) -> Use:
    """Label columns of class numbers are checked against the number of outputs."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", "")
    sparse = isinstance(loss, SparseCategoricalCrossentropy) or (
        name == "sparse_categorical_crossentropy"
    )
    output = None if outputs is None else tree.flatten(outputs)[0]
    classes = output.shape[-1] if output is not None and sparse else None
    return use if classes is None else Use(use.argument, use.columns, use.dtype, use.shape, classes)
