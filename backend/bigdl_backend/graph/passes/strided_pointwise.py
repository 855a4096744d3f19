"""Convolutions of one kernel position that step over pixels, on the pixels that they see only."""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.tensor import Tensor

_READS_X = {"conv", "conv_bias_act", "conv_weight_grad"}


def strided_pointwise(graph: Graph) -> Graph:
    """The graph with strides of 1 where the kernel has one position: those are matrix products.

    Two convolutions of one operand, and their gradients, share the pixels that were picked.
    """
    rewriter = Rewriter(graph)
    picked: dict[tuple[Tensor, tuple[int, ...]], Tensor] = {}
    for node in graph.nodes:
        if not _steps_over_pixels(node):
            rewriter.keep(node)
            continue
        strides = tuple(node.attrs["strides"])
        attrs = {**node.attrs, "strides": (1,) * len(strides)}
        if node.primitive in _READS_X:
            key = (node.inputs[0], strides)
            if key not in picked:
                picked[key] = _pick(rewriter, rewriter[node.inputs[0]], strides)
            others = [rewriter[tensor] for tensor in node.inputs[1:]]
            made = rewriter.add(node.primitive, [picked[key], *others], attrs)
        else:
            made = _spread(rewriter, node, attrs, strides)
        rewriter.replace(node, made)
    return rewriter.finish()


def _steps_over_pixels(node: Node) -> bool:
    if node.primitive in ("conv", "conv_bias_act", "conv_input_grad"):
        kernel = node.inputs[1].shape
    elif node.primitive == "conv_weight_grad":
        kernel = node.outputs[0].shape
    else:
        return False
    attrs = node.attrs
    alone = all(size == 1 for size in kernel[:-2]) and attrs["groups"] == 1
    padded = any(amount != 0 for pair in attrs["padding"] for amount in pair)
    return alone and not padded and any(stride > 1 for stride in attrs["strides"])


def _pick(rewriter: Rewriter, x: Tensor, strides: tuple[int, ...]) -> Tensor:
    attrs = {"starts": (0,) * x.ndim, "limits": x.shape, "strides": (1, *strides, 1)}
    return rewriter.add("slice", [x], attrs)[0]


def _spread(
    rewriter: Rewriter, node: Node, attrs: dict, strides: tuple[int, ...]
) -> tuple[Tensor, ...]:
    """The gradient of the picked pixels among zeros."""
    g, w = (rewriter[tensor] for tensor in node.inputs)
    shape = tuple(node.attrs["input_shape"])
    small = (shape[0], *g.shape[1:-1], shape[-1])
    (dx,) = rewriter.add("conv_input_grad", [g, w], {**attrs, "input_shape": small})
    reached = [(n - 1) * stride + 1 for n, stride in zip(small[1:-1], strides, strict=True)]
    missing = [size - end for size, end in zip(shape[1:-1], reached, strict=True)]
    return rewriter.add(
        "pad",
        [dx, rewriter.constant(np.zeros((), dx.dtype))],
        {
            "low": (0,) * len(shape),
            "high": (0, *missing, 0),
            "interior": (0, *(stride - 1 for stride in strides), 0),
        },
    )
