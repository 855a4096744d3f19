"""What a client of Spark Connect learns by a small job: which executors there are, and whether they can reach it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from bigdl_backend.spark import wire
from bigdl_backend.spark.application import Place
from bigdl_backend.spark.coordinator import Coordinator

_ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody's address, so that the way there is the default one


@dataclass(frozen=True)
class Answer:
    """Of one task.

    Attributes:
        executor: a name that no other executor has.
        host: the name of its machine or container.
        processors: that it may use.
        trouble: with reaching each address, "" where it was reached.
    """

    executor: str
    host: str
    processors: int
    trouble: tuple[str, ...]


def survey(session: Any, tasks: int | None, places: Sequence[Place]) -> list[Answer]:
    """Run a job that looks around and calls this process.

    Args:
        session: of Spark Connect.
        tasks: how many; None: as many as Spark usually makes, one for each core.
        places: where this process listens meanwhile.

    Raises:
        RuntimeError: it cannot listen there.
    """
    with ExitStack() as doors:
        opened = [doors.enter_context(open_door(place)) for place in places]
        task = look_around([(door.address, door.secret) for door in opened])
        rows = (
            session.range(0, tasks or 1 << 16, 1, tasks).mapInArrow(task, "answer string").collect()
        )
    answers = [json.loads(row[0]) for row in rows]
    return [Answer(**{**answer, "trouble": tuple(answer["trouble"])}) for answer in answers]


def executors_of(answers: Sequence[Answer]) -> list[Answer]:
    """One answer of each executor."""
    return list({answer.executor: answer for answer in answers}.values())


def reached(answers: Sequence[Answer], places: Sequence[Place]) -> Place:
    """The first place that all executors have reached.

    Raises:
        RuntimeError: there is none.
    """
    for number, place in enumerate(places):
        if not any(answer.trouble[number] for answer in answers):
            return place
    said = {
        f"{answer.host} to {place.host}: {trouble}"
        for answer in answers
        for place, trouble in zip(places, answer.trouble, strict=True)
        if trouble
    }
    raise RuntimeError(
        f"executors cannot reach this process, where workers report to ({'; '.join(sorted(said)[:4])}). Name the "
        'address by which they can: spark.conf.set("spark.bigdl.client.host", ...), with spark.bigdl.client.port where '
        "only some ports are open, or call fit from a machine in the executors' network. evaluate and predict need no "
        "such way."
    )


def client_addresses(server: str) -> list[str]:
    """Addresses of this machine that executors may reach: on the way to the server, then on the default way."""
    found = []
    for target in (server, _ELSEWHERE):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
                way.connect((target, 9))  # sends nothing
                found.append(way.getsockname()[0])
        except OSError:
            continue  # no way there: the other address is left
    return list(dict.fromkeys(found)) or ["127.0.0.1"]


def open_door(place: Place) -> Coordinator:
    """Listen there, only to be found; RuntimeError when this process cannot."""
    try:
        return Coordinator(0, {}, host=place.host, bind=place.bind, port=place.port)
    except OSError as error:
        raise RuntimeError(
            f"cannot listen on {place.bind}:{place.port} ({error.strerror}): name an address of this machine in "
            "spark.bigdl.client.bindAddress, and a free port, or 0 for any, in spark.bigdl.client.port"
        ) from error


def look_around(
    doors: Sequence[tuple[tuple[str, int], bytes]],
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What a task does: tell about its executor, and whether it reaches these addresses, which know these secrets."""

    def task(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for _ in batches:
            pass
        answer = {
            # Folders that every executor makes for itself.
            "executor": f"{socket.gethostname()} {os.environ.get('SPARK_LOCAL_DIRS', '')}",
            "host": socket.gethostname(),
            "processors": len(os.sched_getaffinity(0)),
            "trouble": [_trouble(address, secret) for address, secret in doors],
        }
        yield pyarrow.RecordBatch.from_pydict({"answer": [json.dumps(answer)]})

    return task


def _trouble(address: tuple[str, int], secret: bytes) -> str:
    try:
        wire.connect(address, secret, 0).close()
    except wire.WireError as error:
        return str(error)
    return ""
