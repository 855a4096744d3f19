"""A program that travels to executors once, and is loaded once by each of their Python processes."""

from __future__ import annotations

import uuid

from bigdl_backend.graph.program import Program
from bigdl_backend.graph.session import Session
from bigdl_backend.spark.application import Application

# Few: each holds a model. The oldest makes room.
_KEPT = 4
_SESSIONS: dict[str, Session] = {}


class ShippedProgram:
    """Goes into the closure of a Spark task.

    Args:
        program: to run there.
        application: that the task belongs to.
        threads: threads of each task's session.
    """

    def __init__(self, program: Program, application: Application, threads: int):
        self._identity = uuid.uuid4().hex
        self._threads = threads
        self._content = application.ship(program.to_bytes())

    def session(self) -> Session:
        """The session of this process for this program."""
        session = _SESSIONS.get(self._identity)
        if session is None:
            session = Session(Program.from_bytes(self._content.value), self._threads)
            while len(_SESSIONS) >= _KEPT:
                _SESSIONS.pop(next(iter(_SESSIONS)))
            _SESSIONS[self._identity] = session
        return session


def ship(program: Program, application: Application) -> ShippedProgram:
    """Make a program ready to travel with tasks of the application."""
    return ShippedProgram(program, application, int(application.setting("spark.task.cpus", "1")))
