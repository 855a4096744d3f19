"""Running the steps of a program on its state."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bigdl_backend.graph.eager import default_threads, native_enabled
from bigdl_backend.graph.garbage import no_collections
from bigdl_backend.graph.interpreter import Interpreter
from bigdl_backend.graph.optimise import optimise
from bigdl_backend.graph.program import Program, StepGraph
from bigdl_backend.graph.specialise import specialise
from bigdl_backend.graph.trace import resolve_dims

if TYPE_CHECKING:
    from bigdl_backend.graph.profile import Profile

# Plans kept for other shapes, each with working memory; the one not used for longest goes first.
_MOST_ENGINES = 16


class Engine(Protocol):
    """A step made ready for concrete shapes."""

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The user outputs for the batch and special inputs; state is updated in place."""

    def profile(self, on: bool) -> None:
        """Whether runs measure what they do."""

    def phases(self) -> dict[str, float]:
        """Seconds by phase while `profile` was on."""


class Session:
    """Runs the steps of `program`; the first run for new shapes plans, the others only compute.

    The program's arrays *are* the state: every step updates them in place, and whoever writes into
    them between steps changes the state. Runs of one session never overlap: a second thread waits.

    Args:
        program: the steps and the state.
        threads: threads a kernel may use; None: `OMP_NUM_THREADS`, else all processors of the process.
        collective: the exchange with the other workers; None: a world of one.

    Attributes:
        state: the state arrays by name. The mapping is read-only, the arrays are not.
    """

    def __init__(
        self, program: Program, threads: int | None = None, collective: Any = None
    ) -> None:
        self.program = program
        self.threads = default_threads() if threads is None else threads
        self.collective = collective
        for name, array in program.state.items():
            if not (array.flags.c_contiguous and array.flags.writeable):
                raise ValueError(
                    f"the state variable {name!r} is updated in place: its array must be contiguous and writable"
                )
        self.state: Mapping[str, np.ndarray] = MappingProxyType(program.state)
        self._engines: OrderedDict[tuple[Any, ...], Engine] = OrderedDict()
        self._measures = False
        self._retired: list[dict[str, float]] = []  # seconds of engines that are gone
        self._arena: Any = None  # one for all engines, since their runs take turns
        self._lock = threading.Lock()

    def run(self, name: str, batch: Sequence[Any], **special: Any) -> list[np.ndarray]:
        """Run one step.

        Args:
            name: which step of the program.
            batch: the batch arrays, in the order of the step's batch inputs. They are used without a
                copy where they are contiguous and of the dtype that was traced.
            special: the special inputs the trace asked for, by name.

        Returns:
            The user outputs: new arrays at every call.

        Raises:
            ValueError: unknown step, missing or unexpected inputs, shapes that do not fit.
        """
        step = self.program.graphs.get(name)
        if step is None:
            raise ValueError(
                f"the program has no step {name!r}; it has {sorted(self.program.graphs)}"
            )
        arrays = _bind(name, step, batch, special)
        key = (name, *(array.shape for array in arrays))
        with self._lock:
            engine = self._engines.get(key)
            if engine is None:
                engine = self._engines[key] = self._prepare(step, arrays)
                if self._measures:
                    engine.profile(True)
                if len(self._engines) > _MOST_ENGINES:
                    _, oldest = self._engines.popitem(last=False)
                    self._retired.append(oldest.phases())
            self._engines.move_to_end(key)
            return engine.run(arrays)

    def measure(self) -> None:
        """From now on, count what `phases` tells: some 30 ns for every node of a step."""
        self._measures = True
        for engine in self._engines.values():
            engine.profile(True)

    def phases(self) -> dict[str, float]:
        """Seconds of all steps since `measure`, by phase; see `Executable.phases`."""
        total: dict[str, float] = {}
        for phases in (*self._retired, *(engine.phases() for engine in self._engines.values())):
            for phase, seconds in phases.items():
                total[phase] = total.get(phase, 0.0) + seconds
        return total

    def profile(self, name: str, batch: Sequence[Any], repeat: int = 5, **special: Any) -> Profile:
        """What `repeat` runs of a step take; the state is afterwards as it was before.

        Args:
            name, batch, special: as for `run`.
            repeat: runs that are measured, after one that is not.

        Raises:
            RuntimeError: steps run on NumPy, by ``BIGDL_KERAS_NATIVE=0``.
        """
        if not native_enabled():
            raise RuntimeError("BIGDL_KERAS_NATIVE=0 is set: there are no kernels to profile")
        from bigdl_backend.graph.executable import Executable
        from bigdl_backend.graph.profile import profile_engine

        step = self.program.graphs[name]
        before = {key: self.state[key].copy() for key in step.state_out}
        try:
            self.run(name, batch, **special)
            arrays = _bind(name, step, batch, special)
            with self._lock:
                engine = self._engines[(name, *(array.shape for array in arrays))]
                assert isinstance(engine, Executable)
                try:
                    return profile_engine(engine, name, step, arrays, repeat)
                finally:
                    engine.profile(self._measures)
        finally:
            for key, array in before.items():
                self.state[key][...] = array

    @no_collections()
    def _prepare(self, step: StepGraph, arrays: Sequence[np.ndarray]) -> Engine:
        sizes: dict[str, int] = {}
        tensors = [*step.batch_tensors, *step.special_tensors]
        for tensor, array in zip(tensors, arrays, strict=True):
            try:
                resolve_dims(tensor.spec, array.shape, sizes)
            except ValueError as error:
                raise ValueError(f"the input {tensor.name!r}: {error}") from error
        graph = specialise(step.graph, sizes)
        state = [self.state[name] for name in step.state_in]
        new_state = [self.state[name] for name in step.state_out]
        if not native_enabled():
            return Interpreter(graph, state, new_state, self.collective)
        # Imported here so that the truth runs where no native library does.
        from bigdl_backend.graph.executable import Arena, Executable, has_kernel

        alone = self.collective is None or self.collective.world == 1
        graph = optimise(graph, alone=alone, has_kernel=has_kernel)
        if self._arena is None:
            self._arena = Arena()
        return Executable(graph, state, new_state, self.threads, self.collective, self._arena)


def _bind(
    name: str, step: StepGraph, batch: Sequence[Any], special: Mapping[str, Any]
) -> list[np.ndarray]:
    if len(batch) != len(step.batch):
        raise ValueError(
            f"the step {name!r} takes {len(step.batch)} batch inputs ({', '.join(step.batch)}), "
            f"{len(batch)} were given"
        )
    given = list(batch)
    wanted = [tensor.name for tensor in step.special_tensors]
    if special.keys() != set(wanted):
        raise ValueError(
            f"the step {name!r} asks for the special inputs {sorted(map(str, wanted))}, "
            f"{sorted(special)} were given"
        )
    given += [special[str(key)] for key in wanted]
    tensors = step.graph.inputs[len(step.state_in) :]
    return [
        np.ascontiguousarray(value, tensor.dtype).reshape(np.shape(value))
        for value, tensor in zip(given, tensors, strict=True)
    ]
