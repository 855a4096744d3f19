"""Float32 products of sizes for which tiles pay, where the processor has them; the rules hold without them too."""

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.native.compare import run_kernel

FLAGS = [(False, False), (False, True), (True, False), (True, True)]
# Of 531 rows a second thread takes 243 in one block, where the first one's 288 are two smaller blocks.
SIZES = [
    (96, 160, 130),
    (33, 257, 300),
    (300, 70, 141),
    (64, 129, 32),
    (81, 600, 33),
    (531, 64, 64),
]


def operands(m, n, k, transpose_a, transpose_b, batch=()):
    rng = np.random.default_rng(m + n + k)
    a = rng.standard_normal((*batch, *((k, m) if transpose_a else (m, k)))).astype("float32")
    b = rng.standard_normal((*batch, *((n, k) if transpose_b else (k, n)))).astype("float32")
    return a, b


def exact(a, b, transpose_a, transpose_b):
    a, b = a.astype("float64"), b.astype("float64")
    return (a.swapaxes(-1, -2) if transpose_a else a) @ (b.swapaxes(-1, -2) if transpose_b else b)


def run(name, arrays, like, threads, transpose_a, transpose_b, **attrs):
    flags = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    (result,) = run_kernel(name, arrays, [like.astype("float32")], {**flags, **attrs}, threads)
    return result


@pytest.mark.parametrize(("size", "flags"), list(product(SIZES, FLAGS)))
def test_as_exact_as_float32_products(size, flags):
    a, b = operands(*size, *flags)
    truth = exact(a, b, *flags)
    results = [run("matmul", [a, b], truth, threads, *flags) for threads in (1, 2)]
    np.testing.assert_array_equal(*results)
    # The rounding of every addition, at random, beside the size of the summands.
    scale = exact(abs(a), abs(b), *flags)
    assert (abs(results[0] - truth) / scale).max() < 2.0**-24 * 4


@pytest.mark.parametrize("flags", FLAGS)
def test_stacks(flags):
    a, b = operands(70, 90, 50, *flags, batch=(2, 3))
    truth = exact(a, b, *flags)
    for threads in (1, 2):
        result = run("matmul", [a, b], truth, threads, *flags)
        np.testing.assert_allclose(result, truth, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("size", [(96, 600, 130), (600, 96, 130)])
def test_bias_and_activation(size):
    a, b = operands(*size, False, False)
    bias = np.linspace(-9, 9, size[1], dtype="float32")
    truth = np.maximum(exact(a, b, False, False) + bias, 0)
    for threads in (1, 2):
        result = run(
            "matmul_bias_act", [a, b, bias], truth, threads, False, False, activation="relu"
        )
        np.testing.assert_allclose(result, truth, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, np.finfo("float32").max])
def test_numbers_that_do_not_split(value):
    a, b = operands(96, 160, 130, False, False)
    a[5, 7] = value
    with np.errstate(invalid="ignore", over="ignore"):
        truth = exact(a, b, False, False).astype("float32")
    result = run("matmul", [a, b], truth, 1, False, False)
    np.testing.assert_allclose(result, truth, rtol=1e-5, atol=1e-5)


def test_numbers_of_every_size():
    rng = np.random.default_rng(0)
    a = np.ldexp(rng.uniform(1, 2, (96, 64)), rng.integers(-60, 60, (96, 1))).astype("float32")
    b = rng.standard_normal((64, 96)).astype("float32")
    truth = exact(a, b, False, False)
    result = run("matmul", [a, b], truth, 1, False, False)
    scale = exact(abs(a), abs(b), False, False)
    assert (abs(result - truth) / scale).max() < 2.0**-24 * 4


CODE = """
import sys
import numpy as np
from tests.native.test_matmul_tiles import exact, operands, run
a, b = operands(96, 160, 130, False, False)
sys.stdout.buffer.write(run("matmul", [a, b], exact(a, b, False, False), 1, False, False).tobytes())
"""


@pytest.mark.parametrize(
    "switch", [{"BIGDL_KERAS_TILES": "0"}, {"BIGDL_KERAS_INSTRUCTION_SET": "v3"}]
)
def test_switches(switch):
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **switch},
        capture_output=True,
        timeout=120,
        check=True,
    )
    a, b = operands(96, 160, 130, False, False)
    here = run("matmul", [a, b], exact(a, b, False, False), 1, False, False)
    without = np.frombuffer(done.stdout, "float32").reshape(here.shape)
    np.testing.assert_allclose(without, here, rtol=1e-5, atol=1e-5)
    if "amx_bf16" in Path("/proc/cpuinfo").read_text():
        assert (without != here).any()
