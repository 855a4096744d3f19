"""The gradient exchange among real processes: numbers, refusals, and what happens when a rank dies.

Ranks are processes that run this very file again under the name "rank", and there the function
that the test names.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import runpy
import signal
import time
from typing import Any

import numpy as np
import pytest
from bigdl_native._exchange import ExchangeError, Listener, Mesh

SECRET = b"known to the job alone"
HOST = "127.0.0.1"
TRANSPORTS = ["shared memory", "sockets", "encrypted sockets"]


# ---- ranks as processes ---------------------------------------------------------------------


class Rank:
    """A process that runs `body(mesh, *args)` on a mesh of its own."""

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["numpy", "pytest", "bigdl_native._exchange"])

    def __init__(self, number: int, body: str, args: tuple[Any, ...], options: dict[str, Any]):
        self.number = number
        self.pipe, theirs = self.context.Pipe()
        given = {"PIPE": theirs, "NUMBER": number, "BODY": body, "ARGS": args, "OPTIONS": options}
        self.process = self.context.Process(
            target=runpy.run_path, args=(__file__, given, "rank"), daemon=True
        )
        self.process.start()
        theirs.close()

    def signal(self, number: int) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def hear(self) -> Any:
        assert self.pipe.poll(20), f"rank {self.number} says nothing"
        return self.pipe.recv()


class Ranks:
    def __init__(self, world: int, body: str, *args: Any, transport: str, **options: Any):
        options |= {"shm": transport == "shared memory", "encrypt": transport.startswith("encr")}
        options.setdefault("timeout", 20.0)
        self.all = [Rank(number, body, args, options) for number in range(world)]
        peers = [(rank.number, HOST, rank.hear(), "this host") for rank in self.all]
        for rank in self.all:
            rank.pipe.send(peers)
        assert {rank.hear() for rank in self.all} == {"connected"}

    def __enter__(self) -> Ranks:
        return self

    def __exit__(self, *_: object) -> None:
        for rank in self.all:
            rank.process.kill()
            rank.process.join()

    def results(self, *, without: int = -1) -> list[Any]:
        return [rank.hear() for rank in self.all if rank.number != without]


def _run_as_rank(pipe: Any, number: int, body: str, args: tuple[Any, ...], options: dict) -> None:
    listener = Listener(HOST)
    pipe.send(listener.port)
    peers = pipe.recv()
    mesh = Mesh(listener, number, peers, SECRET, 1, **options).connect()
    pipe.send("connected")
    try:
        pipe.send(globals()[body](mesh, *args))
    except ExchangeError as error:
        pipe.send(str(error))
    mesh.close()


def values(rank: int, size: int, dtype: str) -> np.ndarray:
    rng = np.random.default_rng([rank, size])
    return (rng.standard_normal(size) * 1000).astype(dtype)


def digest(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


# ---- numbers --------------------------------------------------------------------------------

SIZES = [0, 1, 3, 1000, 5000, 70_001]
DTYPES = ["float32", "float64", "int32", "int64"]
LAYOUTS = [(dtype, size) for dtype in DTYPES for size in SIZES] + [("float32", 1_000_007)]


def reduce_all(mesh: Mesh) -> tuple[str, dict[tuple[str, int], str]]:
    digests = {}
    for dtype, size in LAYOUTS:
        terms = [values(rank, size, dtype) for rank in range(mesh.world)]
        first, second = terms[mesh.rank].copy(), terms[mesh.rank].copy()
        mesh.all_reduce(first)
        mesh.all_reduce(second)
        assert first.tobytes() == second.tobytes(), "two runs differ"
        if np.dtype(dtype).kind == "i":
            np.testing.assert_array_equal(first, np.sum(terms, axis=0, dtype=dtype))
        else:
            exact = np.sum(terms, axis=0, dtype="float64")
            ulp = mesh.world * np.finfo(dtype).eps * np.sum(np.abs(terms), axis=0, dtype="float64")
            assert np.all(np.abs(first - exact) <= ulp)
        digests[dtype, size] = digest(first)
    return mesh.transport, digests


@pytest.mark.parametrize("world", [2, 3, 4])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_sums_are_right_and_the_same_bits_everywhere(world: int, transport: str) -> None:
    with Ranks(world, "reduce_all", transport=transport) as ranks:
        first, *others = ranks.results()
    assert first[0] == transport
    assert all(other == first for other in others)


def test_one_rank_keeps_its_values() -> None:
    mesh = Mesh(Listener(HOST), 0, [(0, HOST, 1, "")], SECRET, 1).connect()
    x = np.arange(5.0)
    mesh.all_reduce(x)
    mesh.broadcast(x, root=0)
    mesh.barrier()
    np.testing.assert_array_equal(x, np.arange(5.0))
    assert mesh.all_gather(b"me") == [b"me"]
    assert mesh.transport == "alone"


def reduce_many(mesh: Mesh) -> str:
    sizes = [7, 0, 300_001, 1, 64, 1000, 90_000, 2]
    dtypes = ["float32", "float32", "float32", "int64", "float32", "float64", "float32", "int64"]
    terms = [
        [values(rank, *layout).reshape(1, -1) for layout in zip(sizes, dtypes, strict=True)]
        for rank in range(mesh.world)
    ]
    arrays = [term.copy() for term in terms[mesh.rank]]
    mesh.all_reduce(*arrays)
    for i, array in enumerate(arrays):
        expected = np.sum([term[i] for term in terms], axis=0, dtype=array.dtype)
        np.testing.assert_allclose(array, expected, rtol=1e-4, atol=1e-2)
    small = [np.full(3, mesh.rank, "float32"), np.full(2, 1.0, "float32")]
    mesh.all_reduce(*small)
    assert small[0].tolist() == [sum(range(mesh.world))] * 3
    assert small[1].tolist() == [mesh.world] * 2
    return digest(*arrays)


@pytest.mark.parametrize("world", [2, 3])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_many_buffers_travel_together(world: int, transport: str) -> None:
    with Ranks(world, "reduce_many", transport=transport) as ranks:
        assert len(set(ranks.results())) == 1


def copy_and_meet(mesh: Mesh) -> bool:
    for root in range(mesh.world):
        for size in (0, 1, 1_000_003):
            state = [values(mesh.rank, size, "float32"), np.full(3, mesh.rank, "bool")]
            mesh.broadcast(*state, root=root)
            assert digest(state[0]) == digest(values(root, size, "float32"))
            assert state[1].tolist() == [bool(root)] * 3
    said = [b"x" * (100_000 * rank) for rank in range(mesh.world)]
    assert mesh.all_gather(said[mesh.rank]) == said
    for _ in range(50):
        mesh.barrier()
    return True


@pytest.mark.parametrize("world", [2, 4])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_broadcast_gather_barrier(world: int, transport: str) -> None:
    with Ranks(world, "copy_and_meet", transport=transport) as ranks:
        assert ranks.results() == [True] * world


def nobody_passes_early(mesh: Mesh) -> tuple[float, float]:
    time.sleep(0.1 * mesh.rank)
    arrived = time.monotonic()
    mesh.barrier()
    return arrived, time.monotonic()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_barrier_waits_for_the_last(transport: str) -> None:
    with Ranks(3, "nobody_passes_early", transport=transport) as ranks:
        arrived, passed = zip(*ranks.results(), strict=True)
    assert min(passed) >= max(arrived)


def reduce_on_half_the_wire(mesh: Mesh) -> tuple[str, str]:
    whole = (np.arange(100_003) % 61).astype("float32")  # sums below 256: exact in bfloat16
    mesh.all_reduce(whole)
    np.testing.assert_array_equal(whole, (np.arange(100_003) % 61) * mesh.world)
    terms = [values(rank, 100_003, "float32") for rank in range(mesh.world)]
    rough, exact = terms[mesh.rank].copy(), np.sum(terms, axis=0)
    mesh.all_reduce(rough)
    error = np.abs(rough - exact)
    assert np.all(error <= 2.0**-8 * mesh.world * np.sum(np.abs(terms), axis=0))
    assert error.max() > 0, "nothing was rounded: did it travel as float32?"
    return digest(whole), digest(rough)


@pytest.mark.parametrize("transport", ["sockets", "encrypted sockets"])
@pytest.mark.parametrize("world", [2, 3])
def test_bfloat16_on_the_wire(world: int, transport: str) -> None:
    with Ranks(world, "reduce_on_half_the_wire", transport=transport, wire="bfloat16") as ranks:
        assert len(set(ranks.results())) == 1


# ---- death and silence ----------------------------------------------------------------------


def reduce_for_ever(mesh: Mesh) -> None:
    x = np.zeros(2_000_000, "float32")
    while True:
        mesh.all_reduce(x)


def errors_when_rank_1_is_killed(world: int, task: str, transport: str) -> list[str]:
    with Ranks(world, task, transport=transport) as ranks:
        time.sleep(0.2)
        ranks.all[1].signal(signal.SIGKILL)
        died = time.monotonic()
        errors = ranks.results(without=1)
        assert time.monotonic() - died < 2.0
    assert len(errors) == world - 1
    return errors


@pytest.mark.parametrize("world", [2, 4])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_killed_rank_ends_the_others_at_once(world: int, transport: str) -> None:
    for error in errors_when_rank_1_is_killed(world, "reduce_for_ever", transport):
        # A busy rank may look only when others have already left after the victim: it then names all.
        assert " lost " in error
        assert "rank 1 (127.0.0.1:" in error
        assert "all_reduce of 8000000 bytes" in error


def add_rows_for_ever(mesh: Mesh) -> None:
    table, touched = np.zeros((100_000, 64), "float32"), np.arange(0, 100_000, 7, dtype="int32")
    while True:
        mesh.all_reduce_rows([table], [touched])


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_rank_killed_among_rows_ends_the_others_at_once(transport: str) -> None:
    for error in errors_when_rank_1_is_killed(3, "add_rows_for_ever", transport):
        assert "rank 1 (127.0.0.1:" in error
        assert " during all_reduce_rows " in error


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_silent_rank_is_given_up_at_the_deadline(transport: str) -> None:
    # Long enough that rank 1 does not give up first where a busy machine holds up rank 0.
    with Ranks(2, "reduce_for_ever", transport=transport, timeout=3) as ranks:
        time.sleep(0.2)
        ranks.all[1].signal(signal.SIGSTOP)
        (error,) = ranks.results(without=1)
    assert "rank 0 waited 3 s for rank 1 (127.0.0.1:" in error


def names_in_shared_memory(mesh: Mesh) -> list[str]:
    with open("/proc/self/maps") as maps:
        shared = [line.split(maxsplit=5)[5] for line in maps if " rw-s " in line]
    mesh.barrier()
    return [line for line in shared if "zero" not in line]


def test_shared_memory_has_no_name_to_leave_behind() -> None:
    with Ranks(2, "names_in_shared_memory", transport="shared memory") as ranks:
        for names in ranks.results():
            assert [name.strip() for name in names] == ["/memfd:gradient-exchange (deleted)"]


if __name__ == "rank":
    _run_as_rank(PIPE, NUMBER, BODY, ARGS, OPTIONS)  # type: ignore[name-defined]  # noqa: F821
