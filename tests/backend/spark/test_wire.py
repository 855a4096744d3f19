"""Only who knows the secret is heard, and only whole, signed, sane messages are believed."""

import socket
import threading

import numpy as np
import pytest

from bigdl_backend.spark import wire

SECRET = b"s" * 32


def pair(client_secret=SECRET, limit=1 << 20):
    """(client channel or error, server channel or error) over a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    results = {}

    def serve():
        connection, _ = listener.accept()
        try:
            results["server"] = wire.accept(connection, SECRET, limit)
        except wire.WireError as error:
            results["server"] = error
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        results["client"] = wire.connect(listener.getsockname(), client_secret, limit)
    except wire.WireError as error:
        results["client"] = error
    thread.join(10)
    listener.close()
    return results["client"], results["server"]


def test_messages_arrive_whole():
    client, server = pair()
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


def test_a_forged_message_is_refused():
    client, server = pair()
    other, _ = pair()
    other._connection = client._connection
    other.send("go")
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_a_replayed_message_is_refused():
    client, server = pair()
    client.send("go")
    client._sent -= 1
    client.send("go")
    assert server.receive(10).kind == "go"
    with pytest.raises(wire.WireError, match="signature"):
        server.receive(10)


def test_sizes_are_limited_and_silence_ends():
    client, server = pair(limit=100)
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
