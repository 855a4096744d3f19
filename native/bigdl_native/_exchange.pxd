# exchange.hpp as Cython sees it, and the mesh as `_executable` takes it.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.memory cimport shared_ptr, unique_ptr
from libcpp.string cimport string
from libcpp.vector cimport vector

from bigdl_native._kernels cimport DType


cdef extern from "collective.hpp" namespace "bigdl" nogil:
    cdef cppclass Collective:
        int rank()
        int world()

    cdef cppclass RowTable:
        void* data
        int64_t rows
        int64_t width
        DType dtype
        const int32_t* touched
        int64_t n_touched


cdef extern from "exchange_auth.hpp" namespace "bigdl::exchange" nogil:
    cdef cppclass Digest:
        uint8_t* data()


cdef extern from "exchange_cipher.hpp" namespace "bigdl::exchange" nogil:
    void cpp_seal "bigdl::exchange::seal"(
        const Digest&, const uint8_t*, const void*, size_t, uint8_t*, size_t, uint8_t*)
    cbool cpp_open_sealed "bigdl::exchange::open_sealed"(
        const Digest&, const uint8_t*, const void*, size_t, uint8_t*, size_t, const uint8_t*)


cdef extern from "exchange.hpp":
    """
    // For calls that may end in an exchange: C++ exceptions become Python's, ExchangeError included.
    inline void translate_exchange_error() {
      try {
        throw;
      } catch (const bigdl::exchange::ExchangeError& error) {
        PyObject* module = PyImport_ImportModule("bigdl_native._exchange");
        PyObject* type = module ? PyObject_GetAttrString(module, "ExchangeError") : nullptr;
        if (type) PyErr_SetString(type, error.what());
        Py_XDECREF(type);
        Py_XDECREF(module);
      } catch (const std::invalid_argument& error) {
        PyErr_SetString(PyExc_ValueError, error.what());
      } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
      }
    }
    """
    void translate_exchange_error()


cdef extern from "exchange.hpp" namespace "bigdl::exchange" nogil:
    cdef cppclass CppPeer "bigdl::exchange::Peer":
        int rank
        string host
        int port
        string host_id

    cdef enum class Wire:
        plain
        bf16

    cdef cppclass CppListener "bigdl::exchange::Listener":
        CppListener(const string&, int) except +translate_exchange_error
        int port()

    cdef cppclass CppMesh "bigdl::exchange::Mesh"(Collective):
        CppMesh(int, vector[CppPeer], double, cbool, Wire, cbool) except +translate_exchange_error
        void connect(const CppListener&, const string&, uint64_t, double) except +translate_exchange_error
        void all_reduce(void**, const int64_t*, const DType*, int) except +translate_exchange_error
        void all_reduce_rows(const RowTable*, int) except +translate_exchange_error
        void broadcast(void**, const int64_t*, int, int) except +translate_exchange_error
        vector[string] all_gather(const string&) except +translate_exchange_error
        void barrier() except +translate_exchange_error
        void abort()
        void close()
        string transport()
        uint64_t sent()
        string failure()


cdef class Listener:
    cdef unique_ptr[CppListener] listener
    cdef readonly str host


cdef class Mesh:
    cdef unique_ptr[CppMesh] mesh
    # The same object for the graph runtime: valid as long as this one lives.
    cdef Collective* collective
    cdef Listener listener
    cdef string secret
    cdef uint64_t generation
    cdef double connect_timeout
