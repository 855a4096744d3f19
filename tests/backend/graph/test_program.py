"""Programs as bytes."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from bigdl_backend.graph.dims import Dim, maximum
from bigdl_backend.graph.program import Program, ProgramError, StepGraph
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind, evaluate, trace
from bigdl_backend.primitives import functional as F

BATCH, TIME = Dim.var("batch"), Dim.var("time")


def train(w, x):
    def step(carries, slices):
        return [bind("tanh", carries[0] + slices[0] * w[0])], [carries[0]]

    (last,), ys = F.scan(step, [F.zeros_like(x[0])], [x])
    padded = bind("pad", x, np.float32(-np.inf), low=(0, 0), high=(x.shape[1], 0), interior=(0, 0))
    rows = bind("dim_value", dim=maximum(BATCH, TIME // 2 + 1), dtype="float32")
    return [last, ys[0], F.max(padded), rows, bind("mul", w, np.float32(0.5))]


@pytest.fixture
def program():
    graph = trace(
        train, [TensorSpec.of((3,), "float32"), TensorSpec.of((TIME, BATCH), "float32")], ["w", "x"]
    )
    state = {
        "w": np.array([1, 2, 3], np.float32),
        "flags": np.array([True, False]),
        "half": np.ones((2, 0, 3), np.dtype("bfloat16")),
        "tiny": np.array(0.1, np.dtype("bfloat16")),
        "key": np.array([1, 2**32 - 1], np.uint32),
    }
    return Program({"train": StepGraph(graph, ["w"], ["x"], ["a", "b", "c", "d"], ["w"])}, state)


def test_round_trip(program):
    read = Program.from_bytes(program.to_bytes())
    assert read.graphs.keys() == program.graphs.keys()
    step, original = read.graphs["train"], program.graphs["train"]
    assert str(step.graph) == str(original.graph)
    assert (step.state_in, step.batch, step.outputs, step.state_out) == (
        ["w"],
        ["x"],
        ["a", "b", "c", "d"],
        ["w"],
    )
    for name, array in program.state.items():
        assert read.state[name].dtype == array.dtype
        np.testing.assert_array_equal(read.state[name], array)
        assert read.state[name].flags.writeable
        assert not np.shares_memory(read.state[name], array)
    arrays = [np.ones(3, np.float32), np.random.default_rng(0).random((7, 2)).astype(np.float32)]
    for got, want in zip(
        evaluate(step.graph, arrays), evaluate(original.graph, arrays), strict=True
    ):
        np.testing.assert_array_equal(got, want)


def test_bytes_are_reproducible(program):
    data = program.to_bytes()
    assert Program.from_bytes(data).to_bytes() == data


def test_every_truncation_is_noticed(program):
    data = program.to_bytes()
    for length in [*range(0, len(data), 97), len(data) - 1]:
        with pytest.raises(ProgramError):
            Program.from_bytes(data[:length])
    with pytest.raises(ProgramError, match="1 bytes too many"):
        Program.from_bytes(data + b"x")


def test_every_change_is_noticed(program):
    data = program.to_bytes()
    for position in range(0, len(data), 31):
        changed = bytearray(data)
        changed[position] ^= 0x55
        with pytest.raises(ProgramError):
            Program.from_bytes(bytes(changed))


def test_something_else_is_refused():
    with pytest.raises(ProgramError, match="not a saved program"):
        Program.from_bytes(b"PK\x03\x04" + b"x" * 100)


def test_newer_format_is_refused(program):
    data = bytearray(program.to_bytes())
    struct.pack_into("<I", data, 8, 99)
    with pytest.raises(ProgramError, match="format 99"):
        Program.from_bytes(bytes(data))


def test_header_is_json(program):
    data = program.to_bytes()
    (length,) = struct.unpack_from("<Q", data, 16)
    header = json.loads(data[24 : 24 + length])
    assert header["graphs"]["train"]["batch"] == ["x"]


def test_attribute_that_no_file_holds():
    graph = trace(lambda x: bind("neg", x), [TensorSpec.of((2,), "float32")])
    graph.nodes[0].attrs["f"] = np.float32
    with pytest.raises(TypeError, match="attributes of neg hold a type"):
        Program({"s": StepGraph(graph, [], ["x"], ["y"], [])}).to_bytes()


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (([], ["x", "y", "z"], ["a"], []), "3 batch inputs are named, but the graph has 2"),
        ((["x"], ["y"], [], []), "0 outputs and 0 state outputs are named"),
        ((["x", "x"], [], ["a"], []), "read through two inputs"),
    ],
)
def test_roles_must_fit_the_graph(roles, message):
    spec = TensorSpec.of((2,), "float32")
    graph = trace(lambda x, y: x + y, [spec, spec])
    with pytest.raises(ValueError, match=message):
        StepGraph(graph, *roles)


def test_state_must_fit_the_graph():
    graph = trace(lambda w: w + 1, [TensorSpec.of((2,), "float32")])
    step = StepGraph(graph, ["w"], [], [], ["w"])
    with pytest.raises(ValueError, match=r"'w', which has no value"):
        Program({"train": step}, {})
    with pytest.raises(ValueError, match=r"'w' to be float32\[2\], its value is float32\[3\]"):
        Program({"train": step}, {"w": np.zeros(3, np.float32)})
