"""A network that can be cut without root: nothing arrives any more, and no connection is closed."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

HOST = "127.0.0.1"


class SilentProxy:
    """Forwards what comes to `port` on to `target`, except while it is cut."""

    def __init__(self, target: int):
        self._target = target
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """What is sent from now on waits."""
        self._passing.clear()

    def mend(self) -> None:
        """The end of a cut: nothing was lost."""
        self._passing.set()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection((HOST, self._target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # one side went without a farewell, or both have
            while content := source.recv(1 << 16):
                self._passing.wait()
                sink.sendall(content)
            self._passing.wait()
            sink.shutdown(socket.SHUT_WR)
