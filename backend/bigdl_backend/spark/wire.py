"""Authenticated messages between workers and the driver: a JSON header and raw arrays, never pickle.

A connection opens with a challenge both ways, each side proving that it knows the job's secret without sending it.
Every message after that is signed, or sealed where encryption is wanted; the keys derive from both challenges.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import ml_dtypes  # noqa: F401 - teaches NumPy the names bfloat16 and float8
import numpy as np

from bigdl_backend.spark.protection import Protection, Sealed, Signed

_MAGIC = b"bigdl-keras-1\n"
_NONCE = 32
_HEADER_LIMIT = 64 << 20
_LENGTHS = struct.Struct("<IQ")

HANDSHAKE_SECONDS = 20.0
# The option's number, and the longest pause before lost packets are sent again: a cut of the network ends this
# much later for us.
_TCP_RTO_MAX_MS, _RESEND_PAUSE = 44, 4000


class WireError(ConnectionError):
    """The connection ended, or what came over it cannot be trusted."""


@dataclass(frozen=True)
class Message:
    """What goes over the wire: a kind, JSON fields, and named arrays."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise WireError(f"a {self.kind!r} message came without {name!r}") from None


class Channel:
    """One authenticated connection. `send` may be called from several threads, `receive` from one."""

    def __init__(
        self, connection: socket.socket, sending: Protection, receiving: Protection, limit: int
    ):
        with suppress(
            OSError
        ):  # Linux before 6.15 knows no such option: its pauses double up to two minutes
            connection.setsockopt(socket.IPPROTO_TCP, _TCP_RTO_MAX_MS, _RESEND_PAUSE)
        self._connection = connection
        self._sending, self._receiving = sending, receiving
        self._limit = limit
        self._lock = threading.Lock()

    @property
    def local_host(self) -> str:
        """The address of this machine as the other side reaches it."""
        return self._connection.getsockname()[0]

    def send(
        self, kind: str, arrays: Mapping[str, np.ndarray] | None = None, **fields: Any
    ) -> None:
        """Send one message; WireError when the other side is gone."""
        layout, buffers = [], []
        for name, array in (arrays or {}).items():
            dense = np.ascontiguousarray(array)
            layout.append([name, dense.dtype.name, list(array.shape)])
            buffers.append(dense.reshape(-1).view(np.uint8).data)
        header = json.dumps({"kind": kind, "fields": fields, "arrays": layout}).encode()
        if len(header) > _HEADER_LIMIT:
            raise ValueError(f"the {kind!r} message has a header of {len(header)} bytes")
        lengths = _LENGTHS.pack(len(header), sum(buffer.nbytes for buffer in buffers))
        with self._lock:
            (first, *more), tag = self._sending.protect(lengths, header, buffers)
            try:
                if not buffers:
                    self._connection.sendall(lengths + first + tag)
                    return
                self._connection.sendall(lengths + first)
                for buffer in more:
                    self._connection.sendall(buffer)
                self._connection.sendall(tag)
            except OSError as error:
                raise WireError(f"sending {kind!r}: {error}") from error

    def receive(self, timeout: float | None) -> Message:
        """Wait for one message; WireError at the end of the connection, TimeoutError after `timeout` silent seconds."""
        try:
            self._connection.settimeout(timeout)
        except OSError as error:
            raise WireError(str(error)) from error  # closed by another thread
        lengths = bytes(read_exactly(self._connection, _LENGTHS.size))
        header_length, payload_length = _LENGTHS.unpack(lengths)
        if header_length > _HEADER_LIMIT or payload_length > self._limit:
            raise WireError(
                f"a message of {header_length} + {payload_length} bytes exceeds the limit of "
                f"{_HEADER_LIMIT} + {self._limit}"
            )
        header = read_exactly(self._connection, header_length)
        payload = read_exactly(self._connection, payload_length)
        tag = bytes(read_exactly(self._connection, self._receiving.tag_size))
        if not self._receiving.check(lengths, header, payload, tag):
            raise WireError("a message does not carry the job's signature")
        return _parse(header, payload)

    def close(self) -> None:
        """End the connection; a thread waiting in `receive` gets WireError."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # Already closed by the other side, which is what we want.
            return
        finally:
            self._connection.close()


def accept(connection: socket.socket, secret: bytes, limit: int, encrypt: bool = False) -> Channel:
    """Greet a client as the side that listens; WireError when it does not know the secret.

    Args:
        connection: just accepted.
        secret: of the job.
        limit: bytes of arrays that a message may have.
        encrypt: whether messages are encrypted; the same on both sides.
    """
    connection.settimeout(HANDSHAKE_SECONDS)
    ours = secrets.token_bytes(_NONCE)
    _send_raw(connection, _MAGIC + ours)
    answer = read_exactly(connection, _NONCE + sha256().digest_size)
    theirs, proof = bytes(answer[:_NONCE]), answer[_NONCE:]
    if not hmac.compare_digest(proof, _derive(secret, b"client", ours, theirs)):
        raise WireError("a client did not know the job's secret")
    _send_raw(connection, _derive(secret, b"server", ours, theirs))
    to_server, to_client = _protections(secret, ours, theirs, encrypt)
    return Channel(connection, to_client, to_server, limit)


def connect(address: tuple[str, int], secret: bytes, limit: int, encrypt: bool = False) -> Channel:
    """Connect to a listening side and check that it knows the secret; WireError when it does not or is not there."""
    try:
        connection = socket.create_connection(address, HANDSHAKE_SECONDS)
    except OSError as error:
        raise WireError(f"cannot reach {address[0]}:{address[1]}: {error}") from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    greeting = read_exactly(connection, len(_MAGIC) + _NONCE)
    if greeting[: len(_MAGIC)] != _MAGIC:
        raise WireError(f"{address[0]}:{address[1]} speaks another protocol")
    theirs, ours = bytes(greeting[len(_MAGIC) :]), secrets.token_bytes(_NONCE)
    _send_raw(connection, ours + _derive(secret, b"client", theirs, ours))
    proof = read_exactly(connection, sha256().digest_size)
    if not hmac.compare_digest(proof, _derive(secret, b"server", theirs, ours)):
        raise WireError(f"{address[0]}:{address[1]} does not know the job's secret")
    to_server, to_client = _protections(secret, theirs, ours, encrypt)
    return Channel(connection, to_server, to_client, limit)


def read_exactly(connection: socket.socket, length: int) -> bytearray:
    """Read `length` bytes; WireError when the connection ends before."""
    buffer = bytearray(length)
    view, done = memoryview(buffer), 0
    while done < length:
        try:
            count = connection.recv_into(view[done:])
        except TimeoutError:
            raise
        except OSError as error:
            raise WireError(str(error)) from error
        if count == 0:
            raise WireError("the other side closed the connection")
        done += count
    return buffer


def _send_raw(connection: socket.socket, content: bytes) -> None:
    try:
        connection.sendall(content)
    except OSError as error:
        raise WireError(str(error)) from error


def _derive(secret: bytes, purpose: bytes, server: bytes, client: bytes) -> bytes:
    return hmac.digest(secret, purpose + b"\0" + server + client, "sha256")


def _protections(
    secret: bytes, server: bytes, client: bytes, encrypt: bool
) -> tuple[Protection, Protection]:
    kind, name = (Sealed, b"sealed") if encrypt else (Signed, b"signed")
    to_server, to_client = (
        kind(_derive(secret, name + direction, server, client))
        for direction in (b" to server", b" to client")
    )
    return to_server, to_client


def _parse(header: bytearray, payload: bytearray) -> Message:
    try:
        content = json.loads(header)
        arrays, start = {}, 0
        for name, dtype_name, shape in content["arrays"]:
            dtype = np.dtype(dtype_name)
            if dtype.hasobject:
                raise ValueError(f"arrays of {dtype_name} are refused")
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(payload, dtype, count, start).reshape(shape)
            start += count * dtype.itemsize
        if start != len(payload):
            raise ValueError(f"{len(payload) - start} bytes belong to no array")
        return Message(content["kind"], content["fields"], arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise WireError(f"a message cannot be read: {error}") from error
