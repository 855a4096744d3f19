"""A dense layer whose product is an einsum."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bigdl_keras import activations, constraints, initializers, ops, regularizers
from bigdl_keras.layers.core.base_low_rank import BaseLowRank


class EinsumDense(BaseLowRank):
    """``activation(einsum(equation, x, kernel) + bias)``, for example ``"abc,cd->abd"``.

    `output_shape` is the shape without the batch axis (None entries are read from the input); `bias_axes` names the
    output axes that the bias has.

    Source: https://keras.io/api/layers/core_layers/einsum_dense/
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: str | Callable[..., Any] | None = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._init_lora(lora_rank, lora_alpha)
        self._refuse_quantization(quantization_config)
        self.gptq_unpacked_column_size = gptq_unpacked_column_size
        self.equation = equation
        self.partial_output_shape = (
            (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of an output row, as given."""
        return self.partial_output_shape

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make kernel and bias with the sizes that the equation implies."""
        self._refuse_quantization(None)
        kernel_shape, bias_shape = _weight_shapes(
            self.equation, self.bias_axes, tuple(input_shape), self.partial_output_shape, self.name
        )
        self._kernel = self._add_parameter(
            "kernel", kernel_shape, initializer=self._kernel_initializer_for_axes()
        )
        self.bias: Any = None
        if bias_shape is not None:
            self.bias = self._add_parameter("bias", bias_shape)
        self.built = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank, lora_alpha=self.lora_alpha)

    def _kernel_initializer_for_axes(self) -> Any:
        """The initializer, told which axes of the kernel are inputs and which outputs."""
        initializer = self.kernel_initializer
        if not isinstance(initializer, initializers.VarianceScaling) or (
            initializer.input_axes is not None and initializer.output_axes is not None
        ):
            return initializer
        _, kernel, outputs = re.split(",|->", self.equation)
        made = [axis for axis, letter in enumerate(kernel) if letter in outputs]
        summed = [axis for axis in range(len(kernel)) if axis not in made]
        config = initializer.get_config() | {
            "seed": initializer.seed,
            "input_axes": summed,
            "output_axes": made,
        }
        return type(initializer).from_config(config)

    @property
    def kernel(self) -> Any:
        """The kernel, low-rank update included."""
        return self._adapted_value()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Multiply, add the bias, activate."""
        outputs = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return outputs if self.activation is None else self.activation(outputs)


def _weight_shapes(
    equation: str,
    bias_axes: str | None,
    input_shape: tuple[int | None, ...],
    output_shape: tuple[int | None, ...],
    layer: str,
) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    match = re.fullmatch(
        r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?", equation
    )
    if match is None or bool(match[1]) != bool(match[5]) or bool(match[3]) != bool(match[7]):
        raise ValueError(
            f"Invalid einsum equation {equation!r} of layer {layer!r}. Equations must be in the form "
            "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
        )
    inputs, kernel, outputs = match[2], match[4], match[6]
    sizes: dict[str, int | None] = {}
    # An ellipsis in front is filled from the right, one behind from the left.
    if match[1]:
        sizes.update(zip(reversed(outputs), reversed(output_shape), strict=False))
        sizes.update(zip(reversed(inputs), reversed(input_shape), strict=False))
    else:
        sizes.update(zip(outputs[1:], output_shape, strict=False))
        given = dict(zip(inputs, input_shape, strict=False))
        for letter, size in given.items():
            expected = sizes.get(letter)
            if None not in (expected, size) and expected != size and letter in outputs:
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension {letter!r}. Input shape is "
                    f"{size}, and output shape is {expected} (layer {layer!r})."
                )
        sizes.update({letter: size for letter, size in given.items() if size is not None})
    unknown = [letter for letter in kernel if sizes.get(letter) is None]
    if unknown:
        raise ValueError(
            f"Weight dimension {unknown[0]!r} did not have a match in either the input spec {inputs!r} or the output "
            f"spec {outputs!r}. For this layer, the weight must be fully specified (layer {layer!r}, "
            f"input_shape={input_shape})."
        )
    kernel_shape = tuple(int(sizes[letter] or 0) for letter in kernel)
    if bias_axes is None:
        return kernel_shape, None
    missing = [letter for letter in bias_axes if letter not in outputs]
    if missing:
        raise ValueError(
            f"Bias dimension {missing[0]!r} was requested, but is not part of the output spec {outputs!r} "
            f"(layer {layer!r})."
        )
    first = min(outputs.index(letter) for letter in bias_axes)
    bias_shape = tuple(
        int(sizes[letter] or 1) if letter in bias_axes else 1 for letter in outputs[first:]
    )
    # The axes of an ellipsis behind follow those of the bias.
    behind = len(input_shape) - len(inputs) if match[7] else 0
    return kernel_shape, bias_shape + (1,) * behind
