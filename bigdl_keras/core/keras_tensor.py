"""Symbolic tensors: what ``Input()`` gives, and what layers give when called on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bigdl_keras.core.dtypes import standardize_dtype
from bigdl_keras.core.naming import auto_name

if TYPE_CHECKING:
    from bigdl_keras.core.node import KerasHistory

_NO_VALUE = (
    "A KerasTensor is symbolic: it's a placeholder for a shape and a dtype. It doesn't have any "
    "actual numerical value. You cannot convert it to a {target}. Compute with functions of `ops`, "
    "or in the `call()` of a layer of your own."
)


def standardize_shape(shape: Any) -> tuple[int | None, ...]:
    """``shape`` as a tuple of non-negative ints and ``None``; ``ValueError`` otherwise."""
    if isinstance(shape, int):
        shape = (shape,)
    if shape is None or not hasattr(shape, "__iter__"):
        raise ValueError(f"Cannot convert '{shape}' to a shape.")
    sizes: list[int | None] = []
    for size in shape:
        if size is None:
            sizes.append(None)
            continue
        if not hasattr(size, "__index__"):
            raise ValueError(
                f"Cannot convert '{shape}' to a shape. Found invalid entry '{size}' of type "
                f"'{type(size)}'."
            )
        if int(size) < 0:
            raise ValueError(
                f"Cannot convert '{shape}' to a shape. Negative dimensions are not allowed."
            )
        sizes.append(int(size))
    return tuple(sizes)


class KerasTensor:
    """A shape, a dtype and the history of how it came about.

    Args:
        shape: sizes, ``None`` for those not known before data comes.
        dtype: a dtype name.
        sparse, ragged: kept for file compatibility; only dense tensors can be computed.
        record_history: whether operations on it are remembered, so that models can be made of them.
        name: defaults to ``keras_tensor``, ``keras_tensor_1``, ...
    """

    # An ndarray or a tensor on the left of an operator leaves the operator to the symbolic tensor.
    __array_priority__ = 100.0
    takes_operators = True

    def __init__(
        self,
        shape: Sequence[int | None],
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
    ) -> None:
        if sparse and ragged:
            raise ValueError("KerasTensor cannot have `sparse=True` and `ragged=True` at once.")
        self._shape = standardize_shape(shape)
        self._dtype = standardize_dtype(dtype)
        self._sparse = bool(sparse)
        self._ragged = bool(ragged)
        self.name = name or auto_name(type(self).__name__)
        self.record_history = record_history
        self._keras_history: KerasHistory | None = None
        # History read from a file: names and numbers instead of the operation itself.
        self._pre_serialization_keras_history: Sequence[Any] | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Sizes, ``None`` for those not known."""
        return self._shape

    @property
    def dtype(self) -> str:
        """The name of its dtype."""
        return self._dtype

    @property
    def sparse(self) -> bool:
        """Whether it stands for a sparse tensor."""
        return self._sparse

    @property
    def ragged(self) -> bool:
        """Whether it stands for a ragged tensor."""
        return self._ragged

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._shape)

    @property
    def T(self) -> Any:
        """The transpose."""
        return _ops().transpose(self)

    def reshape(self, *shape: Any) -> Any:
        """Like ``ops.reshape``."""
        nested = len(shape) == 1 and isinstance(shape[0], (tuple, list))
        return _ops().reshape(self, tuple(shape[0]) if nested else shape)

    def squeeze(self, axis: Any = None) -> Any:
        """Like ``ops.squeeze``."""
        return _ops().squeeze(self, axis=axis)

    def astype(self, dtype: Any) -> Any:
        """Like ``ops.cast``."""
        return _ops().cast(self, dtype)

    def __repr__(self) -> str:
        layout = "".join(f", {kind}=True" for kind in ("sparse", "ragged") if getattr(self, kind))
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}{layout}, name={self.name}>"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise ValueError(_NO_VALUE.format(target="NumPy array"))

    def __int__(self) -> int:
        raise ValueError(_NO_VALUE.format(target="Python int"))

    def __float__(self) -> float:
        raise ValueError(_NO_VALUE.format(target="Python float"))

    def __index__(self) -> int:
        raise ValueError(_NO_VALUE.format(target="Python index"))

    def __bool__(self) -> bool:
        raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")

    def __iter__(self) -> Any:
        raise NotImplementedError(
            "Cannot iterate over a symbolic KerasTensor. Use `keras.ops` to take it apart."
        )

    def __len__(self) -> int:
        if not self._shape:
            raise TypeError("len() of a KerasTensor without axes")
        if self._shape[0] is None:
            raise TypeError("The size of the first axis of this KerasTensor is not known yet.")
        return self._shape[0]

    def __getitem__(self, key: Any) -> Any:
        return _ops().get_item(self, key)

    __hash__ = object.__hash__


def is_keras_tensor(x: Any) -> bool:
    """Whether ``x`` is symbolic; ``False`` for arrays and tensors."""
    return isinstance(x, KerasTensor)


def _ops() -> Any:
    # The operations are written on top of this module.
    from bigdl_keras import ops

    return ops


def _install(method: str, operation: str, reflected: bool = False) -> None:
    def record(self: KerasTensor, *others: Any) -> Any:
        function = getattr(_ops(), operation)
        return function(*others, self) if reflected else function(self, *others)

    record.__name__ = method
    setattr(KerasTensor, method, record)


for _name, _operation in {
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
    _install(f"__{_name}__", _operation)
    _install(f"__r{_name}__", _operation, reflected=True)
for _name, _operation in {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}.items():
    _install(f"__{_name}__", _operation)
for _name, _operation in {
    "neg": "negative",
    "abs": "absolute",
    "invert": "logical_not",
}.items():
    _install(f"__{_name}__", _operation)
