"""The Python face of native kernels."""

import ctypes
import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from bigdl_native import Kernel, kernel_names, make_kernel

SHAPES = [(256, 256), (256, 256)]
ATTRS = {"transpose_a": False, "transpose_b": False}


def product_kernel(threads=1, dtype="float32"):
    return make_kernel(
        "matmul", [(dtype, shape) for shape in SHAPES], [(dtype, (256, 256))], ATTRS, threads
    )


def matrices(dtype="float32"):
    a, b = np.random.default_rng(0).standard_normal((2, 256, 256)).astype(dtype)
    return a, b, np.zeros((256, 256), dtype)


def test_names_are_sorted_and_make_kernels():
    names = kernel_names()
    assert names == sorted(names)
    assert "matmul" in names
    assert make_kernel("no such primitive", [], []) is None


def test_kernels_are_only_made_by_make_kernel():
    with pytest.raises(TypeError, match="make_kernel"):
        Kernel()


def test_operands_are_checked():
    kernel = product_kernel()
    a, b, y = matrices()
    frozen = y.copy()
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="2 inputs, got 1"):
        kernel.run([a], [y])
    with pytest.raises(TypeError, match=r"input 1 .* numpy array, got list"):
        kernel.run([a, b.tolist()], [y])
    with pytest.raises(ValueError, match=r"input 0 .*float32\[256, 256\].*float64"):
        kernel.run([a.astype("float64"), b], [y])
    with pytest.raises(ValueError, match=r"input 0 .* got float32\[256, 255\]"):
        kernel.run([a[:, :255].copy(), b], [y])
    with pytest.raises(ValueError, match="C-contiguous"):
        kernel.run([a.T, b], [y])
    with pytest.raises(ValueError, match="read-only"):
        kernel.run([a, b], [frozen])
    with pytest.raises(ValueError, match="threads"):
        kernel.run([a, b], [y], 0)


def test_attributes_of_another_kind_are_refused():
    with pytest.raises(TypeError, match=r"transpose_a=\{\}"):
        make_kernel("matmul", [], [], {"transpose_a": {}})


def test_one_kernel_may_be_run_from_many_threads():
    kernel = product_kernel(threads=2)
    inputs = [matrices()[:2] for _ in range(4)]
    results = [np.zeros((256, 256), "float32") for _ in inputs]

    def work(index):
        for _ in range(20):
            kernel.run([inputs[index][0] * (index + 1), inputs[index][1]], [results[index]], 2)

    workers = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for index, (a, b) in enumerate(inputs):
        np.testing.assert_allclose(results[index], a @ b * (index + 1), rtol=1e-3, atol=1e-3)


def test_the_threads_of_the_rest_of_the_process_are_left_alone():
    openmp = ctypes.CDLL("libgomp.so.1")
    before = openmp.omp_get_max_threads()
    openmp.omp_set_num_threads(7)
    try:
        a, b, y = matrices()
        product_kernel(threads=2).run([a, b], [y], 2)
        attrs = {"strides": (1,), "padding": ((1, 1),), "dilation": (1,), "groups": 1}
        shapes = [(8, 256, 32), (3, 32, 32)]
        kernel = make_kernel(
            "conv", [("float32", shape) for shape in shapes], [("float32", shapes[0])], attrs, 2
        )
        x, w = (np.ones(shape, "float32") for shape in shapes)
        kernel.run([x, w], [np.empty_like(x)], 2)
        assert openmp.omp_get_max_threads() == 7
    finally:
        openmp.omp_set_num_threads(before)


@pytest.mark.parametrize(
    ("chosen", "spins"),
    [({}, "1000"), ({"GOMP_SPINCOUNT": "77"}, "77"), ({"OMP_WAIT_POLICY": "passive"}, "0")],
)
def test_waiting_threads_give_the_processor_up_soon(chosen, spins):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
    }
    done = subprocess.run(
        [sys.executable, "-c", "import bigdl_native"],
        env={**inherited, **chosen, "OMP_DISPLAY_ENV": "verbose"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"GOMP_SPINCOUNT = '{spins}'" in done.stderr


def _run_in_child(queue):
    a, b, y = matrices()
    product_kernel(threads=2).run([a, b], [y], 2)
    queue.put(float(np.abs(y - a @ b).max()))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_a_forked_child_computes_although_the_threads_stayed_behind():
    a, b, y = matrices()
    product_kernel(threads=2).run([a, b], [y], 2)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_run_in_child, args=(queue,))
    child.start()
    try:
        assert queue.get(timeout=30) < 1e-3
    finally:
        child.kill()
        child.join()
