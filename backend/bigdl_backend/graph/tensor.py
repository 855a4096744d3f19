"""A tensor is a value in a graph that is being traced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bigdl_backend.graph.dims import Dim, DimLike
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.tracing_error import TracingError

if TYPE_CHECKING:
    from bigdl_backend.graph.ir import Graph, Node

# Operator name -> function; `bigdl_backend.primitives.functional` fills it, so that this module needs no primitive.
OPERATORS: dict[str, Callable[..., Any]] = {}

_MEND = "Compute with functions of `ops`, which take tensors"
_MENDS = {
    "a bool": "Use ops.where, ops.cond or ops.while_loop instead of Python's control flow",
    "an index": "Use ops.arange, ops.take, ops.slice or ops.fori_loop with the tensor itself",
    "a NumPy array": "Use functions of `ops` instead of NumPy's",
}


class Tensor:
    """The result of a node (or an input or constant) of a `Graph`.

    Operators record primitives. `==` is element-wise; tensors hash by identity.
    """

    __slots__ = ("__weakref__", "graph", "index", "name", "node", "spec")
    __array_priority__ = 100.0  # an ndarray on the left of an operator leaves it to us

    def __init__(
        self,
        graph: Graph,
        spec: TensorSpec,
        node: Node | None = None,
        index: int = 0,
        name: str | None = None,
    ) -> None:
        self.graph = graph
        self.spec = spec
        self.node = node
        self.index = index
        self.name = name

    @property
    def shape(self) -> tuple[DimLike, ...]:
        return self.spec.shape

    @property
    def dtype(self) -> np.dtype:
        return self.spec.dtype

    @property
    def ndim(self) -> int:
        return self.spec.ndim

    @property
    def size(self) -> DimLike:
        return self.spec.size

    @property
    def T(self) -> Any:
        return OPERATORS["transpose"](self)

    def astype(self, dtype: np.dtype | str | type) -> Any:
        return OPERATORS["cast"](self, dtype)

    def reshape(self, *shape: Any) -> Any:
        return OPERATORS["reshape"](
            self, shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        )

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["getitem"](self, key)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a tensor without dimensions")
        return self.shape[0].__index__()

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a tensor without dimensions")
        if isinstance(self.shape[0], Dim):
            raise TracingError(
                f"cannot loop over the symbolic dimension {self.shape[0]} of {self!r}. "
                "Use a vectorised operation, ops.scan or ops.vectorized_map, or "
                "compile(run_eagerly=True)."
            )
        return (self[i] for i in range(self.shape[0]))

    def _known(self, wanted: str) -> np.ndarray:
        """The value, where it is known while the graph is recorded."""
        raise TracingError(
            f"the value of {self!r} is not known while a step is traced, so it cannot become {wanted}. "
            f"{_MENDS.get(wanted, _MEND)}, or compile(run_eagerly=True) to run every operation at once "
            "and look at values."
        )

    def __bool__(self) -> bool:
        return bool(self._known("a bool"))

    def __int__(self) -> int:
        return int(self._known("an int"))

    def __float__(self) -> float:
        return float(self._known("a float"))

    def __complex__(self) -> complex:
        return complex(self._known("a complex number"))

    def __index__(self) -> int:
        return self._known("an index").__index__()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        value = np.asarray(self._known("a NumPy array"), dtype)
        return value.copy() if copy else value

    def numpy(self) -> np.ndarray:
        """The value as an array, where it is known."""
        return np.array(self._known("a NumPy array"))

    def item(self) -> Any:
        """The value as a Python number, where it is known."""
        return self._known("a number").item()

    def tolist(self) -> Any:
        """The value as nested lists, where it is known."""
        return self._known("a list").tolist()

    def __repr__(self) -> str:
        origin = self.name or (self.node.primitive if self.node is not None else "constant")
        return f"<Tensor {origin} {self.spec}>"

    __hash__ = object.__hash__


def _takes_over(other: Any) -> bool:
    """Whether the right operand wants the operator for itself."""
    return getattr(other, "takes_operators", False)


def _install(method: str, operator: str, reflected: bool) -> None:
    def dunder(self: Tensor, *others: Any) -> Any:
        if reflected:
            return OPERATORS[operator](*others, self)
        if any(_takes_over(other) for other in others):
            return NotImplemented
        return OPERATORS[operator](self, *others)

    dunder.__name__ = method
    setattr(Tensor, method, dunder)


for _name, _operator in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
}.items():
    _install(f"__{_name}__", _operator, reflected=False)
    _install(f"__r{_name}__", _operator, reflected=True)

for _name, _operator in {
    "neg": "negative",
    "abs": "absolute",
    "invert": "logical_not",
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}.items():
    _install(f"__{_name}__", _operator, reflected=False)
