# kernel.hpp as Cython sees it, and the Python objects that other extension modules may reach into.

from libc.stdint cimport int64_t
from libcpp.memory cimport unique_ptr
from libcpp.string cimport string
from libcpp.vector cimport vector


cdef extern from "<cstddef>" nogil:
    cdef cppclass byte "std::byte":
        pass


cdef extern from "<mutex>" namespace "std" nogil:
    cdef cppclass mutex:
        void lock()
        void unlock()


cdef extern from "kernel.hpp" namespace "bigdl" nogil:
    cdef enum class DType(unsigned char):
        pass

    DType dtype_from_name(const string&) except +
    size_t size_of(DType)

    cdef cppclass Operand:
        DType dtype
        vector[int64_t] shape
        size_t bytes()

    cdef cppclass Attrs:
        Attrs()
        void set_integer "set"(const string&, int64_t)
        void set_real "set"(const string&, double)
        void set_text "set"(const string&, string)
        void set_integers "set"(const string&, vector[int64_t])
        void set_reals "set"(const string&, vector[double])
        void set_texts "set"(const string&, vector[string])

    cdef cppclass RunContext:
        RunContext()
        int threads
        byte* scratch

    cdef cppclass CppKernel "bigdl::Kernel":
        void run(const void* const*, void* const*, RunContext&) except +
        size_t scratch_bytes()
        int in_place(int)

    ctypedef unique_ptr[CppKernel] (*Factory)(
        const vector[Operand]&, const vector[Operand]&, const Attrs&, int) except +

    cdef cppclass KernelRegistry:
        @staticmethod
        KernelRegistry& instance()
        Factory find(const string&)
        vector[string] names()


cdef Operand operand_of(object dtype, object shape) except *
cdef Attrs attrs_of(object attrs) except *


cdef class Kernel:
    cdef unique_ptr[CppKernel] kernel
    cdef mutex busy
    cdef vector[char] scratch
    cdef size_t scratch_bytes
    cdef readonly str name
    cdef list _inputs
    cdef list _outputs
    cdef int _pointers(self, object arrays, list specs, bint outputs, vector[void*]& pointers) except -1
