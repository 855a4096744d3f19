# distutils: language = c++
"""Python's way to one native kernel: make it for concrete shapes, run it on arrays."""

import ml_dtypes  # noqa: F401  (gives NumPy the names bfloat16 and float8_*)
import numpy as np

cimport numpy as cnp
from cython.operator cimport dereference
from libc.stdint cimport int64_t, uintptr_t
from libcpp.memory cimport unique_ptr
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

cnp.import_array()

cdef size_t ALIGNMENT = 64
# Behind the scratch memory, to see whether a kernel keeps to what it asked for.
cdef size_t FENCE = 64
cdef char FENCE_BYTE = 0x5A


cdef Operand operand_of(object dtype, object shape) except *:
    cdef Operand operand
    operand.dtype = dtype_from_name(str(dtype).encode())
    for dim in shape:
        operand.shape.push_back(dim)
    return operand


def _flat(values):
    for value in values:
        if isinstance(value, (tuple, list)):
            yield from _flat(value)
        else:
            yield value


cdef Attrs attrs_of(object attrs) except *:
    cdef Attrs result
    cdef string key
    cdef vector[int64_t] integers
    cdef vector[double] reals
    cdef vector[string] texts
    for name, value in attrs.items():
        key = name.encode()
        if value is None:
            continue
        if isinstance(value, (bool, int, np.integer)):
            result.set_integer(key, value)
        elif isinstance(value, (float, np.floating)):
            result.set_real(key, value)
        elif isinstance(value, str):
            result.set_text(key, value.encode())
        elif isinstance(value, (tuple, list)):
            flat = list(_flat(value))
            if all(isinstance(item, (bool, int, np.integer)) for item in flat):
                integers = flat
                result.set_integers(key, integers)
            elif all(isinstance(item, (int, float, np.number)) for item in flat):
                reals = flat
                result.set_reals(key, reals)
            elif all(isinstance(item, str) for item in flat):
                texts = [item.encode() for item in flat]
                result.set_texts(key, texts)
            else:
                raise TypeError(f"attribute {name}={value!r} mixes kinds a native kernel cannot take")
        else:
            raise TypeError(
                f"attribute {name}={value!r} is a {type(value).__name__}; native kernels take "
                "int, float, str, bool and tuples of them"
            )
    return result


cdef class Kernel:
    """A native kernel made for concrete dtypes and shapes.

    `run` may be called from several threads; the calls then wait for each other.
    """

    def __init__(self):
        raise TypeError("kernels are made by bigdl_native.make_kernel")

    cdef int _pointers(
        self, object arrays, list specs, bint outputs, vector[void*]& pointers
    ) except -1:
        cdef cnp.ndarray array
        side = "output" if outputs else "input"
        if len(arrays) != len(specs):
            raise ValueError(
                f"kernel {self.name} has {len(specs)} {side}s, got {len(arrays)} arrays"
            )
        for index, (item, (dtype, shape)) in enumerate(zip(arrays, specs)):
            if not isinstance(item, np.ndarray):
                raise TypeError(
                    f"{side} {index} of kernel {self.name} must be a numpy array, "
                    f"got {type(item).__name__}"
                )
            array = item
            if array.dtype != dtype or item.shape != shape:
                raise ValueError(
                    f"{side} {index} of kernel {self.name} must be {dtype}{list(shape)}, "
                    f"got {item.dtype}{list(item.shape)}"
                )
            if not cnp.PyArray_IS_C_CONTIGUOUS(array):
                raise ValueError(
                    f"{side} {index} of kernel {self.name} must be C-contiguous; "
                    "use numpy.ascontiguousarray"
                )
            if outputs and not cnp.PyArray_ISWRITEABLE(array):
                raise ValueError(f"output {index} of kernel {self.name} is read-only")
            pointers.push_back(cnp.PyArray_DATA(array))
        return 0

    def run(self, inputs, outputs, int threads=1):
        """Compute `outputs` from `inputs`, without the GIL.

        Args:
            inputs: C-contiguous arrays with the dtypes and shapes the kernel was made for.
            outputs: Writeable C-contiguous arrays, overwritten.
            threads: Size of the OpenMP team the kernel may use.

        Raises:
            TypeError: an operand is no array.
            ValueError: wrong number, dtype, shape or layout of the arrays, or no thread.
            RuntimeError: the kernel wrote behind the scratch memory that it asked for.
        """
        cdef vector[void*] input_pointers, output_pointers
        cdef RunContext context
        cdef uintptr_t scratch
        cdef bint overrun
        cdef size_t i
        if threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        self._pointers(inputs, self._inputs, False, input_pointers)
        self._pointers(outputs, self._outputs, True, output_pointers)
        context.threads = threads
        with nogil:
            self.busy.lock()
            try:
                # Not before the first run: an executable brings scratch of its own.
                if self.scratch.empty():
                    self.scratch_bytes = dereference(self.kernel).scratch_bytes()
                    self.scratch.assign(self.scratch_bytes + ALIGNMENT + FENCE, FENCE_BYTE)
                scratch = <uintptr_t>self.scratch.data()
                scratch = (scratch + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
                context.scratch = <byte*>scratch
                dereference(self.kernel).run(
                    <const void**>input_pointers.data(), output_pointers.data(), context
                )
                overrun = False
                for i in range(FENCE):
                    overrun |= (<char*>scratch)[self.scratch_bytes + i] != FENCE_BYTE
            finally:
                self.busy.unlock()
        if overrun:
            raise RuntimeError(f"kernel {self.name} wrote behind its {self.scratch_bytes} bytes of scratch")

    def in_place(self, int output):
        """Index of the input whose buffer `output` may share, or -1."""
        return dereference(self.kernel).in_place(output)


def make_kernel(name, inputs, outputs, attrs=None, int threads=1):
    """Make the native kernel of a primitive for concrete dtypes and shapes.

    Args:
        name: Name of the primitive.
        inputs: `(dtype name, shape)` of each input.
        outputs: `(dtype name, shape)` of each output.
        attrs: The primitive's attributes: int, float, str, bool, None and (nested) tuples of these.
        threads: Size of the OpenMP team to prepare for.

    Returns:
        A `Kernel`, or None when no native code supports these operands.

    Raises:
        TypeError: an attribute of another kind.
    """
    cdef vector[Operand] input_operands, output_operands
    cdef unique_ptr[CppKernel] made
    cdef Kernel kernel
    cdef Factory factory = KernelRegistry.instance().find(name.encode())
    if factory == NULL:
        return None
    try:
        for dtype, shape in inputs:
            input_operands.push_back(operand_of(dtype, shape))
        for dtype, shape in outputs:
            output_operands.push_back(operand_of(dtype, shape))
    except ValueError:  # a dtype without native code, such as float8
        return None
    made = factory(input_operands, output_operands, attrs_of(attrs or {}), threads)
    if made.get() == NULL:
        return None
    kernel = Kernel.__new__(Kernel)
    kernel.kernel = move(made)
    kernel.name = name
    kernel._inputs = [(np.dtype(dtype), tuple(shape)) for dtype, shape in inputs]
    kernel._outputs = [(np.dtype(dtype), tuple(shape)) for dtype, shape in outputs]
    return kernel


def kernel_names():
    """Sorted names of the primitives that have native code for at least some operands."""
    return [name.decode() for name in KernelRegistry.instance().names()]
