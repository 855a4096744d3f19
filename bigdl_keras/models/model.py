"""The base class of models."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable
from typing import Any

from bigdl_keras.core.default_method import default, is_default
from bigdl_keras.core.shape_inference import infer_output_spec
from bigdl_keras.layers.call_spec import shapes_to_tensors
from bigdl_keras.layers.layer import Layer
from bigdl_keras.models.repeated_calls import RepeatedCalls
from bigdl_keras.trainers.trainer import Trainer


def made_of_tensors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether constructor arguments are the inputs and outputs of a functional model."""
    return (
        len(args) == 2
        or (len(args) == 1 and "outputs" in kwargs)
        or ("inputs" in kwargs and "outputs" in kwargs)
    )


def _made_functional(cls: type) -> type:
    """``cls`` with :class:`Functional` in the place of :class:`Model` among its bases."""
    from bigdl_keras.models.functional import Functional

    if cls is Model:
        return Functional
    if cls is object or issubclass(cls, Functional):
        return cls
    cls.__bases__ = tuple(_made_functional(base) for base in cls.__bases__)
    return cls


class Model(Trainer, Layer):
    """A layer with ``fit``, ``evaluate``, ``predict`` and ``save``.

    Made in one of three ways: ``Model(inputs, outputs)`` from symbolic tensors (the result is a
    :class:`Functional`), :class:`Sequential`, or a subclass that makes its layers in ``__init__``
    and uses them in ``call``.

    Args:
        inputs, outputs: symbolic tensors, or structures of them.
        name, trainable, dtype: as in :class:`Layer`.
    """

    _repeated_calls: RepeatedCalls | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and made_of_tensors(args, kwargs):
            from bigdl_keras.models.functional import Functional

            return super().__new__(Functional, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Trainer.__init__(self)
        if made_of_tensors(args, kwargs):
            from bigdl_keras.models.functional import Functional

            _made_functional(type(self))
            Functional.__init__(self, *args, **kwargs)  # type: ignore[arg-type]
        else:
            Layer.__init__(self, *args, **kwargs)

    def __reduce__(self) -> Any:
        """Copy and pickle models as the contents of their files, with the classes of the user."""
        from bigdl_keras.saving.model_files import model_from_bytes, model_to_bytes
        from bigdl_keras.saving.public_names import keras_module_of

        kinds = {type(layer) for layer in self._flatten_layers()}
        own = {kind.__name__: kind for kind in kinds if keras_module_of(kind) is None}
        return model_from_bytes, (model_to_bytes(self), own)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        repeated = self._repeated_calls
        # By identity: what is passed may be a tensor, which has no truth value.
        infers = not kwargs or (kwargs.keys() == {"training"} and kwargs["training"] is False)
        if repeated is None or len(args) != 1 or not infers:
            return super().__call__(*args, **kwargs)
        steps = repeated.steps_for(args[0])
        if steps is not None:
            return steps.run("predict", (args[0], None, None))
        outputs = super().__call__(*args, **kwargs)
        repeated.remember(args[0], outputs)
        return outputs

    @default
    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; to be written by subclasses."""
        raise NotImplementedError(
            f"Model {type(self).__name__} does not have a `call()` method implemented."
        )

    @property
    def layers(self) -> list[Layer]:
        """The layers directly in this model."""
        return self._flatten_layers(include_self=False, recursive=False)

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(
            "`Model.layers` attribute is reserved and should not be used. Please use another name."
        )

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name, or at that place in ``layers``.

        Raises ``ValueError`` when there is none, or not exactly one argument is given.
        """
        if (index is None) == (name is None):
            raise ValueError(
                f"Provide either a layer name or a layer index. Received: index={index}, "
                f"name={name}."
            )
        layers = self.layers
        if index is not None:
            if index >= len(layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(layers)} layers."
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"No such layer: {name}. Existing layers are: {[layer.name for layer in layers]}."
        )

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[..., Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: tuple[str, str] | None = None,
    ) -> None:
        """Print a table of the layers.

        Args:
            line_length: width in characters.
            positions: where each column ends, as fractions of the width.
            print_fn: called with the whole text; prints it if ``None``.
            expand_nested: whether layers of nested models are listed.
            show_trainable: whether a column says what is trainable.
            layer_range: first and last layer to list (names or regular expressions).
        """
        from bigdl_keras.models.summary import summary_text

        text = summary_text(
            self, line_length, positions, expand_nested, show_trainable, layer_range
        )
        if print_fn is None:
            import sys

            sys.stdout.write(text + "\n")
        else:
            print_fn(text)

    def save(
        self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any
    ) -> None:
        """Write architecture, weights and optimizer state to a ``.keras`` file.

        See :func:`bigdl_keras.saving.save_model`.
        """
        from bigdl_keras.saving import save_model

        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(
        self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None
    ) -> None:
        """Write the weights to a ``.weights.h5`` file.

        See :func:`bigdl_keras.saving.save_weights`.
        """
        from bigdl_keras.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Read the weights from a ``.weights.h5`` or ``.keras`` file.

        See :func:`bigdl_keras.saving.load_weights`.
        """
        from bigdl_keras.saving import load_weights

        load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def export(self, filepath: Any, format: str = "program") -> None:
        """Write the prediction step as a program: graph and weights in one file, no Python.

        ``bigdl_backend.graph.program.Program.from_bytes`` reads it and a ``Session`` runs its step
        ``"predict"``. Neither needs this package or the classes of the model.

        Raises:
            ValueError: another format, or a model whose input shapes are not known.
        """
        if format != "program":
            raise ValueError(
                f"Unknown export format '{format}': the formats are 'program' and `.keras` files "
                "written by `save()`, which Keras itself can open and export further"
            )
        from bigdl_keras.models.export import export_program

        export_program(self, filepath)

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """All variables as ``{kind: {layer: {variable: value}}}``.

        Kinds are trainable_variables, non_trainable_variables, optimizer_variables and
        metrics_variables.

        Args:
            value_format: ``"backend_tensor"`` for the values themselves, ``"numpy_array"`` for copies.

        Raises:
            ValueError: another format, or two variables of one path.
        """
        from bigdl_keras.models.state_tree import get_state_tree

        return get_state_tree(self, value_format)

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Set the variables named in a tree like that of :meth:`get_state_tree`.

        Raises ``ValueError`` for names that the model has not, and shapes that differ.
        """
        from bigdl_keras.models.state_tree import set_state_tree

        set_state_tree(self, state_tree)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as JSON; ``kwargs`` go to ``json.dumps``."""
        from bigdl_keras.saving import serialize_keras_object

        return json.dumps(serialize_keras_object(self), **kwargs)

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Create the state as when :meth:`get_build_config` was called.

        Without a ``build`` of its own a model is called on symbolic inputs of the saved shapes.
        """
        if not config:
            return
        if "input_shape" in config:
            shapes = {"input_shape": config["input_shape"]}
        else:
            shapes = config.get("shapes_dict") or {}
        try:
            if not is_default(self.build):
                self.build(*shapes.values())
            elif "input_shape" in config:
                infer_output_spec(
                    self.call, shapes_to_tensors(config["input_shape"], self.compute_dtype)
                )
            else:
                infer_output_spec(
                    self.call,
                    **{
                        name.removesuffix("_shape"): shapes_to_tensors(shape, self.compute_dtype)
                        for name, shape in shapes.items()
                    },
                )
        except Exception as error:  # any code of the user may have run
            warnings.warn(
                f"Model '{self.name}' had a build config, but the model cannot be built "
                "automatically in `build_from_config(config)`. You should implement `def "
                "build_from_config(self, config)`, and you might also want to implement `def "
                f"get_build_config(self)`. The error was: {error!r}",
                stacklevel=2,
            )
            return
        object.__setattr__(self, "_build_shapes_dict", shapes)
        self.built = True

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A model from what ``get_config`` returned.

        Configs of functional models make functional models, unless ``cls`` has a constructor of its
        own. Raises ``TypeError`` when the config does not fit the constructor.
        """
        from bigdl_keras.models.functional import Functional, functional_from_config

        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        names = [p.name for p in parameters]
        kinds = {p.kind for p in parameters}
        takes_tensors = cls in (Functional, Model) or names[:2] == ["inputs", "outputs"]
        takes_anything = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds
        is_functional = {"name", "layers", "input_layers", "output_layers"} <= config.keys()
        if is_functional and (takes_tensors or takes_anything):
            return functional_from_config(cls, config, custom_objects)
        return super().from_config(config)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model (without weights) written by :meth:`Model.to_json`."""
    from bigdl_keras.saving import deserialize_keras_object

    return deserialize_keras_object(json.loads(json_string), custom_objects=custom_objects)
