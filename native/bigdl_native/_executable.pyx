# distutils: language = c++
"""Python's way to a native step list: build it once, run it on arrays."""

import numpy as np

cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from libc.stdint cimport int64_t, uint32_t
from libcpp cimport bool as cbool
from libcpp.memory cimport make_shared, shared_ptr
from libcpp.vector cimport vector

from bigdl_native._exchange cimport Collective, Mesh, translate_exchange_error
from bigdl_native._kernels cimport CppKernel, Kernel, Operand, operand_of

cnp.import_array()

ctypedef uint32_t Slot
ctypedef vector[Slot] Slots


cdef extern from "numpy/arrayobject.h":
    ctypedef struct PyArray_Descr:
        pass

    object PyArray_NewFromDescr(
        PyTypeObject*, PyArray_Descr*, int, cnp.npy_intp*, cnp.npy_intp*, void*, int, PyObject*
    )
    PyTypeObject PyArray_Type


cdef extern from "executable.hpp" namespace "bigdl" nogil:
    ctypedef int (*Callback "bigdl::Executable::Callback")(
        void*, void* const*, void* const*) noexcept

    cdef cppclass CppScan "bigdl::Executable::Scan":
        shared_ptr[CppExecutable] body
        size_t constants
        vector[size_t] carry_bytes
        vector[size_t] x_item_bytes
        vector[size_t] y_item_bytes
        int64_t length
        cbool reverse
        Slots inputs
        Slots outputs
        Slots spare

    cdef cppclass CppArena "bigdl::Arena":
        CppArena()
        size_t bytes()

    cdef cppclass CppExecutable "bigdl::Executable":
        CppExecutable(size_t, shared_ptr[CppArena], size_t, int) except +
        Slot add_arena_slot(size_t)
        Slot add_constant_slot(void*)
        void add_kernel(CppKernel*, Slots, Slots) except +
        void add_copy(Slot, Slot, size_t) except +
        void add_callback(Callback, void*, Slots, Slots) except +
        void add_sum(const vector[Operand]&, Slots, Slots, cbool) except +
        void add_row_sum(const vector[Operand]&, const vector[int64_t]&, Slots, Slots, cbool) except +
        void add_wait(size_t) except +
        void add_scan(CppScan) except +
        void run(void* const*, Collective*) except +translate_exchange_error
        void profile(cbool)
        const vector[double]& seconds()
        double exchange_seconds()


cdef class _Function:
    """A Python function as a step: it is given views of the slots, its results are copied."""

    cdef object function
    cdef list inputs, outputs  # (dtype, shape) of each operand
    cdef object error

    cdef int invoke(self, void* const* inputs, void* const* outputs) except -1:
        arguments = [
            _view(inputs[i], dtype, shape, 0) for i, (dtype, shape) in enumerate(self.inputs)
        ]
        results = self.function(*arguments)
        if len(self.outputs) == 1 and not isinstance(results, (tuple, list)):
            results = (results,)
        for i, ((dtype, shape), result) in enumerate(zip(self.outputs, results, strict=True)):
            if np.shape(result) != shape:
                raise ValueError(
                    f"a step was planned to give shape {shape} as output {i}, "
                    f"it gave {np.shape(result)}"
                )
            _view(outputs[i], dtype, shape, cnp.NPY_ARRAY_WRITEABLE)[...] = result
        return 0


cdef object _view(void* address, object dtype, tuple shape, int flags):
    cdef vector[cnp.npy_intp] dims = shape
    Py_INCREF(dtype)  # the call below takes this reference
    return PyArray_NewFromDescr(
        &PyArray_Type, <PyArray_Descr*>dtype, <int>dims.size(), dims.data(), NULL, address,
        flags | cnp.NPY_ARRAY_C_CONTIGUOUS | cnp.NPY_ARRAY_ALIGNED, NULL,
    )


cdef int _call(void* context, void* const* inputs, void* const* outputs) noexcept with gil:
    cdef _Function step = <_Function>context
    try:
        step.invoke(inputs, outputs)
        return 0
    except BaseException as error:  # run() raises it again on the thread that called it
        step.error = error
        return 1


cdef class Arena:
    """Working memory, as large as the largest executable on it needs.

    Executables that share one must not run at the same time.
    """

    cdef shared_ptr[CppArena] arena

    def __cinit__(self):
        self.arena = make_shared[CppArena]()

    @property
    def bytes(self):
        """Bytes of memory."""
        return self.arena.get().bytes()


cdef class Executable:
    """A list of steps over numbered slots, run in one call without the GIL.

    Args:
        external_bytes: Sizes of the arrays bound at every run; they are slots 0, 1, ...
        arena_bytes: How much of the arena is used; allocated here at the latest.
        threads: Size of the OpenMP team kernels may use.
        arena: Working memory; None: an arena of its own.

    Runs of one executable must not overlap.
    """

    cdef shared_ptr[CppExecutable] executable
    cdef Mesh mesh  # of the last run: native code compares its address
    cdef list kept  # kernels, arrays, functions and bodies that the steps point to
    cdef vector[int64_t] external_bytes
    cdef vector[void*] externals

    def __init__(self, external_bytes, size_t arena_bytes, int threads, Arena arena=None):
        self.external_bytes = external_bytes
        self.externals.resize(self.external_bytes.size())
        self.executable = make_shared[CppExecutable](
            self.externals.size(), (arena or Arena()).arena, arena_bytes, threads)
        self.kept = []

    def arena_slot(self, size_t offset):
        """A slot at `offset` of the arena."""
        return self.executable.get().add_arena_slot(offset)

    def constant_slot(self, cnp.ndarray array not None):
        """A slot that is always `array`, which is kept alive; C-contiguous."""
        if not cnp.PyArray_IS_C_CONTIGUOUS(array):
            raise ValueError(f"an array of shape {np.shape(array)} is not C-contiguous")
        self.kept.append(array)
        return self.executable.get().add_constant_slot(cnp.PyArray_DATA(array))

    def add_kernel(self, Kernel kernel not None, inputs, outputs):
        """Run `kernel`, which must be used nowhere else."""
        self.kept.append(kernel)
        self.executable.get().add_kernel(kernel.kernel.get(), inputs, outputs)

    def add_copy(self, Slot source, Slot target, size_t size):
        """Copy `size` bytes."""
        self.executable.get().add_copy(source, target, size)

    def add_function(self, function, input_specs, output_specs, inputs, outputs):
        """Call a Python function (with the GIL) on read-only views and copy what it returns.

        Args:
            function: Takes one array an input; returns an array, or a sequence of them.
            input_specs: `(dtype, shape)` of each input.
            output_specs: `(dtype, shape)` of each output.
            inputs: Slots.
            outputs: Slots.
        """
        cdef _Function step = _Function.__new__(_Function)
        step.function = function
        step.inputs = [(np.dtype(dtype), tuple(shape)) for dtype, shape in input_specs]
        step.outputs = [(np.dtype(dtype), tuple(shape)) for dtype, shape in output_specs]
        self.kept.append(step)
        self.executable.get().add_callback(_call, <void*>step, inputs, outputs)

    def add_sum(self, specs, inputs, outputs, bint wait):
        """Sum each input, `(dtype, shape)` in `specs`, over all workers in one exchange.

        With `wait` it is done when the next step begins; otherwise it goes on beside the next steps,
        until `add_wait`.
        """
        cdef vector[Operand] operands
        for dtype, shape in specs:
            operands.push_back(operand_of(dtype, shape))
        self.executable.get().add_sum(operands, inputs, outputs, wait)

    def add_row_sum(self, specs, touched, inputs, outputs, bint wait):
        """Like `add_sum`, for tables in which few rows are not zero.

        Args:
            specs: `(dtype, shape)` of each table.
            touched: For each table how many numbers name the rows that may not be zero.
            inputs: Slots of the tables, then of those numbers, int32, for each table.
            outputs: Slots of the sums.
            wait: As in `add_sum`.
        """
        cdef vector[Operand] tables
        for dtype, shape in specs:
            tables.push_back(operand_of(dtype, shape))
        self.executable.get().add_row_sum(tables, touched, inputs, outputs, wait)

    def add_wait(self, size_t number):
        """Wait for a sum; `number` counts the calls of `add_sum` and `add_row_sum`, from 0."""
        self.executable.get().add_wait(number)

    def add_scan(
        self, Executable body not None, size_t constants, carry_bytes, x_item_bytes, y_item_bytes,
        int64_t length, bint reverse, inputs, outputs, spare,
    ):
        """Run `body` `length` times.

        Args:
            body: Its externals are the constants, the carries and one item of each x, then the new
                carries and one item of each y.
            constants: How many inputs are the same in every iteration.
            carry_bytes: Size of each carry.
            x_item_bytes: Size of one item of each x.
            y_item_bytes: Size of one item of each y.
            length: Number of iterations.
            reverse: From the last item to the first.
            inputs: Slots of constants, first carries, xs.
            outputs: Slots of last carries, ys.
            spare: Slots of one more buffer for each carry.
        """
        cdef CppScan scan
        scan.body = body.executable
        scan.constants = constants
        scan.carry_bytes = carry_bytes
        scan.x_item_bytes = x_item_bytes
        scan.y_item_bytes = y_item_bytes
        scan.length = length
        scan.reverse = reverse
        scan.inputs = inputs
        scan.outputs = outputs
        scan.spare = spare
        self.kept.append(body)
        self.executable.get().add_scan(scan)

    def run(self, arrays, Mesh mesh=None):
        """Run all steps.

        Args:
            arrays: C-contiguous arrays, one an external slot; outputs are overwritten.
            mesh: The exchange with the other workers; None: a world of one.

        Raises:
            ValueError: wrong number, size or layout of the arrays.
            ExchangeError: the exchange failed.
            Exception: whatever a Python function raised.
        """
        cdef Collective* collective = NULL
        cdef CppExecutable* executable = self.executable.get()
        cdef cnp.ndarray array
        cdef size_t i = 0
        self.mesh = mesh
        if mesh is not None:
            collective = (<Mesh?>mesh).collective
        if len(arrays) != self.externals.size():
            raise ValueError(f"expected {self.externals.size()} arrays, got {len(arrays)}")
        for item in arrays:
            array = item
            if (
                cnp.PyArray_NBYTES(array) != self.external_bytes[i]
                or not cnp.PyArray_IS_C_CONTIGUOUS(array)
            ):
                raise ValueError(
                    f"external array {i} must be C-contiguous and have {self.external_bytes[i]} "
                    f"bytes, got {cnp.PyArray_NBYTES(array)}"
                )
            self.externals[i] = cnp.PyArray_DATA(array)
            i += 1
        try:
            with nogil:
                executable.run(self.externals.data(), collective)
        except RuntimeError:
            error = self.take_error()
            if error is None:
                raise
            raise error

    cdef object take_error(self):
        for item in self.kept:
            if isinstance(item, _Function):
                error, (<_Function>item).error = (<_Function>item).error, None
            elif isinstance(item, Executable):
                error = (<Executable>item).take_error()
            else:
                continue
            if error is not None:
                return error
        return None

    def profile(self, bint on):
        """Whether runs measure every step from now on."""
        self.executable.get().profile(on)

    def seconds(self):
        """Seconds spent in each step while profiling was on."""
        return list(self.executable.get().seconds())

    def exchange_seconds(self):
        """Seconds in which sums over workers were under way."""
        return self.executable.get().exchange_seconds()
