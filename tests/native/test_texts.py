"""Texts of Python packed for kernels."""

import numpy as np
import pytest

from bigdl_backend.primitives.hashing import packed
from bigdl_native import pack_texts

TEXTS = ["", "a", "é漢", b"\x00\xff", b"", "x" * 300, np.str_("numpy"), np.bytes_(b"bytes")]


def test_packed_texts_are_those_of_plain_python(monkeypatch):
    native = pack_texts(TEXTS)
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", "0")
    for found, expected in zip(native, packed(TEXTS), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_nothing_is_packed():
    text, offsets = pack_texts([])
    assert (text.tolist(), offsets.tolist()) == ([], [0])


@pytest.mark.parametrize("native", ["0", "1"])
@pytest.mark.parametrize("odd", [None, 1, bytearray(b"a")])
def test_other_objects_are_refused(odd, native, monkeypatch):
    monkeypatch.setenv("BIGDL_KERAS_NATIVE", native)
    with pytest.raises(TypeError, match=type(odd).__name__):
        packed(["a", odd])
