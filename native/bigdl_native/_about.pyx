# distutils: language = c++
"""What the native library consists of."""

from libcpp.string cimport string
from libcpp.utility cimport pair
from libcpp.vector cimport vector


cdef extern from "about.hpp" namespace "bigdl":
    vector[pair[string, string]] describe "bigdl::about"() except +


def about():
    """Names with values: versions of libraries, and the instruction sets chosen for this processor."""
    return {entry.first.decode(): entry.second.decode() for entry in describe()}
