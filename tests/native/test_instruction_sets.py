"""Elementwise kernels on lesser instruction sets than this processor's, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.native.compare import run_kernel

ROOT = Path(__file__).parents[2]

CHECKS = """
import sys
import numpy as np
from tests.native import test_elementwise, test_elementwise_fused, test_vector_math
from tests.native.compare import run_kernel

for name in test_vector_math.EXACT:
    test_vector_math.test_float32_is_within_4_ulp_everywhere(name)
for dtype in ("bfloat16", "float16"):
    test_elementwise.test_halves_round_to_the_nearest_even_for_every_kind_of_float(dtype)
for name in test_elementwise.ARITHMETIC:
    for dtype in ("float32", "int32"):
        test_elementwise.test_arithmetic(name, dtype)
for dtype in test_elementwise.EVERY:
    test_elementwise.test_select(dtype)
test_elementwise_fused.test_adam_updates_its_state_in_place(1000, 1)
x = np.linspace(-3, 3, 10_000).astype("float32")
sys.stdout.buffer.write(run_kernel("exp", [x], [x])[0].tobytes())
"""


def run(limit, code):
    environment = {**os.environ, "BIGDL_KERAS_INSTRUCTION_SET": limit}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, timeout=120
    )


@pytest.mark.parametrize("limit", ["v2", "v3"])
def test_lesser_sets_are_as_accurate(limit):
    done = run(limit, CHECKS)
    assert done.returncode == 0, done.stderr.decode()
    x = np.linspace(-3, 3, 10_000).astype("float32")
    here = run_kernel("exp", [x], [x])[0]
    there = np.frombuffer(done.stdout, "float32")
    np.testing.assert_allclose(there, here, rtol=3e-7)
    if limit == "v2" and "fma" in Path("/proc/cpuinfo").read_text():
        assert (there != here).any()  # without fused multiply-add some last bits differ


def test_an_unknown_set_is_named():
    done = run(
        "v9",
        "from bigdl_native import make_kernel as make\nx = ('float32', (1,))\nmake('exp', [x], [x])",
    )
    assert b"BIGDL_KERAS_INSTRUCTION_SET must be v2, v3 or v4, got v9" in done.stderr
