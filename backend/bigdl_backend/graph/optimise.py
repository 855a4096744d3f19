"""The passes in their order."""

from __future__ import annotations

from collections.abc import Callable

from bigdl_backend.graph.ir import Graph, Node
from bigdl_backend.graph.passes.adam_updates import adam_updates
from bigdl_backend.graph.passes.algebra import algebra
from bigdl_backend.graph.passes.batch_norm_activation import batch_norm_activation
from bigdl_backend.graph.passes.bias_activation import bias_activation
from bigdl_backend.graph.passes.collectives import bucketed_sums, without_sums
from bigdl_backend.graph.passes.common_subexpressions import common_subexpressions
from bigdl_backend.graph.passes.constant_folding import constant_folding
from bigdl_backend.graph.passes.dead_code import dead_code
from bigdl_backend.graph.passes.elementwise_fusion import elementwise_fusion
from bigdl_backend.graph.passes.pooled_masks import pooled_masks
from bigdl_backend.graph.passes.relu_masks import relu_masks
from bigdl_backend.graph.passes.row_sums import row_sums
from bigdl_backend.graph.passes.strided_pointwise import strided_pointwise
from bigdl_backend.graph.passes.widened_halves import widened_halves
from bigdl_backend.graph.rewriter import Rewriter
from bigdl_backend.graph.switches import switched_off

Pass = Callable[[Graph], Graph]

# What the environment may turn off (see `switches`); without the others a step would not run, or not on a cluster.
OPTIONAL = frozenset(
    {
        "adam_updates",
        "algebra",
        "batch_norm_activation",
        "bias_activation",
        "common_subexpressions",
        "constant_folding",
        "elementwise_fusion",
        "pooled_masks",
        "relu_masks",
        "strided_pointwise",
    }
)


def optimise(
    graph: Graph,
    alone: bool = True,
    has_kernel: Callable[[Node], bool] | None = None,
    check: Pass | None = None,
) -> Graph:
    """A concrete graph, loop bodies included, made cheaper.

    Args:
        graph: without symbolic dimensions.
        alone: there is one worker only.
        has_kernel: whether native code knows a node; None: nothing is changed for its sake.
        check: called on the graph after every pass (tests validate there).
    """

    def loops(graph: Graph) -> Graph:
        return _optimise_bodies(graph, alone, has_kernel, check)

    def fusion(graph: Graph) -> Graph:
        return elementwise_fusion(graph, has_kernel)

    def updates(graph: Graph) -> Graph:
        return graph if has_kernel is None else adam_updates(graph)

    def widening(graph: Graph) -> Graph:
        return graph if has_kernel is None else widened_halves(graph, has_kernel)

    passes: list[tuple[str, Pass]] = [
        ("dead_code", dead_code),
        *_sums(alone),
        ("algebra", algebra),
        ("constant_folding", constant_folding),
        ("algebra", algebra),
        ("common_subexpressions", common_subexpressions),
        ("dead_code", dead_code),
        ("bias_activation", bias_activation),
        ("relu_masks", relu_masks),
        ("dead_code", dead_code),
        ("pooled_masks", pooled_masks),
        ("strided_pointwise", strided_pointwise),
        ("batch_norm_activation", batch_norm_activation),
        ("dead_code", dead_code),
        ("loops", loops),
        ("adam_updates", updates),
        ("dead_code", dead_code),
        ("widened_halves", widening),
        ("elementwise_fusion", fusion),
    ]
    off = switched_off(OPTIONAL)
    given = graph
    for name, rewrite in passes:
        if name in off:
            continue
        former, graph = graph, rewrite(graph)
        if former is not graph and former is not given:
            former.dissolve()
        if check is not None:
            check(graph)
    return graph


def _sums(alone: bool) -> list[tuple[str, Pass]]:
    if alone:
        return [("without_sums", without_sums)]
    return [("row_sums", row_sums), ("bucketed_sums", bucketed_sums)]


def _optimise_bodies(
    graph: Graph,
    alone: bool,
    has_kernel: Callable[[Node], bool] | None,
    check: Pass | None,
) -> Graph:
    if not any(node.primitive == "scan" for node in graph.nodes):
        return graph
    rewriter = Rewriter(graph)
    for node in graph.nodes:
        if node.primitive != "scan":
            rewriter.keep(node)
            continue
        body = optimise(node.attrs["body"], alone, has_kernel, check)
        inputs = [rewriter[tensor] for tensor in node.inputs]
        rewriter.replace(node, rewriter.add("scan", inputs, {**node.attrs, "body": body}))
    return rewriter.finish()
