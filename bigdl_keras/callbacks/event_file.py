"""Files that TensorBoard reads: TFRecords of `Event` messages.

Formats: tensorflow/core/lib/io/record_writer.h, and event.proto and summary.proto of TensorBoard.
"""

import os
import socket
import struct
import time
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bigdl_keras.callbacks.png import png

_BUCKETS = 30
_STRING_TENSOR = 7


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc_table()


def crc32c(data: bytes) -> int:
    """The Castagnoli checksum (RFC 3720)."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked_crc(data: bytes) -> bytes:
    crc = crc32c(data)
    rotated = ((crc >> 15) | (crc << 17)) & 0xFFFFFFFF
    return struct.pack("<I", (rotated + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _plugin(name: str, content: bytes = b"") -> bytes:
    """`SummaryMetadata` that says which part of TensorBoard shows a value."""
    data = _bytes(1, name.encode()) + (_bytes(2, content) if content else b"")
    return _bytes(1, data)


class EventFile:
    """An event file in a folder, opened at the first event.

    Args:
        folder: made if missing. A new file is begun in it.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._file: BinaryIO | None = None

    def scalar(self, tag: str, value: float, step: int) -> None:
        """A point of the curve `tag`."""
        self._value(_bytes(1, tag.encode()) + _float(2, float(value)), step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """The distribution of the elements of `values`."""
        flat = np.asarray(values, "float64").ravel()
        flat = flat[np.isfinite(flat)]
        if not flat.size:
            return
        counts, edges = np.histogram(flat, bins=_BUCKETS)
        message = (
            _double(1, flat.min())
            + _double(2, flat.max())
            + _double(3, float(flat.size))
            + _double(4, flat.sum())
            + _double(5, float(np.square(flat).sum()))
            + _bytes(6, edges[1:].astype("<f8").tobytes())
            + _bytes(7, counts.astype("<f8").tobytes())
        )
        self._value(_bytes(1, tag.encode()) + _bytes(5, message), step)

    def image(self, tag: str, image: np.ndarray, step: int) -> None:
        """A picture, uint8 (height, width, channels)."""
        height, width, channels = image.shape
        message = (
            _integer(1, height) + _integer(2, width) + _integer(3, channels) + _bytes(4, png(image))
        )
        self._value(_bytes(1, tag.encode()) + _bytes(4, message), step)

    def keras_model(self, json_text: str) -> None:
        """The structure of a model, for the graph page."""
        tensor = _integer(1, _STRING_TENSOR) + _bytes(2, b"") + _bytes(8, json_text.encode())
        metadata = _plugin("graph_keras_model", b"1")
        self._value(_bytes(1, b"keras") + _bytes(9, metadata) + _bytes(8, tensor), 0)

    def flush(self) -> None:
        """Make everything written visible to readers."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file; a further event begins another."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _value(self, value: bytes, step: int) -> None:
        self._record(_integer(2, step) + _bytes(5, _bytes(1, value)))

    def _record(self, event: bytes) -> None:
        if self._file is None:
            self._open()
        self._write(_double(1, time.time()) + event)

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = f"{time.time_ns() // 10**9:010d}.{socket.gethostname()}.{os.getpid()}"
        number = len(list(self.folder.glob("events.out.tfevents.*")))
        path = self.folder / f"events.out.tfevents.{stamp}.{number}"
        self._file = path.open("wb")
        self._write(_double(1, time.time()) + _bytes(3, b"brain.Event:2"))

    def _write(self, record: bytes) -> None:
        length = struct.pack("<Q", len(record))
        assert self._file is not None
        self._file.write(length + _masked_crc(length) + record + _masked_crc(record))
