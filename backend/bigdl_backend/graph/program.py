"""A program: traced steps and the state they work on. It is what is saved, shipped and served."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bigdl_backend.graph.ir import Graph
from bigdl_backend.graph.serialise import graph_from_json, graph_to_json
from bigdl_backend.graph.tensor import Tensor

_MAGIC = b"BIGDLPRG"
_VERSION = 1
# magic, version, checksum of everything after this prefix, bytes of the JSON header
_PREFIX = struct.Struct("<8sIIQ")


class ProgramError(ValueError):
    """The bytes are not a program that this version can read."""


@dataclass
class StepGraph:
    """A graph with the roles of its inputs and outputs.

    Attributes:
        graph: its inputs are the state, then the batch, then the special inputs the trace asked for (named
            by their tensors); its outputs are the user outputs, then the new state.
        state_in: the state variables read, in the order of the first inputs.
        batch: names of the batch inputs.
        outputs: names of the user outputs.
        state_out: the state variables written, in the order of the last outputs.
    """

    graph: Graph
    state_in: list[str]
    batch: list[str]
    outputs: list[str]
    state_out: list[str]

    def __post_init__(self) -> None:
        declared = len(self.state_in) + len(self.batch)
        if declared > len(self.graph.inputs):
            raise ValueError(
                f"{len(self.state_in)} state and {len(self.batch)} batch inputs are named, "
                f"but the graph has {len(self.graph.inputs)} inputs"
            )
        if len(self.outputs) + len(self.state_out) != len(self.graph.outputs):
            raise ValueError(
                f"{len(self.outputs)} outputs and {len(self.state_out)} state outputs are named, "
                f"but the graph has {len(self.graph.outputs)} outputs"
            )
        if len(set(self.state_in)) != len(self.state_in):
            raise ValueError(f"a state variable is read through two inputs: {self.state_in}")
        if len(set(self.state_out)) != len(self.state_out):
            raise ValueError(f"a state variable is written twice: {self.state_out}")

    @property
    def state_tensors(self) -> list[Tensor]:
        """The inputs that read state."""
        return self.graph.inputs[: len(self.state_in)]

    @property
    def batch_tensors(self) -> list[Tensor]:
        """The inputs that take the batch."""
        return self.graph.inputs[len(self.state_in) : len(self.state_in) + len(self.batch)]

    @property
    def special_tensors(self) -> list[Tensor]:
        """The inputs that the runtime feeds by name."""
        return self.graph.inputs[len(self.state_in) + len(self.batch) :]


@dataclass
class Program:
    """Step graphs by name, and the arrays of all state variables by name."""

    graphs: dict[str, StepGraph]
    state: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for step_name, step in self.graphs.items():
            for name, tensor in zip(step.state_in, step.state_tensors, strict=True):
                self._check_state(step_name, name, tensor)
            written = step.graph.outputs[len(step.outputs) :]
            for name, tensor in zip(step.state_out, written, strict=True):
                self._check_state(step_name, name, tensor)

    def _check_state(self, step_name: str, name: str, tensor: Tensor) -> None:
        array = self.state.get(name)
        if array is None:
            raise ValueError(
                f"the step {step_name!r} uses the state variable {name!r}, which has no value"
            )
        if array.shape != tensor.shape or array.dtype != tensor.dtype:
            raise ValueError(
                f"the step {step_name!r} expects the state variable {name!r} to be {tensor.spec}, "
                f"its value is {array.dtype}{list(array.shape)}"
            )

    def to_bytes(self) -> bytes:
        """The program as bytes that `from_bytes` reads back: a JSON header and raw little-endian arrays."""
        arrays: list[np.ndarray] = []
        graphs = {
            name: {
                "graph": graph_to_json(step.graph, arrays),
                "state_in": step.state_in,
                "batch": step.batch,
                "outputs": step.outputs,
                "state_out": step.state_out,
            }
            for name, step in self.graphs.items()
        }
        state = {}
        for name, array in self.state.items():
            state[name] = len(arrays)
            arrays.append(array)
        layout = [[list(array.shape), array.dtype.name] for array in arrays]
        header = json.dumps(
            {"graphs": graphs, "state": state, "arrays": layout},
            separators=(",", ":"),
            allow_nan=False,
        ).encode()
        body = b"".join([header, *(np.ascontiguousarray(array).tobytes() for array in arrays)])
        return _PREFIX.pack(_MAGIC, _VERSION, zlib.crc32(body), len(header)) + body

    @staticmethod
    def from_bytes(data: bytes) -> Program:
        """The program in `data`, with state arrays of its own.

        Raises:
            ProgramError: the bytes are something else, truncated, changed, or of a newer version.
        """
        if len(data) < _PREFIX.size or data[: len(_MAGIC)] != _MAGIC:
            raise ProgramError("these bytes are not a saved program")
        _, version, checksum, header_bytes = _PREFIX.unpack_from(data)
        if version != _VERSION:
            raise ProgramError(
                f"the program has format {version}, this version reads format {_VERSION}: "
                "save it again or upgrade"
            )
        body = memoryview(data)[_PREFIX.size :]
        if header_bytes > len(body):
            raise ProgramError(
                f"the program is truncated: its header needs {header_bytes} bytes, {len(body)} are there"
            )
        try:
            header = json.loads(bytes(body[:header_bytes]))
            arrays = _read_arrays(header["arrays"], body[header_bytes:])
            if zlib.crc32(body) != checksum:
                raise ProgramError("the program is damaged: its checksum does not match")
            graphs = {name: _read_step(value, arrays) for name, value in header["graphs"].items()}
            state = {name: arrays[position] for name, position in header["state"].items()}
            return Program(graphs, state)
        except ProgramError:
            raise
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise ProgramError(f"the program is damaged: {error}") from error


def _read_arrays(layout: list[Any], buffers: memoryview) -> list[np.ndarray]:
    arrays, start = [], 0
    for shape, dtype_name in layout:
        dtype = np.dtype(dtype_name)
        count = int(np.prod([int(size) for size in shape], dtype=np.int64))
        end = start + count * dtype.itemsize
        if count < 0 or end > len(buffers):
            raise ProgramError(
                f"the program is truncated: its arrays need more than the {len(buffers)} bytes there"
            )
        raw = np.frombuffer(buffers[start:end], np.uint8)
        arrays.append(
            raw.view(dtype).reshape(shape).copy()
        )  # aligned, and no longer tied to the bytes
        start = end
    if start != len(buffers):
        raise ProgramError(f"the program has {len(buffers) - start} bytes too many")
    return arrays


def _read_step(value: Mapping[str, Any], arrays: list[np.ndarray]) -> StepGraph:
    roles = {key: list(value[key]) for key in ("state_in", "batch", "outputs", "state_out")}
    return StepGraph(graph_from_json(value["graph"], arrays), **roles)
