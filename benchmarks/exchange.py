"""Gradient exchange against its limits: memory copies and raw TCP on the loopback.

    python benchmarks/exchange.py [--ranks 2 4] [--rounds 9] [--json FILE]

All ways to exchange are measured in turn, round after round, in the same processes, so that a busy
machine disturbs them alike; a round takes as long as its slowest rank, and the fastest of all
rounds counts. "raw TCP" sends the same number of bytes as a ring does, each way, and adds nothing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from bigdl_native._exchange import Listener, Mesh

HOST = "127.0.0.1"
SIZES = [1 << 10, 32 << 10, 1 << 20, 25_000_000, 100_000_000]
MESHES: dict[str, dict[str, Any]] = {
    "shared memory": {"shm": True},
    "sockets": {"shm": False},
    "encrypted sockets": {"shm": False, "encrypt": True},
    "sockets, bfloat16": {"shm": False, "wire": "bfloat16"},
}


def raw_tcp(
    listening: socket.socket, next_address: tuple[str, int]
) -> Callable[[np.ndarray], None]:
    """A function that sends an array to the next rank while it receives as much from the previous."""
    to_next = socket.create_connection(next_address)
    from_previous, _ = listening.accept()
    to_next.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(payload: np.ndarray) -> None:
        received = memoryview(bytearray(payload.nbytes))
        sender = threading.Thread(target=to_next.sendall, args=(payload,))
        sender.start()
        at = 0
        while at < len(received):
            at += from_previous.recv_into(received[at:])
        sender.join()

    return exchange


def measure(pipe: Connection, rank: int, secret: bytes, rounds: int) -> None:
    """Run as one rank, and send {(way, bytes): seconds of every round}."""
    listener = Listener(HOST)
    raw_listener = socket.create_server((HOST, 0))
    pipe.send((listener.port, raw_listener.getsockname()[1]))
    ports = pipe.recv()
    world = len(ports)
    peers = [(other, HOST, port, "here") for other, (port, _) in enumerate(ports)]
    meshes = {
        name: Mesh(listener, rank, peers, secret, generation, **options).connect()
        for generation, (name, options) in enumerate(MESHES.items())
    }
    send_raw = raw_tcp(raw_listener, (HOST, ports[(rank + 1) % world][1]))
    barrier = meshes["shared memory"].barrier

    seconds: dict[tuple[str, int], list[float]] = {}
    for size in SIZES:
        gradients = np.zeros(size // 4, "float32")
        copy = np.empty_like(gradients)
        on_the_wire = np.zeros(size * 2 * (world - 1) // world, "uint8")
        ways: dict[str, Callable[[], object]] = {
            name: lambda mesh=mesh, x=gradients: mesh.all_reduce(x)  # type: ignore[misc]
            for name, mesh in meshes.items()
        }
        ways["raw TCP"] = lambda x=on_the_wire: send_raw(x)  # type: ignore[misc]
        ways["memcpy"] = lambda to=copy, x=gradients: np.copyto(to, x)  # type: ignore[misc]
        for _ in range(rounds * (20 if size < 1 << 20 else 1)):
            for name, call in ways.items():
                barrier()
                start = time.perf_counter()
                call()
                seconds.setdefault((name, size), []).append(time.perf_counter() - start)
    pipe.send(seconds)


def run(world: int, rounds: int) -> list[dict[str, object]]:
    """Measure with `world` ranks; one row for each way and size."""
    context = multiprocessing.get_context("spawn")
    secret = os.urandom(32)
    pipes, processes = [], []
    for rank in range(world):
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=measure, args=(theirs, rank, secret, rounds)))
        processes[-1].start()
        pipes.append(ours)
    ports = [pipe.recv() for pipe in pipes]
    for pipe in pipes:
        pipe.send(ports)
    of_ranks = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    rows = []
    for way, size in of_ranks[0]:
        slowest = np.max([seconds[way, size] for seconds in of_ranks], axis=0)
        rows.append({"ranks": world, "way": way, "bytes": size, "ms": float(slowest.min()) * 1e3})
    return rows


def table(rows: list[dict[str, object]], world: int) -> str:
    """Milliseconds: one line for each way, one column for each size."""
    times = {(row["way"], row["bytes"]): row["ms"] for row in rows if row["ranks"] == world}
    lines = [f"{f'{world} ranks, ms':20}" + "".join(f"{size / 1e6:>10.4g} MB" for size in SIZES)]
    for way in dict.fromkeys(way for way, _ in times):
        lines.append(f"{way:20}" + "".join(f"{times[way, size]:13.3f}" for size in SIZES))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", help="also write the rows to this file")
    options = parser.parse_args()
    rows = []
    for world in options.ranks:
        rows += run(world, options.rounds)
        print(table(rows, world), end="\n\n")
    if options.json:
        machine = {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()}
        with open(options.json, "w") as file:
            json.dump({"machine": machine, "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
