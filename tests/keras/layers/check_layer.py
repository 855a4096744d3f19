"""One call that compares a layer with stock Keras in everything a layer does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

import bigdl_keras


@dataclass(frozen=True)
class Case:
    """A layer, made by the same function from either library, and what it is called on.

    Attributes:
        make: ``make(library)`` gives the layer.
        shapes: the shape of each input, batch included; several inputs are passed as a list.
        below: None for floats, else inputs are integers from 0 to below this.
        arguments: passed to the call.
        mask: bool, passed to the call; in models it is an input of its own.
        spread: inputs are called as separate arguments, not as a list.
        tolerance: relative and absolute, on values and trained weights.
        trains: whether a training step makes sense (some inputs are integers and some layers have no gradient).
    """

    make: Callable[[Any], Any]
    shapes: Sequence[tuple[int, ...]]
    below: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    mask: Any = None
    spread: bool = False
    tolerance: float = 2e-5
    trains: bool = True


def check_layer(case: Case, folder: Path) -> None:
    """Values, shapes, configs, gradients of a training step and files, each against stock Keras."""
    for library in (keras, bigdl_keras):
        library.backend.clear_session()  # so that automatic names agree
    theirs, ours = case.make(keras), case.make(bigdl_keras)
    inputs = make_inputs(case)
    call(theirs, inputs, case)
    call(ours, inputs, case)
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    randomise(theirs)
    ours.set_weights(theirs.get_weights())
    expected = flat(call(theirs, inputs, case))
    got = flat(call(ours, inputs, case))
    for g, e in zip(got, expected, strict=True):
        assert str(np.asarray(g).dtype) == str(np.asarray(e).dtype)
        close(g, e, case.tolerance)

    check_config(theirs, ours)
    their_model, our_model = model_of(keras, theirs, case), model_of(bigdl_keras, ours, case)
    assert [t.shape for t in our_model.outputs] == [t.shape for t in their_model.outputs]
    check_low_precision(case, theirs, inputs)
    check_files(their_model, our_model, inputs, folder, case)
    if case.trains:
        check_training(their_model, our_model, inputs, case)


def check_config(theirs: Any, ours: Any) -> None:
    """Our config is JSON, makes the same layer here, and makes the same layer in stock Keras."""
    config = ours.get_config()
    written = json.loads(json.dumps(bigdl_keras.saving.serialize_keras_object(ours)))
    again = bigdl_keras.saving.deserialize_keras_object(written)
    assert json.dumps(again.get_config(), default=str) == json.dumps(config, default=str)
    there = keras.saving.deserialize_keras_object(written)
    assert plain(there.get_config(), keras) == plain(theirs.get_config(), keras)
    here = bigdl_keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(theirs))
    assert plain(here.get_config(), bigdl_keras) == plain(config, bigdl_keras)


def check_low_precision(case: Case, theirs: Any, inputs: list[np.ndarray]) -> None:
    """With mixed_bfloat16 the layer computes in bfloat16 and comes close to float32."""
    previous = bigdl_keras.config.dtype_policy()
    bigdl_keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        low = case.make(bigdl_keras)
        call(low, inputs, case)
        assert all(w.dtype in ("float32", "int32") for w in low.weights)
        low.set_weights(theirs.get_weights())
        for g, e in zip(
            flat(call(low, inputs, case)), flat(call(theirs, inputs, case)), strict=True
        ):
            if str(np.asarray(g).dtype) == "bool":
                continue
            assert str(np.asarray(g).dtype) == "bfloat16"
            wide = np.asarray(g).astype("float32")
            assert np.abs(wide - np.asarray(e)).max() <= 0.1 * (1 + np.abs(np.asarray(e)).max())
    finally:
        bigdl_keras.config.set_dtype_policy(previous)


def check_files(their_model: Any, our_model: Any, inputs: list, folder: Path, case: Case) -> None:
    """Each library opens the other's file and computes the same."""
    expected = flat(their_model(inputs if len(inputs) > 1 else inputs[0]))
    our_model.save(folder / "ours.keras")
    their_model.save(folder / "theirs.keras")
    readers = ((keras, "ours.keras"), (bigdl_keras, "theirs.keras"), (bigdl_keras, "ours.keras"))
    for library, name in readers:
        loaded = library.models.load_model(folder / name)
        for g, e in zip(
            flat(loaded(inputs if len(inputs) > 1 else inputs[0])), expected, strict=True
        ):
            close(g, e, case.tolerance)


def check_training(their_model: Any, our_model: Any, inputs: list, case: Case) -> None:
    """One step of SGD: the same loss, and the same weights, so the same gradients."""
    rng = np.random.default_rng(3)
    x = inputs if len(inputs) > 1 else inputs[0]
    outputs = [np.asarray(o) for o in flat(their_model(x))]
    targets = [rng.standard_normal(o.shape).astype("float32") for o in outputs]
    losses = []
    for model, library in ((their_model, keras), (our_model, bigdl_keras)):
        model.compile(
            optimizer=library.optimizers.SGD(0.5),
            loss=["mse"] * len(targets) if len(targets) > 1 else "mse",
        )
        result = model.train_on_batch(x, targets if len(targets) > 1 else targets[0])
        losses.append(np.atleast_1d(np.asarray(result)))
    close(losses[1], losses[0], case.tolerance)
    for ours, theirs in zip(our_model.weights, their_model.weights, strict=True):
        close(ours.numpy(), np.asarray(theirs.value), 10 * case.tolerance)


def make_inputs(case: Case) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    if case.below is not None:
        return [rng.integers(0, case.below, shape).astype("int32") for shape in case.shapes]
    inputs = [rng.standard_normal(shape).astype("float32") for shape in case.shapes]
    return inputs if case.mask is None else [*inputs, case.mask]


def call(layer: Any, inputs: list, case: Case) -> Any:
    arguments = dict(case.arguments)
    if case.mask is not None:
        *inputs, arguments["mask"] = inputs
    if case.spread:
        return layer(*inputs, **arguments)
    return layer(inputs if len(inputs) > 1 else inputs[0], **arguments)


def randomise(layer: Any) -> None:
    """Values unlike any initial ones, so that a weight that is ignored or swapped shows."""
    rng = np.random.default_rng(2)
    values = []
    for weight in layer.weights:
        value = np.asarray(weight.value)
        if np.issubdtype(value.dtype, np.floating):
            value = (0.3 * rng.standard_normal(value.shape)).astype(value.dtype)
            if "variance" in weight.name or "stddev" in weight.name:
                value = np.abs(value) + np.float32(0.5)
        values.append(value)
    layer.set_weights(values)


def model_of(library: Any, layer: Any, case: Case) -> Any:
    dtype = "float32" if case.below is None else "int32"
    inputs = [library.Input(shape[1:], dtype=dtype) for shape in case.shapes]
    if case.mask is not None:
        inputs.append(library.Input(case.mask.shape[1:], dtype="bool"))
    outputs = call(layer, inputs, case)
    return library.Model(inputs if len(inputs) > 1 else inputs[0], outputs)


def flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flat(item)]
    return [value]


def plain(config: Any, library: Any) -> Any:
    """As JSON, floats to six digits: stock Keras rounds some arguments to float32."""
    return library.tree.map_structure(
        lambda leaf: f"{leaf:.6g}" if isinstance(leaf, float) else leaf,
        json.loads(json.dumps(config, default=str)),
    )


def close(got: Any, expected: Any, tolerance: float) -> None:
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, (got.shape, expected.shape)
    scale = max(1.0, float(np.abs(expected.astype("float64")).max(initial=0)))
    np.testing.assert_allclose(
        got.astype("float64"), expected.astype("float64"), rtol=tolerance, atol=tolerance * scale
    )
