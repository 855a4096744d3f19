"""Sums of tables of which each rank has touched few rows."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from bigdl_native._exchange import Mesh

from tests.native.test_exchange_links import Job

BFLOAT16 = ml_dtypes.bfloat16
TRANSPORTS: dict[str, dict[str, Any]] = {
    "shared memory": {"shm": True},
    "sockets": {"shm": False},
    "encrypted sockets": {"shm": False, "encrypt": True},
    "sockets, bfloat16": {"shm": False, "wire": "bfloat16"},
}


@pytest.fixture(params=TRANSPORTS)
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return TRANSPORTS[request.param]


def connected(world: int, options: dict[str, Any]) -> tuple[Job, list[Mesh]]:
    job = Job(world)
    job.peers = [(*peer[:3], "one host") for peer in job.peers]
    meshes = job.connect(**options)
    assert (meshes[0].transport == "shared memory") == options["shm"]
    return job, meshes


def touched_tables(
    world: int, shape: tuple[int, ...], dtype: Any, counts: list[int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each rank a table that is zero but for `counts[rank]` rows, and their numbers, some twice."""
    tables = []
    for rank in range(world):
        generator = np.random.default_rng([rank, shape[0]])
        rows = generator.permutation(shape[0])[: counts[rank]].astype(np.int32)
        table = np.zeros(shape, dtype)
        table[rows] = (100 * generator.standard_normal((len(rows), *shape[1:]))).astype(dtype)
        named = np.concatenate([rows, rows[::2] - shape[0]]).astype(
            np.int32
        )  # from the end as well
        tables.append((table, generator.permutation(named).astype(np.int32)))
    return tables


CASES = [
    # shape, dtype, rows touched by each of three ranks
    ((5000, 16), "float32", [200, 0, 331]),
    ((5000, 16), "float32", [5000, 4000, 1]),  # travels whole
    ((70_001, 3), "float32", [9000, 12_000, 8000]),  # rows in several pieces
    ((3000,), "float64", [20, 3, 7]),
    ((900, 2, 5), "int64", [0, 0, 0]),
    ((900, 7), BFLOAT16, [50, 60, 1]),
]


@pytest.mark.parametrize("world", [2, 3])
def test_rows_add_up_to_what_whole_tables_do(world: int, options: dict[str, Any]) -> None:
    job, meshes = connected(world, options)
    for shape, dtype, counts in CASES:
        ranks = touched_tables(world, shape, dtype, counts)
        terms = [table.astype("float64") for table, _ in ranks]
        calls = [
            job.threads.submit(mesh.all_reduce_rows, [table], [touched])
            for mesh, (table, touched) in zip(meshes, ranks, strict=True)
        ]
        for call in calls:
            call.result(20)
        first = ranks[0][0]
        assert all(table.tobytes() == first.tobytes() for table, _ in ranks)
        rounded = dtype == BFLOAT16 or (options.get("wire") and dtype == "float32")
        epsilon = (
            2.0**-8 if rounded else np.finfo(first.dtype).eps if first.dtype.kind == "f" else 0
        )
        bound = world * epsilon * np.sum(np.abs(terms), axis=0)
        assert np.all(np.abs(first.astype("float64") - np.sum(terms, axis=0)) <= bound)


def test_several_tables_travel_together(options: dict[str, Any]) -> None:
    """Some by rows and some whole, each with rows of its own."""
    job, meshes = connected(2, options)
    layouts = [((4000, 8), [30, 10]), ((50, 8), [50, 50]), ((2000, 1), [0, 900])]
    ranks = list(
        zip(
            *(touched_tables(2, shape, "float32", counts) for shape, counts in layouts), strict=True
        )
    )
    expected = [np.sum([rank[i][0] for rank in ranks], axis=0) for i in range(len(layouts))]
    calls = [
        job.threads.submit(mesh.all_reduce_rows, *zip(*rank, strict=True))
        for mesh, rank in zip(meshes, ranks, strict=True)
    ]
    for call in calls:
        call.result(20)
    tolerance = 2.0**-7 if options.get("wire") else 1e-6
    for i, total in enumerate(expected):
        np.testing.assert_allclose(ranks[0][i][0], total, rtol=tolerance, atol=100 * tolerance)
        assert ranks[0][i][0].tobytes() == ranks[1][i][0].tobytes()


@pytest.mark.parametrize(("wire", "item"), [("float32", 4), ("bfloat16", 2)])
def test_only_touched_rows_travel(wire: str, item: int) -> None:
    job, meshes = connected(2, {"shm": False, "wire": wire})
    width, counts = 64, [100, 300]
    ranks = touched_tables(2, (20_000, width), "float32", counts)
    list(
        job.threads.map(
            lambda mesh, rank: mesh.all_reduce_rows([rank[0]], [rank[1]]), meshes, ranks
        )
    )
    for mesh, count in zip(meshes, counts, strict=True):
        rows = count * (width * item + 4)
        assert rows < mesh.sent < rows + 1000


def test_tables_that_differ_are_found_out() -> None:
    job, meshes = connected(2, {"shm": False})
    nothing = np.zeros(0, "int32")
    tables = [np.zeros((50, 4), "float32"), np.zeros((50, 5), "float32")]
    calls = [
        lambda mesh=mesh, table=table: mesh.all_reduce_rows([table], [nothing])  # type: ignore[misc]
        for mesh, table in zip(meshes, tables, strict=True)
    ]
    for error in job.errors(calls):
        assert "all_reduce_rows of 1 table(s) of" in error


def test_rows_that_do_not_fit_are_refused() -> None:
    mesh = Job(1).mesh(0)
    with pytest.raises(ValueError, match="contiguous int32, got int64"):
        mesh.all_reduce_rows([np.zeros((3, 2), "float32")], [np.zeros(1, "int64")])
    with pytest.raises(ValueError, match="no rows that could be touched"):
        mesh.all_reduce_rows([np.zeros((0, 2), "float32")], [np.zeros(1, "int32")])
