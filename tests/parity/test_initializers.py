"""Initializers against stock Keras: exact values, distributions, seeds, dtypes, configs, errors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from scipy import stats

import bigdl_keras
from tests.parity.compare import LIBRARIES, close, public, same_config, same_error

pytestmark = pytest.mark.parity

Arguments = dict[str, Any]
EXACT: list[tuple[str, Arguments, tuple[int, ...]]] = [
    ("Zeros", {}, (2, 3)),
    ("Zeros", {}, ()),
    ("Ones", {}, (2, 0, 3)),
    ("Ones", {}, (1,)),
    ("Constant", {}, (2, 3)),
    ("Constant", {"value": 1.5}, (2, 3)),
    ("Constant", {"value": [1.0, 2.0, 3.0]}, (2, 3)),
    ("Constant", {"value": -2}, (4,)),
    ("Identity", {}, (3, 3)),
    ("Identity", {"gain": 0.5}, (2, 5)),
    ("Identity", {"gain": 2}, (5, 2)),
    ("STFT", {}, (8, 1, 5)),
    ("STFT", {"side": "imag", "window": "hamming", "scaling": "spectrum"}, (8, 1, 5)),
    ("STFT", {"window": None, "periodic": True}, (6, 1, 4)),
    ("STFT", {"window": np.arange(1.0, 9.0), "scaling": None}, (8, 1, 5)),
]
RANDOM: list[tuple[str, Arguments]] = [
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 1.0, "stddev": 0.5}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": -1.0, "stddev": 2.0}),
    ("VarianceScaling", {}),
    ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform"}),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "untruncated_normal"}),
    ("VarianceScaling", {"distribution": "normal", "input_axes": [0], "output_axes": [1, 2]}),
    ("GlorotNormal", {}),
    ("GlorotUniform", {}),
    ("GlorotUniform", {"input_axes": [0, 1], "output_axes": [2]}),
    ("HeNormal", {}),
    ("HeUniform", {}),
    ("LecunNormal", {}),
    ("LecunUniform", {}),
]
ORTHOGONAL: list[tuple[str, Arguments]] = [("Orthogonal", {}), ("Orthogonal", {"gain": 2.0})]
EVERY = [(name, arguments) for name, arguments, _ in EXACT] + RANDOM + ORTHOGONAL
SEEDED = RANDOM + ORTHOGONAL
IDS = [f"{name}-{i}" for i, (name, _) in enumerate(EVERY)]
every_random = pytest.mark.parametrize(
    ("name", "arguments"), RANDOM, ids=[f"{name}-{i}" for i, (name, _) in enumerate(RANDOM)]
)
every_seeded = pytest.mark.parametrize(
    ("name", "arguments"), SEEDED, ids=[f"{name}-{i}" for i, (name, _) in enumerate(SEEDED)]
)


def test_every_initializer_has_a_case() -> None:
    bases = {"Initializer", "RandomInitializer"}
    classes = {getattr(keras.initializers, name).__name__ for name in public(keras.initializers)}
    assert classes - bases == {name for name, _ in EVERY}


def made(library: Any, initializer: str, arguments: Arguments, **more: Any) -> Any:
    return getattr(library.initializers, initializer)(**arguments, **more)


@pytest.mark.parametrize("dtype", [None, "float64", "float16", "bfloat16", "int32", "bool"])
@pytest.mark.parametrize(
    ("name", "arguments", "shape"), EXACT, ids=[f"{name}-{i}" for i, (name, *_) in enumerate(EXACT)]
)
def test_values(name: str, arguments: Arguments, shape: tuple[int, ...], dtype: str | None) -> None:
    theirs, ours = (made(library, name, arguments) for library in LIBRARIES)
    found = ours(shape, dtype=dtype)
    assert found.dtype.name == (dtype or "float32")
    if name in ("Identity", "STFT") and dtype in ("int32", "bool"):
        return  # stock Keras gives floats, or nothing
    # For 64 bits stock Keras would need another JAX.
    expected = np.asarray(theirs(shape, dtype="float32" if dtype == "float64" else dtype))
    # Stock Keras computes the waves in the dtype.
    tolerance = 1e-1 if dtype in ("float16", "bfloat16") else 1e-5
    close(found.astype(expected.dtype), expected, tolerance, tolerance)


@pytest.mark.parametrize("shape", [(30, 20, 10), (50, 60)], ids=str)
@every_random
def test_distributions(name: str, arguments: Arguments, shape: tuple[int, ...]) -> None:
    if "output_axes" in arguments and len(shape) < 3:
        shape = (*shape, 1)
    theirs, ours = (made(library, name, arguments, seed=1) for library in LIBRARIES)
    expected, found = np.asarray(theirs(shape)).ravel(), ours(shape).ravel()
    assert found.dtype == expected.dtype
    spread = float(expected.std())
    assert found.mean() == pytest.approx(float(expected.mean()), abs=spread / 10)
    assert found.std() == pytest.approx(spread, rel=0.04)
    assert abs(found - expected.mean()).max() == pytest.approx(
        float(abs(expected - expected.mean()).max()), rel=0.3
    )
    # Seeds are fixed, so a failure is no accident.
    assert stats.kstest(found, expected).pvalue > 0.01


@every_seeded
def test_seeds(name: str, arguments: Arguments) -> None:
    shape = (4, 5, 3)

    def draw(seed: Any) -> np.ndarray:
        return made(bigdl_keras, name, arguments, seed=seed)(shape)

    np.testing.assert_array_equal(draw(3), draw(3))
    assert not np.array_equal(draw(3), draw(4))
    assert not np.array_equal(draw(None), draw(None))
    for library in LIBRARIES:
        fixed = made(library, name, arguments, seed=7)
        np.testing.assert_array_equal(fixed(shape), fixed(shape))
        unseeded = made(library, name, arguments)
        np.testing.assert_array_equal(unseeded(shape), unseeded(shape))
        moving = made(library, name, arguments, seed=library.random.SeedGenerator(3))
        assert not np.array_equal(moving(shape), moving(shape))
        np.testing.assert_array_equal(fixed.clone()(shape), fixed(shape))


@pytest.mark.parametrize("shape", [(1, 1), (0, 3), (7, 1, 2), (2, 3, 1, 2, 2)], ids=str)
@every_seeded
def test_odd_shapes_and_dtypes(name: str, arguments: Arguments, shape: tuple[int, ...]) -> None:
    if "output_axes" in arguments and len(shape) < 3:
        shape = (*shape, 2)
    for dtype in ("float32", "float64", "float16", "bfloat16"):
        if name == "Orthogonal" and (0 in shape or dtype in ("float16", "bfloat16")):
            continue  # stock Keras has no decomposition of these
        found = made(bigdl_keras, name, arguments, seed=1)(shape, dtype=dtype)
        assert found.dtype.name == dtype
        assert found.shape == shape
        assert np.isfinite(found.astype("float64")).all()


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (3, 2, 4)], ids=str)
@pytest.mark.parametrize(("name", "arguments"), ORTHOGONAL)
def test_orthogonal_matrices(name: str, arguments: Arguments, shape: tuple[int, ...]) -> None:
    gain = arguments.get("gain", 1.0)
    for library in LIBRARIES:
        matrix = np.asarray(made(library, name, arguments, seed=2)(shape)).reshape(-1, shape[-1])
        small = matrix if matrix.shape[0] < matrix.shape[1] else matrix.T
        np.testing.assert_allclose(small @ small.T, gain**2 * np.eye(len(small)), atol=1e-5)


@pytest.mark.parametrize(("name", "arguments"), EVERY, ids=IDS)
def test_configs(name: str, arguments: Arguments) -> None:
    if isinstance(arguments.get("window"), np.ndarray):
        arguments = {**arguments, "window": "blackman"}
    more = {"seed": 5} if (name, arguments) in SEEDED else {}
    theirs, ours = (made(library, name, arguments, **more) for library in LIBRARIES)
    same_config(ours.get_config(), theirs.get_config())
    initializers = bigdl_keras.initializers
    again = initializers.deserialize(initializers.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    read = initializers.get({"class_name": name, "config": theirs.get_config()})
    same_config(read.get_config(), theirs.get_config())


def test_seed_generators_in_configs() -> None:
    results = []
    for library in LIBRARIES:
        config = library.initializers.HeNormal(seed=library.random.SeedGenerator(3)).get_config()
        results.append(config["seed"]["config"]["seed"])
        again = library.initializers.HeNormal.from_config(config)
        results.append(type(again.seed).__name__)
    assert results[:2] == results[2:]


def test_names() -> None:
    theirs, ours = (library.initializers for library in LIBRARIES)
    for name in set(keras.src.initializers.ALL_OBJECTS_DICT) - {"Constant", "constant"}:
        try:
            expected = type(theirs.get(name)).__name__
        except (TypeError, ValueError) as error:
            with pytest.raises(type(error)):
                ours.get(name)
        else:
            assert type(ours.get(name)).__name__ == expected
    for name in dir(theirs):
        if isinstance(getattr(theirs, name), type):
            assert getattr(ours, name).__name__ == getattr(theirs, name).__name__
    assert ours.get(None) is None
    assert ours.get(max) is max
    close(
        ours.get(np.ones((2, 2), "float32"))((2, 2)), theirs.get(np.ones((2, 2), "float32"))((2, 2))
    )
    close(ours.get("zeros")((2,)), theirs.get("zeros")((2,)))


BAD: dict[str, tuple[Any, str]] = {
    "scale": (lambda i: i.VarianceScaling(scale=-1.0), "scale"),
    "mode": (lambda i: i.VarianceScaling(mode="fan"), "fan"),
    "distribution": (lambda i: i.VarianceScaling(distribution="gamma"), "gamma"),
    "seed": (lambda i: i.GlorotUniform(seed="three"), "three"),
    "seed-float": (lambda i: i.RandomNormal(seed=1.5), "seed"),
    "orthogonal": (lambda i: i.Orthogonal()((3,)), r"\(3,\)"),
    "identity": (lambda i: i.Identity()((2, 3, 4)), r"\(2, 3, 4\)"),
    "side": (lambda i: i.STFT(side="left"), "left"),
    "scaling": (lambda i: i.STFT(scaling="loud"), "loud"),
    "window": (lambda i: i.STFT(window=np.ones(3))((8, 1, 5)), "8"),
    "base": (lambda i: i.Initializer()((2,)), "__call__"),
    "name": (lambda i: i.get("glorot"), "glorot"),
    "identifier": (lambda i: i.get(3), "3"),
    "array": (lambda i: i.get(np.ones((2, 2)))((3, 2)), r"3, 2"),
    "argument": (lambda i: i.Zeros(value=3), "value|argument"),
    "dtype": (lambda i: i.RandomNormal()((2,), dtype="int32"), "int32"),
    "uniform-dtype": (lambda i: i.RandomUniform()((2,), dtype="bool"), "bool"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_errors(case: str) -> None:
    call, names = BAD[case]
    same_error(lambda library: call(library.initializers), names)
