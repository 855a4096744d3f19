"""How a layer comes to its state: when, with which shapes, under which names."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_backend.graph.tracing_error import TracingError
from bigdl_backend.graph.valued import ValuedTensor
from bigdl_keras import tree
from bigdl_keras.core.default_method import default, is_default
from bigdl_keras.core.dtypes import is_float_dtype, standardize_dtype
from bigdl_keras.core.keras_tensor import KerasTensor
from bigdl_keras.core.name_scope import current_path, name_scope
from bigdl_keras.core.shape_inference import infer_output_spec
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.call_spec import CallSpec
from bigdl_keras.layers.input_spec import assert_input_compatibility
from bigdl_keras.layers.layer_dtypes import LayerDtypes


def _recording(build: Callable[..., None]) -> Callable[..., None]:
    """``build`` that opens the layer's name scope, remembers its shapes and locks the state."""
    signature = inspect.signature(build)

    @functools.wraps(build)
    def recorded(self: LayerBuild, *args: Any, **kwargs: Any) -> None:
        if getattr(type(self).build, "__wrapped__", None) is not build:
            build(self, *args, **kwargs)  # called by the `build` of a subclass
            return
        with self._open_name_scope():
            self._path = current_path()
            build(self, *args, **kwargs)
        arguments = signature.bind(self, *args, **kwargs).arguments
        shapes = {name: value for i, (name, value) in enumerate(arguments.items()) if i}
        object.__setattr__(self, "_build_shapes_dict", shapes)
        self.built = True
        self._lock_state()

    return recorded


class LayerBuild(LayerDtypes):
    """Creating the variables of a layer, in ``__init__`` or at its first call."""

    _input_spec: Any
    _build_shapes_dict: dict[str, Any] | None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _recording(cls.build)  # type: ignore[method-assign]

    def _check_super_called(self) -> None:
        if "_call_signature" not in self.__dict__:
            raise RuntimeError(
                f"In layer '{type(self).__name__}', you forgot to call `super().__init__()` as the "
                "first statement in the `__init__()` method. Go add it!"
            )

    def _open_name_scope(self) -> name_scope:
        return name_scope(self.name, caller=self)

    @property
    def path(self) -> str | None:
        """Its name after the names of the layers that own it; ``None`` before it is built."""
        return self._path

    @property
    def input_spec(self) -> Any:
        """What it expects of its inputs (:class:`InputSpec`, a structure of them, or ``None``)."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

    @default
    def build(self, input_shape: Any) -> None:
        """Create the state, given the shape of the first argument of ``call``.

        To be written by subclasses, with ``<argument>_shape`` parameters if there are several.
        """
        self._check_super_called()
        if is_default(self.build) and any(not layer.built for layer in self._layers):
            warnings.warn(
                f"`build()` was called on layer '{self.name}', however the layer does not have a "
                "`build()` method implemented and it looks like it has unbuilt state. Implement a "
                "`build()` that builds its sub-layers.",
                stacklevel=3,
            )

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str | None = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Create a variable of this layer.

        Args:
            shape: all sizes known; ``None`` makes a scalar.
            initializer: defaults to Glorot uniform for floats and zeros for other dtypes.
            dtype: defaults to ``variable_dtype``.
            trainable, autocast, aggregation, name: as in :class:`Variable`.
            regularizer: a penalty on the value, added to the losses.
            constraint: what the value passes through after each update.
            overwrite_with_gradient: whether training replaces the value by its gradient.
        """
        self._check_super_called()
        if isinstance(shape, str):
            raise ValueError(
                "`name` must be passed as a keyword argument. "
                f"Use: add_weight(shape=..., name='{shape}')."
            )
        from bigdl_keras import constraints, initializers, regularizers

        dtype = self.variable_dtype if dtype is None else standardize_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float_dtype(dtype) else "zeros"
        with self._open_name_scope():
            variable = Variable(
                initializers.get(initializer),
                shape=() if shape is None else shape,
                dtype=dtype,
                trainable=trainable,
                autocast=autocast,
                aggregation=aggregation,
                name=name,
            )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._track_variable(variable)
        return variable

    add_variable = add_weight

    def _track_variable(self, variable: Variable) -> None:
        store = "trainable_variables" if variable.trainable else "non_trainable_variables"
        self._get_tracker().add(store, variable)
        if not self.trainable:
            variable.trainable = False

    def get_build_config(self) -> dict[str, Any] | None:
        """What :meth:`build_from_config` needs to create the state again."""
        shapes = self._build_shapes_dict
        if shapes is None:
            return None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {"shapes_dict": dict(shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Create the state as when :meth:`get_build_config` was called."""
        if config and "input_shape" in config:
            self.build(config["input_shape"])
        elif config and "shapes_dict" in config:
            self.build(**config["shapes_dict"])

    def _maybe_build(self, spec: CallSpec) -> None:
        if self.built:
            return
        if not is_default(self.build):
            self.build(**spec.shapes_for(self.build, type(self).__name__))
            # `build` may have made the input spec stricter.
            self._assert_input_compatibility(spec.first)
            return
        if any(not layer.built for layer in self._layers):
            # No `build`: run `call` without data, which builds the layers called in it.
            try:
                infer_output_spec(self.call, **_as_symbolic(spec))
            except TracingError as error:
                error.within(self.name, type(self).__name__)
                if not _has_values(spec):
                    raise
                # The call that follows builds them: it has the values that `call` looks at.
                return
        self.build(next(iter(spec.shapes().values()), None))

    def _assert_input_compatibility(self, inputs: Any) -> None:
        if self.input_spec:
            assert_input_compatibility(self.input_spec, inputs, layer_name=self.name)


LayerBuild.build = _recording(LayerBuild.build)  # type: ignore[method-assign]


def _as_symbolic(spec: CallSpec) -> dict[str, Any]:
    """The arguments with arrays replaced by symbolic tensors of their shapes."""

    def symbolic(x: Any) -> Any:
        return KerasTensor(x.shape, standardize_dtype(x.dtype)) if isinstance(x, np.ndarray) else x

    return {name: tree.map_structure(symbolic, value) for name, value in spec.arguments.items()}


def _has_values(spec: CallSpec) -> bool:
    """Whether all tensors among the arguments carry their values."""
    leaves = [leaf for value in spec.arguments.values() for leaf in tree.flatten(value)]
    return all(
        isinstance(leaf, ValuedTensor) or not isinstance(leaf, (Tensor, KerasTensor))
        for leaf in leaves
    )
