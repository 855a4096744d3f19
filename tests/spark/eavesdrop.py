"""What an eavesdropper learns: ``python -m tests.spark.eavesdrop``, as root.

Trains twice on two executors, in a session that encrypts nothing and in one that does, keeps every packet of the
loopback device meanwhile, and looks for the weights of every epoch in them. Initial weights are Spark's own business:
it hands them to its Python processes on the same machine.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import defaultdict

from bigdl_keras import callbacks
from tests.spark.conftest import MASTERS, running
from tests.spark.models import COLUMNS, frame_of, mlp, rows
from tests.spark.test_encryption import ENCRYPTING


class Eavesdropper(threading.Thread):
    """Keeps all bytes that pass the loopback device, by direction of each connection."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.streams: dict[bytes, bytearray] = defaultdict(bytearray)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 26)
        self._socket.bind(("lo", 0x0800))

    def run(self) -> None:
        while True:
            packet, address = self._socket.recvfrom(1 << 17)
            if packet[9] != socket.IPPROTO_TCP or address[2] == socket.PACKET_OUTGOING:
                continue
            tcp = packet[(packet[0] & 15) * 4 :]
            self.streams[packet[12:20] + tcp[:4]] += tcp[(tcp[12] >> 4) * 4 :]


class Weights(callbacks.Callback):
    """Keeps the first kernel after every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.kept.append(self.model.get_weights()[0].tobytes())


def overheard(settings: dict[str, str], listener: Eavesdropper) -> dict[str, int]:
    """How many of the weights of a training's epochs passed in the clear."""
    spark = running(MASTERS["cluster"], **{"spark.executorEnv.BIGDL_KERAS_SHM": "0", **settings})
    listener.streams.clear()
    weights = Weights()
    mlp().fit(
        frame_of(spark, *rows(60)), epochs=2, num_workers=2, verbose=0, callbacks=[weights], **COLUMNS
    )  # fmt: skip
    streams = [bytes(stream) for stream in listener.streams.values()]
    seen = sum(any(kernel in stream for stream in streams) for kernel in weights.kept)
    spark.stop()
    return {"epochs": len(weights.kept), "seen": seen, "bytes": sum(map(len, streams))}


def main() -> int:
    """Print what was seen without encryption and with it; 0 when only the first shows weights."""
    listener = Eavesdropper()
    listener.start()
    plain, encrypted = overheard({}, listener), overheard(ENCRYPTING, listener)
    print(json.dumps({"plain": plain, "encrypted": encrypted}))  # noqa: T201
    return 0 if plain["seen"] == plain["epochs"] and not encrypted["seen"] else 1


if __name__ == "__main__":
    sys.exit(main())
