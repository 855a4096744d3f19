"""The table of ``model.summary()``."""

from __future__ import annotations

import re
import shutil
import textwrap
from itertools import pairwise
from typing import Any

import numpy as np

from bigdl_keras import tree
from bigdl_keras.core.function import OperationGraph
from bigdl_keras.core.variable import Variable

_TOP = ("┏", "━", "┳", "┓")
_HEAD = ("┡", "━", "╇", "┩")
_LINE = ("├", "─", "┼", "┤")
_END = ("└", "─", "┴", "┘")


def summary_text(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: tuple[str, str] | None = None,
) -> str:
    """The text of a table of the layers of ``model``; arguments as of ``Model.summary``.

    Raises ``ValueError`` when the width is too small or ``layer_range`` matches nothing.
    """
    graph = getattr(model, "_graph", None)
    operations = graph.operations if isinstance(graph, OperationGraph) else model.layers
    connected = isinstance(graph, OperationGraph) and not _is_chain(graph)
    header = ["Layer (type)", "Output Shape", "Param #"]
    align = ["<", "<", ">"]
    width, ends = 88, [0.45, 0.80, 1.0]
    if connected:
        header.append("Connected to")
        align.append("<")
        width, ends = 108, [0.3, 0.56, 0.74, 1.0]
    if positions and len(positions) != len(ends):
        raise IndexError(f"`positions` needs {len(ends)} entries. Received: positions={positions}")
    ends = list(positions or ends)
    if show_trainable:
        header.append("Trainable")
        align.append("^")
        width, ends = width + 12, [end * 0.9 for end in ends] + [1.0]
    width = line_length or min(width, shutil.get_terminal_size((124, 24)).columns - 4)
    marks = [0, *(int(end * width) for end in ends)]
    # Two columns of air and one of border to each cell.
    widths = [right - left - 3 for left, right in pairwise(marks)]
    if min(widths) < 4:
        raise ValueError(f"Insufficient console width ({width}) to print the summary.")

    rows = []
    for operation in _in_range(operations, layer_range):
        rows.extend(_rows(operation, graph if connected else None, expand_nested, show_trainable))
    lines = [f'Model: "{model.name}"', _rule(_TOP, widths)]
    lines.extend(_cells(header, widths, align, "┃"))
    lines.append(_rule(_HEAD, widths))
    for number, row in enumerate(rows):
        if number:
            lines.append(_rule(_LINE, widths))
        lines.extend(_cells(row, widths, align, "│"))
    lines.append(_rule(_END, widths))
    return "\n".join([*lines, *_totals(model)])


def _is_chain(graph: OperationGraph) -> bool:
    """Whether every call takes the result of the call before it, and no layer is called twice."""
    operations = [node.operation for node in graph.nodes]
    return len(set(operations)) == len(operations) and all(
        len(node.input_tensors) <= 1 and (i == 0 or node.parent_nodes == [graph.nodes[i - 1]])
        for i, node in enumerate(graph.nodes)
    )


def _in_range(operations: list[Any], layer_range: Any) -> list[Any]:
    if layer_range is None:
        return operations
    if len(layer_range) != 2:
        raise ValueError(f"layer_range must hold two names. Received: {layer_range}")
    found = [
        [i for i, op in enumerate(operations) if re.match(pattern, op.name)]
        for pattern in layer_range
    ]
    for pattern, matches in zip(layer_range, found, strict=True):
        if not matches:
            raise ValueError(
                f"Passed layer_range does not match the model layers: no layer is called "
                f"'{pattern}'. Layers: {[op.name for op in operations]}"
            )
    first, last = sorted((found[0][0], found[1][-1]))
    return operations[first : last + 1]


def _rows(
    operation: Any,
    graph: OperationGraph | None,
    expand_nested: bool,
    show_trainable: bool,
    level: int = 0,
) -> list[list[str]]:
    prefix = "   " * level + "└ " if level else ""
    built = getattr(operation, "built", None)
    if built is None:
        count = "0"
    else:
        count = f"{operation.count_params():,}" if built else "0 (unbuilt)"
    shape = _output_shape(operation)
    row = [f"{prefix}{operation.name} ({type(operation).__name__})", shape, count]
    if graph is not None:
        row.append(_connections(operation, graph))
    if show_trainable:
        has_weights = bool(getattr(operation, "weights", None))
        row.append(("Y" if operation.trainable else "N") if has_weights else "-")
    rows = [row]
    if expand_nested:
        for inner in getattr(operation, "layers", None) or ():
            rows.extend(_rows(inner, graph, expand_nested, show_trainable, level + 1))
    return rows


def _output_shape(operation: Any) -> str:
    if operation._inbound_nodes:
        shapes = [x.shape for x in operation._inbound_nodes[-1].outputs]
    else:
        built_shapes = getattr(operation, "_build_shapes_dict", None)
        if not built_shapes or any(shape is None for shape in built_shapes.values()):
            return "?"
        try:
            found = operation.compute_output_shape(*built_shapes.values())
        except Exception:  # any code of the user may run here, and a table is no place to fail
            return "?"
        shapes = []
        tree.map_shape_structure(shapes.append, found)
    texts = [f"({', '.join(str(size) for size in shape)})" for shape in shapes]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _connections(operation: Any, graph: OperationGraph) -> str:
    within = {id(node) for node in graph.nodes}
    places = []
    for node in operation._inbound_nodes:
        if id(node) in within:
            for x in node.input_tensors:
                origin, node_index, tensor_index = x._keras_history
                places.append(f"{origin.name}[{node_index}][{tensor_index}]")
    return ", ".join(places) or "-"


def _rule(marks: tuple[str, str, str, str], widths: list[int]) -> str:
    left, line, cross, right = marks
    return left + cross.join(line * (width + 2) for width in widths) + right


def _cells(row: list[str], widths: list[int], align: list[str], border: str) -> list[str]:
    """The lines of one row; texts that are too long go on below."""
    columns = [
        textwrap.wrap(text, width, drop_whitespace=True, subsequent_indent="") or [""]
        if not text.startswith(" ")
        else [text[i : i + width] for i in range(0, len(text), width)]
        for text, width in zip(row, widths, strict=True)
    ]
    height = max(len(column) for column in columns)
    lines = []
    for i in range(height):
        texts = [column[i] if i < len(column) else "" for column in columns]
        padded = [f" {t:{a}{w}} " for t, a, w in zip(texts, align, widths, strict=True)]
        lines.append(border + border.join(padded) + border)
    return lines


def _totals(model: Any) -> list[str]:
    optimizer = getattr(model, "optimizer", None)
    parts = [
        ("Trainable params", model.trainable_weights),
        ("Non-trainable params", model.non_trainable_weights),
    ]
    if optimizer is not None and getattr(optimizer, "built", False):
        parts.append(("Optimizer params", list(optimizer.variables)))
    everything = [variable for _, variables in parts for variable in variables]
    return [_total("Total params", everything), *(_total(*part) for part in parts), ""]


def _total(title: str, variables: list[Variable]) -> str:
    count = sum(variable.size for variable in variables)
    nbytes = sum(
        variable.size * np.dtype(variable.storage.dtype).itemsize for variable in variables
    )
    return f" {title}: {count:,} ({readable_size(nbytes)})"


def readable_size(nbytes: float) -> str:
    """``1536`` -> ``"1.50 KB"``."""
    for unit in ("B", "KB", "MB", "GB"):
        if nbytes < 1024:
            return f"{nbytes:.2f} {unit}"
        nbytes /= 1024
    return f"{nbytes:.2f} TB"
