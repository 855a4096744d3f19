# distutils: language = c++
"""Texts of Python as kernels take them: the bytes of all of them, one after the other."""

import numpy as np

cimport numpy as cnp
from cpython.bytes cimport PyBytes_AsStringAndSize
from libc.stdint cimport int64_t
from libc.string cimport memcpy

cnp.import_array()

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL


cdef const char* bytes_of(object text, Py_ssize_t* size) except NULL:
    cdef char* start
    if isinstance(text, str):
        return PyUnicode_AsUTF8AndSize(text, size)
    if isinstance(text, bytes):
        PyBytes_AsStringAndSize(text, &start, size)
        return start
    raise TypeError(f"expected str or bytes, got {text!r} of type {type(text).__name__}")


def pack_texts(list texts not None):
    """The bytes of all texts, uint8[total], and where each begins and ends, int64[len(texts) + 1].

    `str` is taken as UTF-8, `bytes` as it is. Raises TypeError for other objects.
    """
    cdef Py_ssize_t count = len(texts), i, size
    cdef const char* start
    cdef cnp.ndarray offsets = np.zeros(count + 1, np.int64)
    cdef int64_t* ends = <int64_t*> cnp.PyArray_DATA(offsets)
    for i in range(count):
        bytes_of(texts[i], &size)
        ends[i + 1] = ends[i] + size
    cdef cnp.ndarray packed = np.empty(ends[count], np.uint8)
    cdef char* target = <char*> cnp.PyArray_DATA(packed)
    for i in range(count):
        start = bytes_of(texts[i], &size)
        memcpy(target + ends[i], start, size)
    return packed, offsets
