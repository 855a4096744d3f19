"""Hostile connections to every port of a training: ``python -m tests.spark.fuzz_ports --connections 500``.

While two workers train, strangers connect to the driver and to the workers: with garbage, with truncated and oversized
messages, with the recorded first bytes of real connections, without a word, and a byte at a time. The training must
end with the weights of one that nobody disturbed. Recording takes root; without it that kind is said and left out.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Callable

from tests.spark.hard_training import Disturbance, compare
from tests.spark.processes import Processes, listening
from tests.spark.test_encryption import ENCRYPTING

_HELD = 100
_RECORDED = 4096


class Recorder(threading.Thread):
    """Keeps the first bytes that anybody sends to each TCP port of this machine."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.streams: dict[int, dict[int, bytes]] = defaultdict(dict)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.bind(("lo", 0x0800))

    def run(self) -> None:
        while True:
            packet = self._socket.recv(65535)
            if packet[9] != socket.IPPROTO_TCP:
                continue
            tcp = packet[(packet[0] & 15) * 4 :]
            source, target = (int.from_bytes(tcp[at : at + 2], "big") for at in (0, 2))
            content = tcp[(tcp[12] >> 4) * 4 :]
            stream = self.streams[target]
            if content and len(stream.get(source, b"")) < _RECORDED:
                stream[source] = stream.get(source, b"") + content


class Strangers(Disturbance):
    """Connects `connections` times to ports of this process and of the workers, or until stopped."""

    def __init__(self, connections: int, seed: int):
        super().__init__()
        self._connections, self._random = connections, random.Random(seed)
        self._held: list[socket.socket] = []
        self._kinds: dict[str, Callable[[socket.socket, int], None]] = {
            "garbage": self._garbage,
            "oversized": self._oversized,
            "silent": self._silent,
            "slow": self._slow,
        }
        if os.geteuid() == 0:
            self._recorder = Recorder()
            self._recorder.start()
            self._kinds["replayed"] = self._replayed
        else:
            print("nothing is replayed: recording takes root")  # noqa: T201

    def run(self) -> None:
        while self.done.total() < self._connections and not self.over.wait(0.01):
            ports = [port for _, port in listening({os.getpid(), *Processes().workers()})]
            for port in self._random.sample(ports, min(8, len(ports))):
                kind = self._random.choice(list(self._kinds))
                try:
                    connection = socket.create_connection(("127.0.0.1", port), 0.2)
                    self._kinds[kind](connection, port)
                except OSError:
                    continue  # turned away, which is right
                finally:
                    self.done[kind] += 1

    def stop(self) -> None:
        """End it and all connections."""
        super().stop()
        for connection in self._held:
            connection.close()

    def _garbage(self, connection: socket.socket, port: int) -> None:
        with connection:
            connection.sendall(
                self._random.randbytes(self._random.choice([1, 7, 64, 1000, 100_000]))
            )

    def _oversized(self, connection: socket.socket, port: int) -> None:
        """Lengths of 2^32 - 1 and 2^64 - 1 where a header would tell them."""
        with connection:
            connection.sendall(b"\xff" * 64)

    def _replayed(self, connection: socket.socket, port: int) -> None:
        streams = list(self._recorder.streams[port].values())
        with connection:
            if streams:
                connection.sendall(self._random.choice(streams))

    def _silent(self, connection: socket.socket, port: int) -> None:
        self._hold(connection)

    def _slow(self, connection: socket.socket, port: int) -> None:
        self._hold(connection)
        for other in self._held[-20:]:
            other.send(b"\0")

    def _hold(self, connection: socket.socket) -> None:
        self._held.append(connection)
        if len(self._held) > _HELD:
            self._held.pop(0).close()


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--encrypted", action="store_true", help="in a session that encrypts")
    parser.add_argument("--patience", type=float, default=1, help="see hard_training.compare")
    given = parser.parse_args()
    settings = ENCRYPTING if given.encrypted else {}
    strangers = Strangers(given.connections, given.seed)
    return compare(given.epochs, strangers, settings=settings, patience=given.patience)


if __name__ == "__main__":
    sys.exit(main())
