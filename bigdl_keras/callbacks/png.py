"""Writing PNG images (RFC 2083)."""

import struct
import zlib

import numpy as np

_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}


def png(image: np.ndarray) -> bytes:
    """A file with the image.

    Args:
        image: uint8, (height, width, channels) with 1, 3 or 4 channels.
    """
    height, width, channels = image.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    # Every line begins with the number of its filter: 0, none.
    lines = np.zeros((height, 1 + width * channels), "uint8")
    lines[:, 1:] = image.reshape(height, width * channels)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(lines.tobytes())),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
