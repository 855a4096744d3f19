"""The base class of all layers."""

from __future__ import annotations

import inspect
import threading
import warnings
from collections.abc import Sequence
from typing import Any

from bigdl_backend.graph.tracing_error import TracingError
from bigdl_keras import dtype_policies, tree
from bigdl_keras.core.default_method import default, is_default
from bigdl_keras.core.masks import get_keras_mask, set_keras_mask
from bigdl_keras.core.node import Node
from bigdl_keras.core.operation import any_symbolic
from bigdl_keras.core.trace_scope import StatelessScope
from bigdl_keras.core.variable import Variable
from bigdl_keras.layers.call_spec import (
    CallSpec,
    is_tensor_or_symbolic,
    shapes_to_tensors,
)
from bigdl_keras.layers.layer_build import LayerBuild
from bigdl_keras.layers.layer_losses import LayerLosses


class _CallContext(threading.local):
    """What outer layers pass down to the layers called within them."""

    def __init__(self) -> None:
        self.entry: Layer | None = None
        self.values: dict[str, Any] = {}


_context = _CallContext()


def in_call() -> bool:
    """Whether a layer is being called, in this thread."""
    return _context.entry is not None


class Layer(LayerBuild, LayerLosses):
    """A function of tensors with state.

    Subclasses create variables in ``__init__`` or ``build(input_shape)`` with :meth:`add_weight`,
    and compute in ``call`` with ``keras.ops``. Called on symbolic tensors (``Input``) a layer adds
    a node to a functional model; called on arrays it computes at once; called while a model is
    traced it records primitives.

    Args:
        activity_regularizer: a penalty on the outputs, added to the losses.
        trainable: whether training changes its weights.
        dtype: a dtype or dtype policy; ``None`` means ``config.dtype_policy()``.
        autocast: whether float inputs and variables are converted to the compute dtype.
        name: defaults to the class name in snake case, numbered.
    """

    # How often something that steps are traced with, and that is no variable, was learnt anew.
    _adaptations = 0

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        from bigdl_keras import regularizers

        self._dtype_policy = dtype_policies.get(dtype)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        input_dim = kwargs.pop("input_dim", None)
        input_shape = kwargs.pop("input_shape", None if input_dim is None else (input_dim,))
        if input_shape is not None:
            warnings.warn(
                "Do not pass an `input_shape`/`input_dim` argument to a layer. When using "
                "Sequential models, prefer using an `Input(shape)` object as the first layer in "
                "the model instead.",
                stacklevel=2,
            )
            self._input_shape_arg = tuple(input_shape)
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}"
            )
        if not isinstance(trainable, bool):
            raise ValueError(
                "Expected `trainable` to be a boolean. "
                f"Received: trainable={trainable} (of type {type(trainable)})"
            )
        self._trainable = trainable
        self.autocast = autocast
        self.built = False
        self._path: str | None = None
        self._input_spec: Any = None
        self._losses: list[Any] = []
        self._call_signature = inspect.signature(self.call)
        parameters = self._call_signature.parameters
        self._call_has_training_arg = "training" in parameters
        self._call_has_mask_arg = "mask" in parameters
        self._call_context_args = {"training"}
        self._supports_masking = not is_default(self.compute_mask)
        # Functional models convert their inputs themselves and take non-tensors in structures.
        self._convert_input_args = True
        self._allow_non_tensor_positional_args = False
        # Not a tracked dict: it is a record, not state.
        object.__setattr__(self, "_build_shapes_dict", None)

    def _obj_type(self) -> str:
        return "Layer"

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; to be written by subclasses."""
        raise NotImplementedError(
            f"Layer {type(self).__name__} does not have a `call` method implemented."
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        given_args, given_kwargs = args, kwargs
        if self._convert_input_args:
            args = tree.map_structure(self._converted, args)
            kwargs = tree.map_structure(self._converted, kwargs)
        if not self._allow_non_tensor_positional_args:
            for arg in tree.flatten(args):
                if arg is not None and not is_tensor_or_symbolic(arg):
                    raise ValueError(
                        f"Only input tensors may be passed as positional arguments to layer "
                        f"'{self.name}'. The following argument value should be passed as a "
                        f"keyword argument: {arg} (of type {type(arg)})"
                    )
        kwargs = dict(kwargs)
        spec = CallSpec(self._call_signature, self._call_context_args, args, kwargs)
        self._assert_input_compatibility(spec.first)
        with self._open_name_scope():
            self._maybe_build(spec)

        outer_entry, outer_values = _context.entry, _context.values
        if outer_entry is None:
            _context.entry = self
            self._clear_losses()
        _context.values = dict(outer_values)
        try:
            self._fill_context_arguments(spec, kwargs)
            self._fill_masks(spec, kwargs)
            mask = kwargs.get("mask")
            if mask is None:
                mask = tree.map_structure(get_keras_mask, spec.first)
            with self._open_name_scope(), self._autocast_scope():
                if any_symbolic(args, kwargs):
                    outputs = self.compute_output_spec(*args, **kwargs)
                else:
                    outputs = self.call(*args, **kwargs)
                self.built = True
                self._add_activity_loss(outputs)
            self._pass_mask_on(spec.first, outputs, mask)
        except TracingError as error:
            error.within(self.name, type(self).__name__)
            raise
        except Exception as error:
            if not getattr(error, "__notes__", None):  # the innermost layer is named
                error.add_note(
                    f"This happened in the call of layer '{self.name}' (of type {type(self).__name__})."
                )
            raise
        finally:
            _context.entry, _context.values = outer_entry, outer_values
        if any_symbolic(given_args, given_kwargs):
            Node(self, given_args, given_kwargs, outputs)
        return outputs

    def _fill_context_arguments(self, spec: CallSpec, kwargs: dict[str, Any]) -> None:
        """Take ``training`` from the call, else from the layer around, else from the default."""
        for name in self._call_context_args:
            value = spec.given.get(name)
            if name not in spec.given:
                value = _context.values.get(name)
                if value is None:
                    value = spec.arguments.get(name)
            _context.values[name] = value
            if value is not None and name in self._call_signature.parameters:
                kwargs[name] = value

    def _fill_masks(self, spec: CallSpec, kwargs: dict[str, Any]) -> None:
        """Pass the masks attached to tensor arguments as mask arguments."""
        if len(spec.tensors) == 1:
            targets = {"mask": next(iter(spec.tensors.values()))}
        else:
            targets = {f"{name}_mask": value for name, value in spec.tensors.items()}
        for name, value in targets.items():
            if name in spec.arguments and spec.arguments[name] is None:
                kwargs[name] = tree.map_structure(get_keras_mask, value)

    def _pass_mask_on(self, inputs: Any, outputs: Any, mask: Any) -> None:
        """Attach the masks of the outputs."""
        if not self.supports_masking:
            if any(m is not None for m in tree.flatten(mask)):
                warnings.warn(
                    f"Layer '{self.name}' (of type {type(self).__name__}) was passed an input with "
                    "a mask attached to it. However, this layer does not support masking and will "
                    "therefore destroy the mask information. Downstream layers will not see the "
                    "mask.",
                    stacklevel=3,
                )
            return
        flat_outputs = tree.flatten(outputs)
        if all(get_keras_mask(x) is not None for x in flat_outputs):
            return
        output_masks = self.compute_mask(inputs, mask)
        if output_masks is None:
            return
        for x, m in zip(flat_outputs, tree.flatten(output_masks), strict=False):
            if m is not None and get_keras_mask(x) is None:
                set_keras_mask(x, m)

    @property
    def supports_masking(self) -> bool:
        """Whether masks of inputs are passed on to outputs."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self._supports_masking = value

    @default
    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the outputs, given the inputs and their mask (the same, unless overridden)."""
        return previous_mask

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic outputs for symbolic inputs.

        From ``compute_output_shape`` if the subclass wrote it (the dtype is then the compute
        dtype), else by tracing ``call``.
        """
        if is_default(self.compute_output_shape):
            if not self.built and not is_default(self.build):
                return self._unbuilt_copy()(*args, **kwargs)
            return super().compute_output_spec(*args, **kwargs)
        spec = CallSpec(self._call_signature, self._call_context_args, args, dict(kwargs))
        shapes = spec.shapes_for(self.compute_output_shape, type(self).__name__)
        shape = self.compute_output_shape(**shapes)
        if isinstance(shape, list) and all(s is None or isinstance(s, int) for s in shape):
            shape = tuple(shape)
        try:
            return shapes_to_tensors(shape, self.compute_dtype)
        except ValueError as error:
            raise ValueError(
                f"Method `compute_output_shape()` of layer {type(self).__name__} is returning a "
                f"type that cannot be interpreted as a shape. Received: {shape}"
            ) from error

    @default
    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The shape of the outputs for the shapes of the inputs, by tracing ``call``.

        The layer stays as it is: one that is not built is copied for the purpose.
        """
        inputs = [shapes_to_tensors(shape, self.compute_dtype) for shape in args]
        named = {
            name.removesuffix("_shape"): shapes_to_tensors(shape, self.compute_dtype)
            for name, shape in kwargs.items()
        }
        if self.built:
            outputs = self.compute_output_spec(*inputs, **named)
        else:
            outputs = self._unbuilt_copy()(*inputs, **named)
        return tree.map_structure(lambda x: x.shape, outputs)

    def _unbuilt_copy(self) -> Layer:
        return type(self).from_config(self.get_config())

    def stateless_call(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Call with the given values of the variables, leaving the variables alone.

        Args:
            trainable_variables: values for ``self.trainable_variables``, in order.
            non_trainable_variables: values for ``self.non_trainable_variables``, in order.
            return_losses: whether the losses added on the way are returned too.

        Returns:
            ``(outputs, new_non_trainable_values)`` and, if asked for, the list of losses.

        Raises ``ValueError`` when the layer is not built or a list has the wrong length.
        """
        self._check_super_called()
        if not self.built:
            raise ValueError(
                f"To call stateless_call, {type(self).__name__} must be built (i.e. its variables "
                "must have been already created). You can build it by calling it on some data."
            )
        mapping: list[tuple[Variable, Any]] = []
        for name, values in (
            ("trainable_variables", trainable_variables),
            ("non_trainable_variables", non_trainable_variables),
        ):
            variables = getattr(self, name)
            if len(values) != len(variables):
                raise ValueError(
                    f"Argument `{name}` must be a list of tensors corresponding 1:1 to "
                    f"{type(self).__name__}().{name}. Received list with length {len(values)}, "
                    f"but expected {len(variables)} variables."
                )
            mapping.extend(zip(variables, values, strict=True))
        with StatelessScope(state_mapping=mapping, collect_losses=return_losses) as scope:
            outputs = self.call(*args, **kwargs)
            losses = self.losses if return_losses else []
        new_values = [scope.get_current_value(v) for v in self.non_trainable_variables]
        return (outputs, new_values, losses) if return_losses else (outputs, new_values)

    @default
    def get_config(self) -> dict[str, Any]:
        """The constructor arguments that make an equal layer (without its weights)."""
        self._check_super_called()
        config = super().get_config()
        config["trainable"] = self.trainable
        config["dtype"] = dtype_policies.serialize(self.dtype_policy)
        if self.activity_regularizer is not None:
            from bigdl_keras import regularizers

            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"
