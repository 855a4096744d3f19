"""Fused elementwise programs against NumPy: Adam's update and gelu(x + bias).

    python benchmarks/native_elementwise.py [--elements 25000000] [--threads 1 2] [--repeats 7]

Prints the shortest time of several runs and the memory traffic that it amounts to.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from bigdl_native import Kernel, make_kernel

WIDTH = 1000  # of gelu's bias


def spec(array: np.ndarray) -> tuple[str, tuple[int, ...]]:
    return array.dtype.name, array.shape


def normal(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype="float32")


def fused(inputs: list[np.ndarray], outputs: int, program: dict, threads: int) -> Kernel:
    """A kernel of a float32 program given as rows of (op, registers)."""
    rows, scalars = program["rows"], program["scalars"]
    attrs = {
        "ops": tuple(op for op, *_ in rows),
        "args": tuple(r for _, *args in rows for r in (*args, *[-1] * (3 - len(args)))),
        "dtypes": ("float32",) * len(rows),
        "results": program["results"],
        "in_place": program["in_place"],
        "scalars": scalars,
        "scalar_dtypes": ("float32",) * len(scalars),
    }
    specs = [spec(a) for a in inputs]
    kernel = make_kernel("fused_elementwise", specs, [specs[0]] * outputs, attrs, threads)
    assert kernel is not None
    return kernel


ADAM = {  # inputs 0 w, 1 m, 2 v, 3 g, 4 rate; constants 5 .. 9
    "scalars": (0.9, 0.1, 0.999, 0.001, 1e-7),
    "rows": [
        *[("mul", 1, 5), ("mul", 3, 6), ("add", 10, 11)],
        *[("square", 3), ("mul", 13, 8), ("mul", 2, 7), ("add", 15, 14)],
        *[("sqrt", 16), ("add", 17, 9), ("mul", 12, 4), ("div", 19, 18), ("sub", 0, 20)],
    ],
    "results": (21, 12, 16),
    "in_place": (0, 1, 2),
}

GELU = {  # inputs 0 x, 1 bias; constants 2 .. 4
    "scalars": (2**-0.5, 1.0, 0.5),
    "rows": [("add", 0, 1), ("mul", 5, 2), ("erf", 6), ("add", 7, 3), ("mul", 5, 4), ("mul", 9, 8)],
    "results": (10,),
    "in_place": (-1,),
}


def numpy_adam(w, m, v, g, rate):
    m *= np.float32(0.9)
    m += np.float32(0.1) * g
    v *= np.float32(0.999)
    v += np.float32(0.001) * np.square(g)
    w -= rate * m / (np.sqrt(v) + np.float32(1e-7))


def numpy_gelu_by_tanh(x, bias):
    """The usual approximation: NumPy has no erf."""
    y = x + bias
    inner = np.float32(0.7978845608) * (y + np.float32(0.044715) * y * y * y)
    return np.float32(0.5) * y * (1 + np.tanh(inner))


def shortest(run: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def report(name: str, seconds: float, traffic: int) -> None:
    print(f"{name:28s} {seconds * 1e3:9.2f} ms {traffic / seconds / 1e9:8.1f} GB/s")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fused elementwise programs against NumPy")
    parser.add_argument("--elements", type=int, default=25_000_000)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    n, repeats = options.elements, options.repeats

    w, m, v, g = (normal(n, seed=seed) for seed in range(4))
    np.abs(v, out=v)
    rate = np.array(1e-3, "float32")
    traffic = 7 * w.nbytes  # four arrays read, three written
    report("Adam, NumPy", shortest(partial(numpy_adam, w, m, v, g, rate), 2), traffic)
    for threads in options.threads:
        kernel = fused([w, m, v, g, rate], 3, ADAM, threads)
        seconds = shortest(partial(kernel.run, [w, m, v, g, rate], [w, m, v], threads), repeats)
        report(f"Adam, fused, {threads} thread(s)", seconds, traffic)

    x = w[: n // WIDTH * WIDTH].reshape(-1, WIDTH)
    bias, y = normal(WIDTH, seed=4), m[: x.size].reshape(x.shape)
    traffic = 2 * x.nbytes
    report("gelu(x + b), NumPy, tanh", shortest(partial(numpy_gelu_by_tanh, x, bias), 2), traffic)
    for threads in options.threads:
        kernel = fused([x, bias], 1, GELU, threads)
        seconds = shortest(partial(kernel.run, [x, bias], [y], threads), repeats)
        report(f"gelu(x + b), fused, {threads} thread(s)", seconds, traffic)


if __name__ == "__main__":
    main()
