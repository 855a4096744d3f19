"""The work of a node: arithmetic operations and bytes moved, by a rule for each family of primitives."""

from __future__ import annotations

import math
from collections.abc import Callable

from bigdl_backend.graph.ir import Node
from bigdl_backend.graph.tensor import Tensor

Rule = Callable[[Node], int]


def flops(node: Node) -> int:
    """Arithmetic operations of a concrete node.

    Exact for products of matrices, convolutions and the products within recurrent layers, where a
    multiplication and an addition count as two; approximate for others: one for every element computed
    where the table says nothing.
    """
    rule = _PRODUCTS.get(node.primitive) or _OTHERS.get(node.primitive) or _an_output
    return int(rule(node))


def is_product(node: Node) -> bool:
    """Whether nearly all of the node's arithmetic is in products of matrices."""
    return node.primitive in _PRODUCTS


def product_flops(node: Node) -> int:
    """`flops` of the products of matrices in a node, loop bodies included."""
    if node.primitive == "scan":
        return _in_loop(node, product_flops)
    return flops(node) if is_product(node) else 0


def traffic(node: Node) -> int:
    """Bytes that a concrete node must at least read and write."""
    rule = _TRAFFIC.get(node.primitive)
    return int(_all_operands(node) if rule is None else rule(node))


def _all_operands(node: Node) -> int:
    return sum(tensor.spec.nbytes for tensor in (*node.inputs, *node.outputs))


def _size(tensor: Tensor) -> int:
    return math.prod(_shape(tensor))


def _shape(tensor: Tensor) -> list[int]:
    return [int(size) for size in tensor.shape]


def _matmul(node: Node) -> int:
    shape = _shape(node.inputs[0])
    return 2 * _size(node.outputs[0]) * shape[-2 if node.attrs["transpose_a"] else -1]


def _conv(node: Node) -> int:
    return 2 * _size(node.outputs[0]) * math.prod(_shape(node.inputs[1])[:-1])


def _conv_input_grad(node: Node) -> int:
    return 2 * _size(node.inputs[0]) * math.prod(_shape(node.inputs[1])[:-1])


def _conv_weight_grad(node: Node) -> int:
    return 2 * _size(node.inputs[1]) * math.prod(_shape(node.outputs[0])[:-1])


def _recurrent(x: int, kernel: int, passes: int) -> Rule:
    """Every step multiplies input and state with kernels, the backward pass once for each factor.

    Args:
        x: which operand is the input, of shape (rows, steps, features).
        kernel: which operand is the kernel of the input; that of the state follows.
        passes: 1 forward, 2 backward.
    """

    def rule(node: Node) -> int:
        rows, steps = _shape(node.inputs[x])[:2]
        weights = _size(node.inputs[kernel]) + _size(node.inputs[kernel + 1])
        return 2 * passes * rows * steps * weights

    return rule


def _attention(query: int, passes: int) -> Rule:
    """Scores and weighted sums, the backward pass once for each factor; scores computed again do not count.

    Args:
        query: which operand is the query; key and value follow.
        passes: 1 forward, 2 backward.
    """

    def rule(node: Node) -> int:
        rows, steps, heads, width = _shape(node.inputs[query])
        keys, value_width = _shape(node.inputs[query + 2])[1::2]
        return 2 * passes * rows * heads * steps * keys * (width + value_width)

    return rule


def _in_loop(node: Node, of: Rule) -> int:
    return node.attrs["length"] * sum(map(of, node.attrs["body"].nodes))


def _an_output(node: Node) -> int:
    return sum(map(_size, node.outputs))


def _an_input(count: int, operand: int = 0) -> Rule:
    return lambda node: count * _size(node.inputs[operand])


def _none(node: Node) -> int:
    return 0


def _window(node: Node) -> int:
    return _size(node.outputs[0]) * math.prod(node.attrs["window"])


def _program(node: Node) -> int:
    return _size(node.outputs[0]) * len(node.attrs["ops"])


def _taken(node: Node) -> int:
    """Only what is picked out is read, beside the operands that say where."""
    picked = 2 * node.outputs[0].spec.nbytes
    return picked + sum(tensor.spec.nbytes for tensor in node.inputs[1:])


def _put(node: Node) -> int:
    """Updates are read, and so are the places they go to, which are then written."""
    return sum(tensor.spec.nbytes for tensor in node.inputs[1:]) + 2 * node.inputs[-1].spec.nbytes


def _put_first(node: Node) -> int:
    return 2 * node.inputs[1].spec.nbytes


_PRODUCTS: dict[str, Rule] = {
    "matmul": _matmul,
    "matmul_bias_act": _matmul,
    "conv": _conv,
    "conv_bias_act": _conv,
    "conv_input_grad": _conv_input_grad,
    "conv_weight_grad": _conv_weight_grad,
    "lstm": _recurrent(x=0, kernel=3, passes=1),
    "lstm_grad": _recurrent(x=2, kernel=5, passes=2),
    "gru": _recurrent(x=0, kernel=2, passes=1),
    "gru_grad": _recurrent(x=1, kernel=3, passes=2),
    "attention": _attention(query=0, passes=1),
    "attention_grad": _attention(query=1, passes=2),
}

_OTHERS: dict[str, Rule] = {
    # Values are moved as they are.
    **dict.fromkeys(
        (
            "broadcast_to",
            "concat",
            "dim_value",
            "dynamic_slice",
            "dynamic_update_slice",
            "gather",
            "gather_nd",
            "iota",
            "one_hot",
            "pad",
            "reshape",
            "reverse",
            "slice",
            "stop_gradient",
            "transpose",
        ),
        _none,
    ),
    **dict.fromkeys(
        (
            "reduce_sum",
            "reduce_prod",
            "reduce_max",
            "reduce_min",
            "reduce_any",
            "reduce_all",
            "argmax",
            "argmin",
        ),
        _an_input(1),
    ),
    "scatter_add": _an_input(1, operand=2),
    "scatter_nd_add": _an_input(1, operand=2),
    "adam_update": _an_input(12),
    "adam_update_rows": _an_input(12),
    "softmax": _an_input(4),
    "log_softmax": _an_input(4),
    "sparse_softmax_cross_entropy": _an_input(5),
    "batch_norm": _an_input(6),
    "batch_norm_grad": _an_input(10),
    "batch_norm_act": _an_input(7),
    "batch_norm_act_grad": _an_input(11),
    "layer_norm": _an_input(6),
    "layer_norm_grad": _an_input(10),
    "max_pool": _window,
    "avg_pool": _window,
    "max_pool_grad": _an_input(1),
    "avg_pool_grad": _an_input(1),
    "fused_elementwise": _program,
    "scan": lambda node: _in_loop(node, flops),
}

_TRAFFIC: dict[str, Rule] = {
    "gather": _taken,
    "gather_nd": _taken,
    "slice": _taken,
    "dynamic_slice": _taken,
    "scatter_add": _put,
    "scatter_nd_add": _put,
    "dynamic_update_slice": _put_first,
    "scan": lambda node: _in_loop(node, traffic),
}
