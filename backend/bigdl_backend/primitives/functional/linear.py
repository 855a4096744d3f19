"""Products of tensors: everything becomes one `matmul`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.dims import DimLike, product
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives.functional.elementwise import equal, multiply
from bigdl_backend.primitives.functional.reduction import sum
from bigdl_backend.primitives.functional.shaping import (
    broadcast_to,
    expand_dims,
    reshape,
    squeeze,
    transpose,
)
from bigdl_backend.primitives.functional.values import (
    Value,
    arange_dim,
    axis_list,
    cast,
    promoted,
)
from bigdl_backend.primitives.rules import broadcast_shapes


def matmul(a: Value, b: Value) -> Any:
    """The matrix product as ``numpy.matmul``: vectors, matrices and broadcast stacks of matrices."""
    a, b = promoted(a, b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(f"matmul of {tuple(a.shape)} and {tuple(b.shape)}: scalars have no rows")
    if a.ndim == 1:
        return squeeze(matmul(expand_dims(a, 0), b), -2 if b.ndim > 1 else -1)
    if b.ndim == 1:
        return squeeze(matmul(a, expand_dims(b, 1)), -1)
    if b.ndim != 2 and tuple(a.shape[:-2]) != tuple(b.shape[:-2]):
        leading = broadcast_shapes(tuple(a.shape[:-2]), tuple(b.shape[:-2]))
        a = broadcast_to(a, (*leading, *a.shape[-2:]))
        b = broadcast_to(b, (*leading, *b.shape[-2:]))
    return bind("matmul", a, b, transpose_a=False, transpose_b=False)


def dot(a: Value, b: Value) -> Any:
    """``numpy.dot``: the last axis of `a` with the last but one of `b`."""
    a, b = promoted(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    return tensordot(a, b, ([-1], [-2 if b.ndim > 1 else -1]))


def tensordot(a: Value, b: Value, axes: int | Sequence[Any] = 2) -> Any:
    """Products summed over pairs of axes: the last and first `axes`, or two lists of axes."""
    a, b = promoted(a, b)
    if isinstance(axes, int):
        left, right = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    else:
        left, right = (
            axis_list([side] if isinstance(side, int) else side, x.ndim)
            for side, x in zip(axes, (a, b), strict=True)
        )
    free_a = [axis for axis in range(a.ndim) if axis not in left]
    free_b = [axis for axis in range(b.ndim) if axis not in right]
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(
            f"tensordot of {tuple(a.shape)} over {left} and {tuple(b.shape)} over {right}: sizes differ"
        )
    inner = product(a.shape[i] for i in left)
    rows, columns = [a.shape[i] for i in free_a], [b.shape[i] for i in free_b]
    flat_a = reshape(transpose(a, free_a + left), (product(rows), inner))
    flat_b = reshape(transpose(b, right + free_b), (inner, product(columns)))
    return reshape(matmul(flat_a, flat_b), (*rows, *columns))


def outer(a: Value, b: Value) -> Any:
    """All products of an element of `a` and one of `b` (both flattened)."""
    a, b = promoted(a, b)
    return multiply(reshape(a, (-1, 1)), reshape(b, (1, -1)))


def einsum(subscripts: str, *operands: Value) -> Any:
    """Einstein summation, as ``numpy.einsum`` (explicit or implicit output, ellipsis, repeated labels).

    Operands are contracted from left to right.
    """
    values = promoted(*operands)
    inputs, output = _labels(subscripts.replace(" ", ""), [x.ndim for x in values])
    terms = [_diagonal(x, labels) for x, labels in zip(values, inputs, strict=True)]
    x, labels = terms[0]
    for i, (y, y_labels) in enumerate(terms[1:], start=1):
        needed = set(output).union(*(later for _, later in terms[i + 1 :]))
        x, labels = _contract(x, labels, y, y_labels, needed)
    x, labels = _sum_out(x, labels, set(output))
    missing = set(output) - set(labels)
    if missing:
        raise ValueError(f"einsum {subscripts!r}: {sorted(missing)} appear only in the output")
    return transpose(x, [labels.index(label) for label in output])


def _labels(subscripts: str, ranks: list[int]) -> tuple[list[list[str]], list[str]]:
    left, arrow, right = subscripts.partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum {subscripts!r} has {len(terms)} terms for {len(ranks)} operands")
    inputs, longest = [], 0
    for term, rank in zip(terms, ranks, strict=True):
        head, dots, tail = term.partition("...")
        hidden = rank - len(head) - len(tail)
        if hidden < 0 or (hidden and not dots):
            raise ValueError(
                f"einsum {subscripts!r}: {term!r} does not fit an operand of rank {rank}"
            )
        # Axes behind an ellipsis are numbered from the right, as they broadcast.
        inputs.append([*head, *(f"~{i}" for i in range(hidden, 0, -1)), *tail])
        longest = max(longest, hidden)
    hidden_labels = [f"~{i}" for i in range(longest, 0, -1)]
    if arrow:
        head, dots, tail = right.partition("...")
        return inputs, [*head, *(hidden_labels if dots else []), *tail]
    every = [label for term in inputs for label in term if not label.startswith("~")]
    return inputs, hidden_labels + sorted(label for label in set(every) if every.count(label) == 1)


def _diagonal(x: Any, labels: list[str]) -> tuple[Any, list[str]]:
    """`x` with each repeated label reduced to its diagonal."""
    for label in set(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            shape: list[DimLike] = [1] * x.ndim
            shape[first] = x.shape[first]
            rows = reshape(arange_dim(x.shape[first]), shape)
            shape = [1] * x.ndim
            shape[second] = x.shape[second]
            columns = reshape(arange_dim(x.shape[second]), shape)
            x = sum(multiply(x, cast(equal(rows, columns), x.dtype)), axis=second)
            labels = labels[:second] + labels[second + 1 :]
    return x, labels


def _sum_out(x: Any, labels: list[str], keep: set[str]) -> tuple[Any, list[str]]:
    gone = [axis for axis, label in enumerate(labels) if label not in keep]
    if not gone:
        return x, labels
    summed = bind("reduce_sum", x, axes=tuple(gone), keepdims=False)
    return summed, [label for label in labels if label in keep]


def _contract(
    a: Any, a_labels: list[str], b: Any, b_labels: list[str], needed: set[str]
) -> tuple[Any, list[str]]:
    """The product of two labelled tensors, summed over labels that nothing later needs."""
    a, a_labels = _sum_out(a, a_labels, needed | set(b_labels))
    b, b_labels = _sum_out(b, b_labels, needed | set(a_labels))
    # An axis of size 1 against a longer one only broadcasts: it takes no part in the product.
    a, a_labels = _drop_ones(a, a_labels, b, b_labels)
    b, b_labels = _drop_ones(b, b_labels, a, a_labels)
    shared = [label for label in a_labels if label in b_labels]
    batch = [label for label in shared if label in needed]
    inner = [label for label in shared if label not in needed]
    rows = [label for label in a_labels if label not in shared]
    columns = [label for label in b_labels if label not in shared]
    sizes = dict(zip(b_labels, b.shape, strict=True)) | dict(zip(a_labels, a.shape, strict=True))
    for label in shared:
        other = b.shape[b_labels.index(label)]
        if other != sizes[label]:
            raise ValueError(f"einsum: label {label!r} has the sizes {sizes[label]} and {other}")
    a, transpose_a = _as_matrices(a, a_labels, batch, rows, inner, sizes)
    b, transpose_b = _as_matrices(b, b_labels, batch, inner, columns, sizes)
    result = bind("matmul", a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    labels = batch + rows + columns
    return reshape(result, [sizes[label] for label in labels]), labels


def _drop_ones(
    x: Any, labels: list[str], other: Any, other_labels: list[str]
) -> tuple[Any, list[str]]:
    dropped = [
        axis
        for axis, label in enumerate(labels)
        if label in other_labels
        and x.shape[axis] == 1
        and other.shape[other_labels.index(label)] != 1
    ]
    if not dropped:
        return x, labels
    kept = [axis for axis in range(x.ndim) if axis not in dropped]
    return reshape(x, [x.shape[axis] for axis in kept]), [labels[axis] for axis in kept]


def _as_matrices(
    x: Any,
    labels: list[str],
    batch: list[str],
    rows: list[str],
    columns: list[str],
    sizes: dict[str, DimLike],
) -> tuple[Any, bool]:
    """`x` as [*batch, rows, columns], or as its transpose where that needs no copy."""
    leading = [sizes[label] for label in batch]
    flat_rows = product(sizes[label] for label in rows)
    flat_columns = product(sizes[label] for label in columns)
    if labels == batch + columns + rows and labels != batch + rows + columns:
        return reshape(x, (*leading, flat_columns, flat_rows)), True
    ordered = transpose(x, [labels.index(label) for label in batch + rows + columns])
    return reshape(ordered, (*leading, flat_rows, flat_columns)), False
