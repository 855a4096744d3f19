"""What keeps messages from being forged, changed, repeated or reordered on their way, and from being read.

Keys derive from the secret of the job, 32 random bytes that are new in every training, and from the challenges of both
sides of a connection; each direction has its own, and messages are counted, so that no nonce ever repeats.

Where Spark encrypts what it sends, by AES (`spark.network.crypto.*`), by SASL or by TLS (`spark.ssl.*`), messages are
sealed with ChaCha20-Poly1305 (RFC 8439), one of the two ciphers of TLS 1.3 and as strong as its AES-256: it needs no
AES instructions and no tables, so that its time tells nothing. TLS itself would add nothing here. Its certificates say
who the other side is, which the secret says already: it travels inside Spark's task data, over connections that Spark
protects with the keystores of the cluster, and who is not let in there never learns it. Nor could Python read the
keystores of a JVM. One thing is less than TLS: who records a training and learns its secret later can read it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Protocol

Buffer = bytes | bytearray | memoryview


class Protection(Protocol):
    """Of the messages of one direction of a connection, from the first on; they are counted.

    Attributes:
        tag_size: bytes of a tag.
    """

    tag_size: int

    def protect(
        self, lengths: bytes, header: bytes, buffers: Sequence[Buffer]
    ) -> tuple[list[Buffer], bytes]:
        """The content of the next message as it is sent, header first, and its tag."""

    def check(self, lengths: bytes, header: bytearray, payload: bytearray, tag: bytes) -> bool:
        """Whether the other side sent this as its next message; afterwards `header` and `payload` can be read."""


class Signed:
    """Messages that all may read, each with an HMAC over its number and content.

    Args:
        key: of this direction of this connection alone.
    """

    tag_size = sha256().digest_size

    def __init__(self, key: bytes):
        self._key, self._count = key, 0

    def protect(
        self, lengths: bytes, header: bytes, buffers: Sequence[Buffer]
    ) -> tuple[list[Buffer], bytes]:
        """See `Protection`."""
        return [header, *buffers], self._tag(lengths, header, *buffers)

    def check(self, lengths: bytes, header: bytearray, payload: bytearray, tag: bytes) -> bool:
        """See `Protection`."""
        return hmac.compare_digest(tag, self._tag(lengths, header, payload))

    def _tag(self, *parts: Buffer) -> bytes:
        signer = hmac.new(self._key, self._count.to_bytes(8, "little"), sha256)
        self._count += 1
        for part in parts:
            signer.update(part)
        return signer.digest()


class Sealed:
    """Messages encrypted by ChaCha20-Poly1305: nobody else can read them.

    Args:
        key: as for `Signed`.
    """

    tag_size = 32  # one of the header and one of the payload

    def __init__(self, key: bytes):
        from bigdl_native import _exchange

        self._cipher: Any = _exchange
        self._key, self._count = key, 0

    def protect(
        self, lengths: bytes, header: bytes, buffers: Sequence[Buffer]
    ) -> tuple[list[Buffer], bytes]:
        """See `Protection`."""
        parts: list[Buffer] = [bytearray(header), bytearray().join(buffers)]
        tags = [
            self._cipher.seal(self._key, nonce, lengths, part)
            for nonce, part in zip(self._nonces(), parts, strict=True)
        ]
        return parts, b"".join(tags)

    def check(self, lengths: bytes, header: bytearray, payload: bytearray, tag: bytes) -> bool:
        """See `Protection`."""
        first, second = self._nonces()
        return self._cipher.open_sealed(
            self._key, first, lengths, header, tag[:16]
        ) and self._cipher.open_sealed(self._key, second, lengths, payload, tag[16:])

    def _nonces(self) -> tuple[bytes, bytes]:
        number = self._count.to_bytes(8, "little")
        self._count += 1
        return b"head" + number, b"load" + number
