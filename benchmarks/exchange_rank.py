"""One rank of `exchange.py`: a process that does what each line of its input asks, and answers with a line.

python exchange_rank.py ours RANK ADDRESS      this project's exchange, raw TCP and memcpy
python exchange_rank.py gloo RANK ADDRESS      gloo inside torch; needs nothing of this project
"""

import os
import select
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ranks import Voice

MESHES: dict[str, dict[str, Any]] = {
    "shared memory": {"shm": True},
    "sockets": {"shm": False},
    "encrypted": {"shm": False, "encrypt": True},
    "bfloat16": {"shm": False, "wire": "bfloat16"},
}
Call = Callable[[np.ndarray], object]


def ours(voice: Voice, rank: int, address: str) -> tuple[dict[str, Call], Callable[[], None]]:
    from bigdl_native._exchange import Listener, Mesh

    listener = Listener(address)
    raw_listener = socket.create_server((address, 0))
    voice.say(ports=[listener.port, raw_listener.getsockname()[1]])
    asked = voice.hear()
    places = asked["places"]
    peers = [(i, host, ports[0], "here") for i, (host, ports) in enumerate(places)]
    ways: dict[str, Call] = {}
    for generation, (name, options) in enumerate(MESHES.items()):
        mesh = Mesh(listener, rank, peers, b"of this benchmark", generation, **options)
        ways[name] = mesh.connect().all_reduce
    barrier = mesh.barrier
    host, ports = places[(rank + 1) % len(places)]
    ways["raw TCP"] = raw_tcp(raw_listener, (host, ports[1]), len(places))
    copy = np.zeros(1, "float32")

    def memcpy(x: np.ndarray) -> None:
        nonlocal copy
        if copy.size != x.size:
            copy = np.zeros_like(x)
            copy.fill(0)
        np.copyto(copy, x)

    ways["memcpy"] = memcpy
    return ways, barrier


def raw_tcp(listener: socket.socket, next_address: tuple[str, int], world: int) -> Call:
    """Send to the next rank as many bytes as a ring does, while as many come from the previous rank."""
    to_next = socket.create_connection(next_address)
    from_previous, _ = listener.accept()
    for connection in (to_next, from_previous):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
    poll = select.poll()
    received = memoryview(bytearray(1 << 20))

    def exchange(x: np.ndarray) -> None:
        data = memoryview(x).cast("B")
        total = max(2 * len(data) * (world - 1) // world, 1)
        sent = got = 0
        while sent < total or got < total:
            moved = False
            try:
                while got < total:
                    got += from_previous.recv_into(received[: total - got])
                    moved = True
            except BlockingIOError:
                pass
            if sent < total:
                at = sent % len(data)
                try:
                    sent += to_next.send(data[at : at + total - sent])
                    moved = True
                except BlockingIOError:
                    pass
            if not moved:
                poll.register(from_previous, select.POLLIN if got < total else 0)
                poll.register(to_next, select.POLLOUT if sent < total else 0)
                poll.poll()

    return exchange


def gloo(voice: Voice, rank: int, address: str) -> tuple[dict[str, Call], Callable[[], None]]:
    voice.say(ports=[0, 0])
    asked = voice.hear()
    os.environ["GLOO_SOCKET_IFNAME"] = asked["interface"]
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    method = f"tcp://{asked['places'][0][0]}:{asked['port']}"
    dist.init_process_group("gloo", method, rank=rank, world_size=len(asked["places"]))

    def all_reduce(x: np.ndarray) -> None:
        dist.all_reduce(torch.from_numpy(x))

    return {"gloo": all_reduce}, dist.barrier


def main() -> None:
    kind, rank, address = sys.argv[1:]
    voice = Voice()
    ways, barrier = {"ours": ours, "gloo": gloo}[kind](voice, int(rank), address)
    x = np.zeros(1, "float32")

    def measure(way: str, bytes: int, times: int) -> dict[str, float]:
        nonlocal x
        if x.nbytes != bytes:
            x = np.zeros(bytes // 4, "float32")
            x.fill(0)  # its pages are there before anything is timed
        call = ways[way]
        call(x)
        barrier()
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            call(x)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        return {"seconds": seconds / times, "cpu": cpu / times}

    voice.serve(measure)


if __name__ == "__main__":
    main()
