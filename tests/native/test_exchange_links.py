"""How ranks of the gradient exchange find, trust and leave each other; here they are threads."""

from __future__ import annotations

import hmac
import os
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
from bigdl_native._exchange import ExchangeError, Listener, Mesh
from bigdl_native._executable import Executable

SECRET = b"known to the job alone"
HOST = "127.0.0.1"


class Job:
    """Listeners of `world` ranks in this process."""

    def __init__(self, world: int):
        self.listeners = [Listener(HOST) for _ in range(world)]
        self.peers = [(i, HOST, listener.port, "") for i, listener in enumerate(self.listeners)]
        self.threads = ThreadPoolExecutor(world)

    def mesh(self, rank: int, generation: int = 1, secret: bytes = SECRET, **options: Any) -> Mesh:
        options = {"timeout": 5.0} | options
        return Mesh(self.listeners[rank], rank, self.peers, secret, generation, **options)

    def connect(self, generation: int = 1, **options: Any) -> list[Mesh]:
        meshes = [self.mesh(rank, generation, **options) for rank in range(len(self.peers))]
        list(self.threads.map(Mesh.connect, meshes))
        return meshes

    def errors(self, calls: list[Any]) -> list[str]:
        """What the ranks' calls, made at the same time, raise."""

        def error_of(call: Any) -> str:
            with pytest.raises(ExchangeError) as caught:
                call()
            return str(caught.value)

        return list(self.threads.map(error_of, calls))


def test_ranks_with_different_secrets_refuse_each_other() -> None:
    job = Job(2)
    meshes = [job.mesh(0, connect_timeout=0.4), job.mesh(1, secret=b"wrong", connect_timeout=0.4)]
    accepting, dialling = job.errors([mesh.connect for mesh in meshes])
    assert "rank 1" in accepting
    assert "has not dialled in; turned away" in accepting
    assert "rank 0" in dialling
    assert "the secrets differ" in dialling


def test_another_generation_is_refused() -> None:
    job = Job(2)
    meshes = [job.mesh(0, 2, connect_timeout=0.4), job.mesh(1, 1, connect_timeout=0.4)]
    accepting, dialling = job.errors([mesh.connect for mesh in meshes])
    assert "turned away" in accepting
    assert "it is not in this generation" in dialling


def hello(
    rank: int = 1, to: int = 0, generation: int = 1, world: int = 2, encrypted: int = 0
) -> bytes:
    head = struct.pack("<8sQIIII", b"BDLKXCH1", generation, rank, to, world, encrypted)
    return head + os.urandom(32)


def proof(role: bytes, greeting: bytes, nonce: bytes, secret: bytes = SECRET) -> bytes:
    return hmac.digest(secret, role + b"\0" + greeting + nonce, "sha256")


def read(connection: socket.socket, size: int) -> bytes:
    connection.settimeout(3)
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


@pytest.mark.parametrize(
    "secret", [b"s", b"a secret of exactly one block...".ljust(64, b"."), b"long" * 40]
)
def test_the_handshake_is_hmac_sha256_and_cannot_be_replayed(secret: bytes) -> None:
    job = Job(2)
    mesh = job.mesh(0, secret=secret)
    connecting = job.threads.submit(mesh.connect)
    address = (HOST, job.listeners[0].port)
    greeting = hello()

    reflected = socket.create_connection(address)
    reflected.sendall(greeting)
    nonce = read(reflected, 32)
    reflected.sendall(proof(b"accept", greeting, nonce, secret))
    assert read(reflected, 32) == b"", (
        "the acceptor's own kind of proof was accepted from a dialler"
    )

    eavesdropped = socket.create_connection(address)
    eavesdropped.sendall(greeting)
    honest_proof = proof(b"dial", greeting, read(eavesdropped, 32), secret)
    replayed = socket.create_connection(address)
    replayed.sendall(greeting)
    assert read(replayed, 32) != nonce
    replayed.sendall(honest_proof)
    assert read(replayed, 32) == b"", "a proof for another connection was accepted"

    assert not connecting.done()
    eavesdropped.sendall(honest_proof)
    nonce_seen = read(eavesdropped, 32)
    assert len(nonce_seen) == 32
    mesh.abort()
    with pytest.raises(ExchangeError, match="aborted"):
        connecting.result(5)


def test_the_acceptor_proves_itself_too() -> None:
    job = Job(2)
    impostor = socket.create_server((HOST, 0))
    job.peers[0] = (0, HOST, impostor.getsockname()[1], "")
    connecting = job.threads.submit(job.errors, [job.mesh(1, connect_timeout=0.5).connect])
    connection, _ = impostor.accept()
    greeting = read(connection, 64)
    nonce = os.urandom(32)
    connection.sendall(nonce)
    assert read(connection, 32) == proof(b"dial", greeting, nonce)
    connection.sendall(proof(b"accept", greeting, nonce, b"guessed"))
    (error,) = connecting.result(5)
    assert "it did not prove that it holds the secret" in error


def test_strangers_do_no_harm() -> None:
    job = Job(3)
    strangers = []
    for _, _, port, _ in job.peers:
        for noise in (
            b"",
            b"GET / HTTP/1.1\r\nHost: somewhere\r\n\r\n" + b"\xff" * 5000,
            hello()[:40],
            hello(rank=2**31),
            hello(rank=0),
            hello(world=7),
            hello(generation=9),
            hello(encrypted=1),
        ):
            for _ in range(20):
                strangers.append(socket.create_connection((HOST, port)))
                strangers[-1].sendall(noise)
    meshes = job.connect()
    for stranger in strangers:
        stranger.close()
    arrays = [np.ones(100_000, "float32") for _ in meshes]
    list(job.threads.map(Mesh.all_reduce, meshes, arrays))
    assert all(np.all(array == 3) for array in arrays)


def test_a_new_generation_on_the_same_listeners() -> None:
    job = Job(3)
    meshes = job.connect()
    meshes[2].close()
    x = [np.ones(50_000) for _ in meshes]
    errors = job.errors([lambda i=i: meshes[i].all_reduce(x[i]) for i in (0, 1)])
    assert all("rank 2 (127.0.0.1:" in error for error in errors)
    assert [mesh.failure for mesh in meshes] == [*errors, "close() was called"]
    with pytest.raises(ExchangeError, match=r"is closed: .* lost .*rank 2 "):
        meshes[0].barrier()

    again = job.connect(generation=2)
    x = [np.ones(50_000) for _ in again]
    list(job.threads.map(Mesh.all_reduce, again, x))
    assert all(np.all(array == 3) for array in x)


@pytest.mark.parametrize("host_id", ["", "this host"])
def test_abort_wakes_a_waiting_call(host_id: str) -> None:
    job = Job(2)
    job.peers = [(rank, host, port, host_id) for rank, host, port, _ in job.peers]
    meshes = job.connect(shm=True)
    assert meshes[0].transport == ("shared memory" if host_id else "sockets")
    timer = threading.Timer(0.1, meshes[0].abort)
    timer.start()
    started = time.monotonic()
    assert "rank 0 was aborted during barrier" in job.errors([meshes[0].barrier])[0]
    assert time.monotonic() - started < 1.0
    with pytest.raises(ExchangeError, match="is closed: rank 0 was aborted"):
        meshes[0].barrier()
    meshes[1].barrier()  # rank 0 had come to this one
    assert "lost rank 0" in job.errors([meshes[1].barrier])[0]


def test_abort_between_calls_ends_the_next() -> None:
    job = Job(2)
    meshes = job.connect()
    meshes[1].abort()
    assert "abort() was called" in job.errors([meshes[1].barrier])[0]
    assert "lost rank 1" in job.errors([meshes[0].barrier])[0]


@pytest.mark.parametrize("host_id", ["", "this host"])
def test_ranks_that_call_different_things_are_told(host_id: str) -> None:
    job = Job(2)
    job.peers = [(rank, host, port, host_id) for rank, host, port, _ in job.peers]
    meshes = job.connect(shm=True)
    short, long = np.ones(10_000, "float32"), np.ones(20_000, "float32")
    errors = job.errors([lambda: meshes[0].all_reduce(short), lambda: meshes[1].all_reduce(long)])
    both = ["all_reduce of 40000 bytes", "all_reduce of 80000 bytes"]
    assert any(all(text in error for text in both) for error in errors)


def test_a_native_step_list_sums_through_the_mesh() -> None:
    job = Job(2)
    meshes = job.connect()
    specs = [("float32", (3, 1000)), ("int64", ())]

    def step(mesh: Mesh) -> list[np.ndarray]:
        executable = Executable([12_000, 8, 12_000, 8], 0, 1)
        executable.add_sum(specs, [0, 1], [2, 3], True)
        terms = [np.full(shape, mesh.rank + 1, dtype) for dtype, shape in specs]
        sums = [np.empty(shape, dtype) for dtype, shape in specs]
        executable.run([*terms, *sums], mesh)
        assert np.all(terms[0] == mesh.rank + 1)
        return sums

    for sums in job.threads.map(step, meshes):
        assert all(np.all(x == 3) for x in sums)
    meshes[1].close()
    assert "lost rank 1" in job.errors([partial(step, meshes[0])])[0]


def test_the_switch_turns_shared_memory_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGDL_KERAS_SHM", "0")
    job = Job(2)
    job.peers = [(rank, host, port, "this host") for rank, host, port, _ in job.peers]
    assert [mesh.transport for mesh in job.connect()] == ["sockets", "sockets"]
    monkeypatch.delenv("BIGDL_KERAS_SHM")
    assert [mesh.transport for mesh in job.connect(2)] == ["shared memory"] * 2
    job.peers[1] = (*job.peers[1][:3], "another host")
    assert [mesh.transport for mesh in job.connect(3)] == ["sockets", "sockets"]


def test_a_bad_argument_leaves_the_mesh_usable() -> None:
    job = Job(2)
    meshes = job.connect()
    with pytest.raises(ValueError, match="cast the buffer"):
        meshes[0].all_reduce(np.ones(3, "float16"))
    with pytest.raises(ValueError, match="C-contiguous"):
        meshes[0].all_reduce(np.ones((4, 4))[:, 1])
    with pytest.raises(ValueError, match="no rank 2"):
        meshes[0].broadcast(np.ones(3), root=2)
    with pytest.raises(ValueError, match="ranks 0, 1, 2"):
        Mesh(job.listeners[0], 0, job.peers[1:], SECRET, 1)
    with pytest.raises(ValueError, match="not among the 2 peers"):
        Mesh(job.listeners[0], 5, job.peers, SECRET, 1)
    with pytest.raises(ValueError, match="wire must be"):
        Mesh(job.listeners[0], 0, job.peers, SECRET, 1, wire="int8")
    with pytest.raises(ValueError, match="secret of the job is empty"):
        job.mesh(0, secret=b"").connect()
    assert list(job.threads.map(Mesh.all_gather, meshes, [b"a", b"b"])) == [[b"a", b"b"]] * 2


def test_the_ring_visits_host_by_host() -> None:
    """Seen in the rounding: segment s is summed from place s of the ring on."""
    job = Job(4)
    hosts = ["a", "b", "a", ""]
    job.peers = [(*peer[:3], host) for peer, host in zip(job.peers, hosts, strict=True)]
    ring = [0, 2, 1, 3]
    size = 40_000
    terms = [np.random.default_rng(rank).random(size, "float32") for rank in range(4)]
    expected = np.empty(size, "float32")
    for segment in range(4):
        part = slice(size * segment // 4, size * (segment + 1) // 4)
        expected[part] = terms[ring[segment]][part]
        for place in range(segment + 1, segment + 4):
            expected[part] += terms[ring[place % 4]][part]
    meshes = job.connect()
    list(job.threads.map(Mesh.all_reduce, meshes, terms))
    for term in terms:
        np.testing.assert_array_equal(term, expected)
    for root in range(4):
        state = [np.full(size, rank) for rank in range(4)]
        list(job.threads.map(partial(Mesh.broadcast, root=root), meshes, state))
        assert all(np.all(x == root) for x in state)
