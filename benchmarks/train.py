"""Training and prediction against Keras on TensorFlow, JAX and PyTorch, and against PyTorch by hand.

    python benchmarks/train.py [--models mlp lenet] [--threads 1 2] [--precisions float32 mixed_bfloat16]
                               [--libraries bigdl_keras torch] [--peer-python PATH] [--resume]

Each library lives in a process of its own that has built and warmed the model; the processes, pinned to the same
processors, take turns (A B C D A B C D ...), and the fastest turn of each counts. --peer-python names an interpreter
that has Keras with its backends, and PyTorch.

Results are written after every model and go into what the output file has already: a long run can be made in parts, and
--resume leaves out what this commit has measured. Milliseconds are of a step: of training, of predicting a batch
(predict), of `predict` on one sample (one) and of `model(x)` on one sample (call). `share` is the rate of the
products of matrices and convolutions in a training step, against that of a float32 matrix product in the same run.
`times` tells how many times as long as bigdl_keras a library takes. Megabytes are the most a process had after three
training steps.
"""

import argparse
import itertools
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from models import MODELS
from peers import Peer
from report import commit
from standings import Standings
from subjects import LIBRARIES

PRECISIONS = ("float32", "mixed_bfloat16")
MEASURED = ("train", "predict", "one", "call")


def main():
    args = parse_arguments()
    standings = Standings(args.output)
    cases = list(itertools.product(args.precisions, args.threads, args.models))
    for number, (precision, threads, model) in enumerate(cases, 1):
        libraries = [
            library
            for library in args.libraries
            if not (args.resume and standings.has(model, threads, precision, library))
        ]
        if not libraries:
            continue
        started = time.perf_counter()
        case = f"{number}/{len(cases)} {model}, {threads} threads, {precision}"
        try:
            standings.add(measure(model, threads, precision, libraries, args))
        except RuntimeError as error:  # the other cases are worth having without this one
            print(f"{case}: left out, {error}", file=sys.stderr)
        else:
            print(f"{case}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    standings.show()


def measure(model, threads, precision, libraries, args):
    """A row for every library; those that fail are left out and named."""
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with open(args.output.with_suffix(".log"), "a") as log, ExitStack() as stack:
        peers = {}
        for library in libraries:
            python = sys.executable if library == "bigdl_keras" else args.peer_python
            peer = Peer(python, library, model, precision, threads, args.turn, args.clock, log)
            stack.callback(peer.close)
            if peer.facts:
                peers[library] = peer
            else:
                print(f"{library} cannot run {model}: see {log.name}", file=sys.stderr)
        best, rates = take_turns(peers, args)
    return [
        {
            "model": model,
            "threads": threads,
            "precision": precision,
            "library": library,
            **{f"{task}_ms": 1e3 * seconds for task, seconds in best[library].items()},
            **peer.facts,
            "product_gflops": rates[library] / 1e9,
            "peak_gflops": max(rates.values()) / 1e9,
            "commit": commit(),
        }
        for library, peer in peers.items()
    ]


def take_turns(peers, args):
    """The least seconds by library and task, and the best rate of a matrix product by library (0: not asked)."""
    best = {library: dict.fromkeys(MEASURED, float("inf")) for library in peers}
    rates, started = dict.fromkeys(peers, 0.0), time.perf_counter()
    for turn in range(args.rounds):
        if turn >= 2 and time.perf_counter() - started > args.most:
            break
        for task in MEASURED:
            for library, peer in peers.items():
                best[library][task] = min(best[library][task], peer.ask(task))
        for library, peer in peers.items():
            rates[library] = max(rates[library], peer.ask("peak"))
    return best, rates


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=LIBRARIES)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=["float32"])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each library")
    parser.add_argument("--turn", type=float, default=0.5, help="seconds of a turn of training")
    parser.add_argument(
        "--most", type=float, default=20, help="seconds after which a model gets no further round"
    )
    parser.add_argument(
        "--clock",
        choices=("wall", "processor"),
        default="wall",
        help="processor: count what the processor spends; on one thread of a busy machine",
    )
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/train.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
