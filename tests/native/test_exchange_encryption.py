"""Encrypted connections, checked by a peer in plain Python that follows RFC 8439 to the letter."""

from __future__ import annotations

import hmac
import os
import socket
import struct
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from bigdl_native._exchange import ExchangeError, Listener, Mesh, open_sealed, seal

SECRET = b"known to the job alone"
HOST = "127.0.0.1"
ALL_GATHER = struct.pack("<IIQII", 3, 0, 0, 0, 0)


def chacha20(key: bytes, nonce: bytes, counter: int, blocks: int) -> bytes:
    state = np.empty((16, blocks), "uint32")
    state[:4] = np.frombuffer(b"expand 32-byte k", "<u4")[:, None]
    state[4:12] = np.frombuffer(key, "<u4")[:, None]
    state[12] = np.arange(counter, counter + blocks)
    state[13:] = np.frombuffer(nonce, "<u4")[:, None]
    x = state.copy()
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for _ in range(10):
        for a, b, c, d in columns + diagonals:
            for to, term, other, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[to] += x[term]
                mixed = x[other] ^ x[to]
                x[other] = mixed << np.uint32(bits) | mixed >> np.uint32(32 - bits)
    return (x + state).T.astype("<u4").tobytes()


def poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total += int.from_bytes(message[at : at + 16] + b"\1", "little")
        total = total * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def cipher(key: bytes, nonce: bytes, text: bytes) -> bytes:
    stream = chacha20(key, nonce, 1, -(-len(text) // 64))[: len(text)]
    return bytes(np.frombuffer(text, "uint8") ^ np.frombuffer(stream, "uint8"))


def tag(key: bytes, nonce: bytes, associated: bytes, sealed: bytes) -> bytes:
    def padded(part: bytes) -> bytes:
        return part + b"\0" * (-len(part) % 16)

    lengths = struct.pack("<QQ", len(associated), len(sealed))
    message = padded(associated) + padded(sealed) + lengths
    return poly1305(chacha20(key, nonce, 0, 1)[:32], message)


def test_the_reference_is_rfc_8439() -> None:
    """The example of its section 2.8.2."""
    key, nonce = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    sealed = cipher(key, nonce, text)
    assert sealed.hex().startswith("d31a8d34648e60db7b86afbc53ef7ec2")
    associated = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    assert tag(key, nonce, associated, sealed).hex() == "1ae10b594f09e26a7e902ecbd0600691"


@pytest.mark.parametrize("size", [0, 1, 63, 64, 1000, 5000])
def test_messages_are_sealed_as_the_reference_seals_them(size: int) -> None:
    key, nonce, associated, text = os.urandom(32), os.urandom(12), b"lengths", os.urandom(size)
    sealed = bytearray(text)
    made = seal(key, nonce, associated, sealed)
    assert bytes(sealed) == cipher(key, nonce, text)
    assert made == tag(key, nonce, associated, bytes(sealed))
    for other in (
        (os.urandom(32), nonce, associated, made),
        (key, os.urandom(12), associated, made),
        (key, nonce, b"length", made),
        (key, nonce, associated, os.urandom(16)),
    ):
        assert not open_sealed(*other[:3], sealed, other[3])
    assert open_sealed(key, nonce, associated, sealed, made)
    assert bytes(sealed) == text


class PlainPeer:
    """Rank 1 of 2, which dials rank 0 and then speaks in records."""

    def __init__(self, port: int):
        self.connection = socket.create_connection((HOST, port))
        self.connection.settimeout(5)
        self.incoming = self.connection.makefile("rb")
        hello = struct.pack("<8sQIIII", b"BDLKXCH1", 1, 1, 0, 2, 1) + os.urandom(32)
        self.connection.sendall(hello)
        nonce = self.read(32)

        def derived(role: bytes) -> bytes:
            return hmac.digest(SECRET, role + b"\0" + hello + nonce, "sha256")

        self.connection.sendall(derived(b"dial"))
        assert self.read(32) == derived(b"accept")
        self.sending, self.receiving = derived(b"dial key"), derived(b"accept key")
        self.sent = self.received = 0

    def read(self, size: int) -> bytes:
        data = self.incoming.read(size)
        assert len(data) == size
        return data

    def record(self, text: bytes) -> bytes:
        nonce, self.sent = struct.pack("<QI", self.sent, 0), self.sent + 1
        head, sealed = struct.pack("<I", len(text)), cipher(self.sending, nonce, text)
        return head + sealed + tag(self.sending, nonce, head, sealed)

    def receive(self, size: int) -> bytes:
        text = b""
        while len(text) < size:
            nonce, self.received = struct.pack("<QI", self.received, 0), self.received + 1
            head = self.read(4)
            sealed = self.read(struct.unpack("<I", head)[0])
            assert self.read(16) == tag(self.receiving, nonce, head, sealed)
            text += cipher(self.receiving, nonce, sealed)
        assert len(text) == size
        return text

    def all_gather(self, own: bytes) -> bytes:
        self.connection.sendall(self.record(ALL_GATHER + struct.pack("<Q", len(own))))
        announced = self.receive(len(ALL_GATHER) + 8)
        assert announced.startswith(ALL_GATHER)
        self.connection.sendall(self.record(ALL_GATHER + own))
        (size,) = struct.unpack("<Q", announced[-8:])
        return self.receive(len(ALL_GATHER) + size)[len(ALL_GATHER) :]


@pytest.fixture
def pair() -> tuple[PlainPeer, Mesh, Future]:
    listener = Listener(HOST)
    peers = [(0, HOST, listener.port, ""), (1, HOST, 1, "")]
    mesh = Mesh(listener, 0, peers, SECRET, 1, timeout=5.0, encrypt=True)
    connecting = ThreadPoolExecutor(1).submit(mesh.connect)
    return PlainPeer(listener.port), mesh, connecting


def test_it_speaks_with_a_peer_that_follows_the_standard(
    pair: tuple[PlainPeer, Mesh, Future],
) -> None:
    peer, mesh, connecting = pair
    assert peer.all_gather(b"") == b""  # no shared memory, please
    assert peer.all_gather(b"no") == b"no"
    connecting.result(5)
    assert mesh.transport == "encrypted sockets"
    theirs, ours = os.urandom(200_000), os.urandom(3000)
    gathering = ThreadPoolExecutor(1).submit(mesh.all_gather, theirs)
    assert peer.all_gather(ours) == theirs
    assert gathering.result(5) == [theirs, ours]


@pytest.mark.parametrize("change", ["length", "text", "tag", "order"])
def test_a_change_on_the_way_is_noticed(pair: tuple[PlainPeer, Mesh, Future], change: str) -> None:
    peer, _, connecting = pair
    if change == "order":
        peer.sent = 1
    record = bytearray(peer.record(ALL_GATHER + struct.pack("<Q", 0)))
    position = {"length": 0, "text": 20, "tag": len(record) - 1, "order": None}[change]
    if position is not None:
        record[position] ^= 1
    peer.connection.sendall(record)
    peer.connection.sendall(b"\0" * 100)
    with pytest.raises(ExchangeError, match=r"rank 1 .* was altered on the way"):
        connecting.result(5)
