"""How fast this machine multiplies matrices: what rates of kernels are compared with."""

from __future__ import annotations

import time

import numpy as np

from bigdl_native import make_kernel

_SIZE = 1024


def product_peak(threads: int = 1, seconds: float = 0.03) -> float:
    """The best rate of a float32 matrix product right now, in operations a second.

    Args:
        threads: threads of the product.
        seconds: how long to try.

    Raises:
        RuntimeError: there is no native product.
    """
    operand, product = ("float32", (_SIZE, _SIZE)), np.empty((_SIZE, _SIZE), np.float32)
    transposes = {"transpose_a": False, "transpose_b": False}
    kernel = make_kernel("matmul", [operand, operand], [operand], transposes, threads)
    if kernel is None:
        raise RuntimeError("the native library has no float32 matrix product")
    factors = [np.full_like(product, 0.5), np.full_like(product, 0.25)]
    kernel.run(factors, [product], threads)  # the first run sets threads and memory up
    # One thread is timed by what it gets of the processor, so that other programs take nothing from the peak.
    clock = time.thread_time if threads == 1 else time.perf_counter
    best, until = float("inf"), clock() + seconds
    while True:
        start = clock()
        kernel.run(factors, [product], threads)
        end = clock()
        best = min(best, end - start)
        if end >= until:
            return 2 * _SIZE**3 / best
