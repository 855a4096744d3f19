"""What the gradients of embeddings cost on the wire: the rows that a step touched against whole tables.

    python benchmarks/embedding_exchange.py [--models ncf lstm] [--ranks 2] [--settings "1 Gbit/s"] [--rounds 4]

Ranks are processes with a part of the batch each, as in `exchange.py`; both ways (and rows as bfloat16) run in the same
processes in turns, and the fastest turn counts. Bytes are those that a rank sends in a step, all gradients of the model
included; what shared memory carries is not counted. "exchange" is the time in which sums were under way.
"""

import argparse
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from ranks import SETTINGS, Ranks, Voice, places_of
from report import Report

WAYS: dict[str, dict[str, Any]] = {
    "tables": {"least_bytes": 1 << 62},
    "rows": {},
    "rows, bfloat16": {"wire": "bfloat16"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--models", nargs="+", default=["ncf", "lstm"])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=SETTINGS)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--output", type=Path, default=Path("build/benchmarks/embeddings.json"))
    options = parser.parse_args()
    report = Report("embedding_exchange")
    for model in options.models:
        for setting in options.settings:
            for world in options.ranks:
                try:
                    report.rows += measure(model, setting, world, options)
                except PermissionError as error:
                    print(f"left out: {setting}, {world} ranks: {error}", file=sys.stderr)
    report.write(options.output)
    with report.picture(options.output) as figure:
        axes = figure.subplots()
        names = [f"{r['model']}, {r['setting']}, {r['ranks']}: {r['way']}" for r in report.rows]
        axes.barh(names[::-1], [row["ms_per_step"] for row in report.rows[::-1]])
        axes.set_xlabel("ms a step")
        axes.tick_params("y", labelsize="xx-small")


def measure(model: str, setting: str, world: int, options: argparse.Namespace) -> list[dict]:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        places, interface = stack.enter_context(places_of(setting, world))
        command = [sys.executable, __file__, "--rank", model, str(int(setting == "shared memory"))]
        ranks = Ranks(command, places)
        stack.callback(ranks.kill)
        ranks.connect(interface)
        for _ in range(options.rounds):
            for way, turns in found.items():
                answers = ranks.ask(way=way, steps=options.steps)
                turns.append({key: max(a[key] for a in answers) for key in answers[0]})
        ranks.close()
    return [
        {
            "model": model,
            "setting": setting,
            "ranks": world,
            "way": way,
            "kb_sent_a_step": round(min(turn["bytes"] for turn in turns) / 1e3, 1),
            "ms_per_step": round(min(turn["ms"] for turn in turns), 2),
            "cpu_ms_per_step": round(min(turn["cpu_ms"] for turn in turns), 2),
            "exchange_ms": round(min(turn["exchange_ms"] for turn in turns), 2),
        }
        for way, turns in found.items()
    ]


def rank(name: str, shared: str, number: str, address: str) -> None:
    """The other side of `Ranks`."""
    from bigdl_native._exchange import Listener, Mesh
    from models import MODELS

    import bigdl_keras as keras
    from bigdl_backend.graph.passes.row_sums import row_sums
    from bigdl_backend.graph.session import Session
    from bigdl_keras import tree
    from bigdl_keras.trainers.step import batch_spec, trace_program

    voice, listener, own = Voice(), Listener(address), int(number)
    voice.say(ports=[listener.port])
    places = voice.hear()["places"]
    peers = [(i, host, ports[0], "here") for i, (host, ports) in enumerate(places)]
    workload = MODELS[name]
    keras.utils.set_random_seed(1)
    model = workload.build(keras)
    model.compile("adam", workload.loss)
    x, y = workload.data(workload.batch, np.random.default_rng(0))
    mine = (*tree.map_structure(lambda array: array[own :: len(places)], (x, y)), None)
    model._build_from(mine)
    specs = (*tree.map_structure(lambda a: batch_spec(a.shape[1:], a.dtype), mine[:2]), None)
    program = trace_program(model, ["train"], specs, distributed=True).program
    given = {"global_batch": np.float32(workload.batch), "world_size": np.float32(len(places))}
    asked = {tensor.name for tensor in program.graphs["train"].special_tensors}
    special = {key: value for key, value in given.items() if key in asked}
    batch = tree.flatten(mine[:2])
    sessions = {}
    for generation, (way, settings) in enumerate(WAYS.items()):
        options = {"shm": shared == "1", "wire": settings.get("wire")}
        mesh = Mesh(listener, own, peers, b"of this benchmark", generation, **options).connect()
        sessions[way] = (mesh, session := Session(program, 1, mesh))
        session.measure()
        limit = {key: value for key, value in settings.items() if key == "least_bytes"}
        with mock.patch("bigdl_backend.graph.optimise.row_sums", partial(row_sums, **limit)):
            session.run("train", batch, **special)  # plans

    def measure(way: str, steps: int) -> dict[str, float]:
        mesh, session = sessions[way]
        mesh.barrier()
        sent, before = mesh.sent, session.phases()["exchange"]
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            session.run("train", batch, **special)
        return {
            "ms": (time.perf_counter() - start) * 1e3 / steps,
            "cpu_ms": (time.process_time() - cpu) * 1e3 / steps,
            "exchange_ms": (session.phases()["exchange"] - before) * 1e3 / steps,
            "bytes": (mesh.sent - sent) / steps,
        }

    voice.serve(measure)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rank"]:
        rank(*sys.argv[2:])
    else:
        main()
