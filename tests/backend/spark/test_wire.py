"""Only who knows the secret is heard, and only whole, signed, sane messages are believed."""

import socket
import threading

import numpy as np
import pytest

from bigdl_backend.spark import wire

SECRET = b"s" * 32


@pytest.fixture(params=[False, True], ids=["signed", "sealed"])
def encrypt(request):
    return request.param


def pair(client_secret=SECRET, limit=1 << 20, encrypt=False):
    """(client channel or error, server channel or error) over a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    results = {}

    def serve():
        connection, _ = listener.accept()
        try:
            results["server"] = wire.accept(connection, SECRET, limit, encrypt)
        except wire.WireError as error:
            results["server"] = error
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        results["client"] = wire.connect(listener.getsockname(), client_secret, limit, encrypt)
    except wire.WireError as error:
        results["client"] = error
    thread.join(10)
    listener.close()
    return results["client"], results["server"]


def test_messages_arrive_whole(encrypt):
    client, server = pair(encrypt=encrypt)
    arrays = {
        "w": np.arange(6, dtype="float32").reshape(2, 3),
        "step": np.array(7, "int64"),
        "none": np.zeros((0, 4), "float64"),
        "half": np.ones(3, "bfloat16") if hasattr(np, "bfloat16") else np.ones(3, "float16"),
    }
    client.send("state", arrays, epoch=3, name="ä")
    server.send("go")
    message = server.receive(10)
    assert message.kind == "state"
    assert message.fields == {"epoch": 3, "name": "ä"}
    for name, array in arrays.items():
        np.testing.assert_array_equal(message.arrays[name], array)
        assert message.arrays[name].dtype == array.dtype
        assert message.arrays[name].shape == array.shape
    assert client.receive(10).kind == "go"
    client.close()
    with pytest.raises(wire.WireError, match="closed"):
        server.receive(10)


def test_a_stranger_is_turned_away():
    client, server = pair(client_secret=b"t" * 32)
    assert isinstance(server, wire.WireError)
    assert isinstance(client, wire.WireError)


class Recorded:
    """In the place of a channel's socket: keeps what is sent, and sends nothing."""

    def __init__(self):
        self.bytes = b""

    def sendall(self, content):
        self.bytes += content


def recorded(channel, kind, arrays=None):
    """The bytes of a message that does not leave."""
    connection, channel._connection = channel._connection, Recorded()
    channel.send(kind, arrays)
    kept, channel._connection = channel._connection.bytes, connection
    return kept


def test_a_message_of_another_connection_is_refused(encrypt):
    client, server = pair(encrypt=encrypt)
    other, _ = pair(encrypt=encrypt)
    client._connection.sendall(recorded(other, "go"))
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_a_replayed_message_is_refused(encrypt):
    client, server = pair(encrypt=encrypt)
    message = recorded(client, "go")
    client._connection.sendall(message + message)
    assert server.receive(10).kind == "go"
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_messages_that_change_places_are_refused(encrypt):
    client, server = pair(encrypt=encrypt)
    first, second = recorded(client, "go"), recorded(client, "stop")
    client._connection.sendall(second + first)
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_a_message_sent_back_to_its_sender_is_refused(encrypt):
    client, server = pair(encrypt=encrypt)
    client._connection.sendall(recorded(server, "go"))
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_a_message_changed_anywhere_is_refused(encrypt):
    arrays = {"w": np.arange(3, dtype="float32")}
    size = len(recorded(pair(encrypt=encrypt)[0], "go", arrays))
    lengths = 12
    for place in range(lengths, size, 5):
        client, server = pair(encrypt=encrypt)
        message = bytearray(recorded(client, "go", arrays))
        message[place] ^= 1
        client._connection.sendall(message)
        with pytest.raises(wire.WireError, match="signature"):
            server.receive(10)


def test_a_replayed_greeting_is_refused(monkeypatch):
    """Who recorded how a connection began cannot open another with it."""
    sent, errors = [], []
    send = wire._send_raw
    monkeypatch.setattr(wire, "_send_raw", lambda to, what: (sent.append(what), send(to, what)))
    client, _ = pair()
    client.close()
    greeting = b"".join(content for content in sent if not content.startswith(wire._MAGIC))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            wire.accept(listener.accept()[0], SECRET, 1 << 20)
        except wire.WireError as error:
            errors.append(str(error))

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(listener.getsockname()) as stranger:
        stranger.sendall(greeting)
        thread.join(10)
    listener.close()
    assert errors == ["a client did not know the job's secret"]


def test_what_is_sealed_cannot_be_read():
    secret = np.arange(100, dtype="float32")
    plain, sealed = (recorded(pair(encrypt=e)[0], "state", {"w": secret}) for e in (False, True))
    assert secret.tobytes() in plain
    assert b"state" in plain
    assert secret.tobytes()[:16] not in sealed
    assert b"state" not in sealed
    np.testing.assert_array_equal(secret, np.arange(100, dtype="float32"))


def test_sizes_are_limited_and_silence_ends(encrypt):
    client, server = pair(limit=100, encrypt=encrypt)
    client.send("state", {"w": np.zeros(1000, "float32")})
    with pytest.raises(wire.WireError, match="exceeds the limit"):
        server.receive(10)
    client, server = pair()
    with pytest.raises(TimeoutError):
        server.receive(0.05)


def test_arrays_of_objects_never_cross():
    with pytest.raises(wire.WireError, match="cannot be read"):
        wire._parse(b'{"kind": "x", "fields": {}, "arrays": [["a", "object", [1]]]}', b"\0" * 8)
    with pytest.raises(wire.WireError, match="cannot be read"):
        wire._parse(b'{"kind": "x", "fields": {}, "arrays": [["a", "float32", [-1]]]}', b"")
    with pytest.raises(wire.WireError, match="belong to no array"):
        wire._parse(b'{"kind": "x", "fields": {}, "arrays": []}', b"\0" * 8)
