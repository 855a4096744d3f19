"""Time of a training step against Keras on TensorFlow, JAX and PyTorch.

    python benchmarks/train.py [--models mlp lenet] [--threads 1 2] [--peer-python PATH]

Each library lives in a process of its own that has built and warmed the model; the processes take turns (A B C D A B
C D ...), each fitting a few steps while the others wait, and the fastest turn of each counts. --peer-python names an
interpreter that has Keras and its backends; those it cannot import are left out and named. Writes a JSON file and
prints a table.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

LIBRARIES = ["bigdl_keras", "tensorflow", "jax", "torch"]


def main():
    args = parse_arguments()
    if args.serve:
        return serve(*args.serve)
    rows = [
        row
        for threads in args.threads
        for name in args.models
        for row in measure(name, threads, args)
    ]
    report = {"machine": machine(), "rounds": args.rounds, "steps": args.steps, "rows": rows}
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(report, indent=1))
    print(json.dumps(report["machine"]))
    print(table(rows))


def measure(name, threads, args):
    """One row a library: milliseconds a step, and how many times as long as ours."""
    peers = {}
    for library in args.libraries:
        python = sys.executable if library == "bigdl_keras" else args.peer_python
        peers[library] = Peer(python, library, name, threads, args.steps)
    missing = [library for library, peer in peers.items() if not peer.ready()]
    for library in missing:
        print(f"{library}: not available to {args.peer_python}, left out", file=sys.stderr)
        peers.pop(library).close()
    best = dict.fromkeys(peers, float("inf"))
    for _ in range(args.rounds):
        for library, peer in peers.items():
            best[library] = min(best[library], peer.turn())
    first = {library: peer.first_step for library, peer in peers.items()}
    for peer in peers.values():
        peer.close()
    return [
        {
            "model": name,
            "threads": threads,
            "library": library,
            "ms_per_step": round(1e3 * seconds, 3),
            "ratio": round(seconds / best["bigdl_keras"], 2),
            "first_step_s": round(first[library], 2),
        }
        for library, seconds in best.items()
    ]


class Peer:
    """A process that holds one library and one warmed model, pinned to the first `threads` processors."""

    def __init__(self, python, library, model, threads, steps):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3"}
        if library != "bigdl_keras":
            environment["KERAS_BACKEND"] = library
        command = [python, __file__, "--serve", library, model, str(steps)]
        processors = ",".join(map(str, sorted(os.sched_getaffinity(0))[:threads]))
        self.process = subprocess.Popen(
            ["taskset", "-c", processors, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.first_step = float("nan")

    def ready(self):
        line = self.process.stdout.readline()
        if line.startswith("ready "):
            self.first_step = float(line.split()[1])
            return True
        return False

    def turn(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def serve(library, name, steps):
    """The other side of `Peer`: answer each line of input with the seconds of a step."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    if library == "bigdl_keras":
        import bigdl_keras as keras
    else:
        import keras
    from models import MODELS

    keras.utils.set_random_seed(1)
    workload = MODELS[name]
    model, batch = workload.build(keras), workload.batch
    model.compile(optimizer="adam", loss=workload.loss)
    steps = int(steps)
    x, y = workload.data(batch * steps, np.random.default_rng(0))
    started = time.perf_counter()
    model.fit(x[:batch], y[:batch], batch_size=batch, verbose=0)
    first = time.perf_counter() - started
    model.fit(x, y, batch_size=batch, verbose=0)
    answers.write(f"ready {first}\n")
    for _ in sys.stdin:
        started = time.perf_counter()
        model.fit(x, y, batch_size=batch, verbose=0, shuffle=False)
        answers.write(f"{(time.perf_counter() - started) / steps}\n")
    return None


def table(rows):
    lines = ["| model | threads | library | ms a step | times ours | first step, s |"]
    lines.append("|---|---|---|---|---|---|")
    lines += [
        f"| {r['model']} | {r['threads']} | {r['library']} | {r['ms_per_step']} | {r['ratio']} | {r['first_step_s']} |"
        for r in rows
    ]
    return "\n".join(lines)


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version()}


def parse_arguments():
    from models import MODELS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=LIBRARIES)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/train.json"))
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
