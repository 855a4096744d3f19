"""A program that travels to executors once, and is loaded once by each of their Python processes."""

from __future__ import annotations

import uuid

from pyspark import SparkContext
from pyspark.sql import DataFrame
from pyspark.sql.utils import is_remote

from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session

# Few: each holds a model. The oldest makes room.
_KEPT = 4
_SESSIONS: dict[str, Session] = {}


class ShippedProgram:
    """Goes into the closure of a Spark task.

    Args:
        program: to run there.
        context: broadcasts the bytes; None (Spark Connect) puts them into the closure itself.
        threads: threads of each task's session.
    """

    def __init__(self, program: Program, context: SparkContext | None, threads: int):
        content = program.to_bytes()
        self._identity = uuid.uuid4().hex
        self._threads = threads
        self._content = content if context is None else context.broadcast(content)

    def session(self) -> Session:
        """The session of this process for this program."""
        session = _SESSIONS.get(self._identity)
        if session is None:
            content = self._content if isinstance(self._content, bytes) else self._content.value
            session = Session(Program.from_bytes(content), self._threads)
            while len(_SESSIONS) >= _KEPT:
                _SESSIONS.pop(next(iter(_SESSIONS)))
            _SESSIONS[self._identity] = session
        return session


def ship(program: Program, context: SparkContext | None) -> ShippedProgram:
    """Make a program ready to travel with tasks of the application `context` (None on Spark Connect)."""
    cores = 1 if context is None else int(context.getConf().get("spark.task.cpus", "1"))
    return ShippedProgram(program, context, cores)


def context_of(frame: DataFrame) -> SparkContext | None:
    """The application behind a DataFrame; None on Spark Connect, where only the server knows it."""
    return None if is_remote() else frame.sparkSession.sparkContext
