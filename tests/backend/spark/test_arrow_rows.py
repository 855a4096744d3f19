"""Arrow columns become arrays without a Python object a row, whole or with a clear error."""

import numpy as np
import pyarrow as pa
import pytest

from bigdl_backend.spark.arrow_rows import UnusableRow, read_fields, to_numpy
from bigdl_backend.spark.columns import Field
from bigdl_backend.spark.ingest import POSITION_BITS, DataSet, Shard, arrow_blocks

NUMBERS = ["int8", "uint8", "int16", "uint16", "int32", "int64", "float32", "float64"]


def field(shape, dtype="float32", sent_as="", **more):
    return Field("c0", shape, dtype, sent_as, "feature_cols: the column 'x'", **more)


def nested(values, kind):
    """`values` as nested lists, of fixed size or not."""
    column = pa.array(values.reshape(-1))
    for axis in range(values.ndim - 1, 0, -1):
        size = values.shape[axis]
        if kind == "fixed":
            column = pa.FixedSizeListArray.from_arrays(column, size)
        else:
            offsets = np.arange(0, len(column) + 1, size, "int64" if kind == "large" else "int32")
            made = pa.LargeListArray if kind == "large" else pa.ListArray
            column = made.from_arrays(pa.array(offsets), column)
    return column


@pytest.mark.parametrize("kind", ["list", "large", "fixed"])
@pytest.mark.parametrize("dtype", NUMBERS)
def test_nested_lists_of_all_numbers(kind, dtype):
    values = np.arange(5 * 2 * 3).reshape(5, 2, 3).astype(dtype)
    column = nested(values, kind)
    found = to_numpy(column, field((2, 3), dtype))
    np.testing.assert_array_equal(found, values)
    assert found.dtype == dtype
    part = to_numpy(column[1:4], field((3, 2), dtype))
    np.testing.assert_array_equal(part, values[1:4].reshape(3, 3, 2))
    np.testing.assert_array_equal(to_numpy(column, field((-1, -1), dtype)), values)
    assert to_numpy(column[:0], field((2, 3), dtype)).shape == (0, 2, 3)


def test_numbers_are_not_copied():
    values = np.arange(12, dtype="float32").reshape(4, 3)
    column = nested(values, "list")
    assert np.shares_memory(to_numpy(column, field((3,))), values)
    content = pa.array([b"abcd", b"efgh"])
    found = to_numpy(content, field((2, 2), "uint8", "binary"))
    assert np.shares_memory(found, np.frombuffer(content.buffers()[2], "uint8"))


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary(6)])
def test_bytes_are_small_numbers(kind):
    rows = np.arange(4 * 6, dtype="uint8").reshape(4, 6)
    column = pa.array([row.tobytes() for row in rows], kind)
    np.testing.assert_array_equal(to_numpy(column, field((6,), "uint8", "binary")), rows)
    some = to_numpy(column[1:3], field((2, 3), "float32", "binary"))
    assert some.dtype == "float32"
    np.testing.assert_array_equal(some, rows[1:3].reshape(2, 2, 3))
    assert to_numpy(column[:0], field((-1, 3), "uint8", "binary")).shape == (0, 0, 3)
    assert to_numpy(pa.array([b"", b""]), field((0,), "uint8", "binary")).shape == (2, 0)


def test_images_come_in_red_green_blue():
    pixels = np.arange(2 * 2 * 2 * 4, dtype="uint8").reshape(2, 2, 2, 4)
    for channels, order in ((3, [2, 1, 0]), (4, [2, 1, 0, 3]), (1, [0])):
        rows = np.ascontiguousarray(pixels[..., :channels])
        column = pa.array([row.tobytes() for row in rows])
        image = field((2, 2, channels), "uint8", "binary", bgr=True)
        np.testing.assert_array_equal(to_numpy(column, image), rows[..., order])


def test_booleans_and_text():
    assert to_numpy(pa.array([True, False]), field((), "bool")).tolist() == [True, False]
    assert to_numpy(pa.array(["a", "b"]), field((), "object", "string")).tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("column", "of", "row", "message"),
    [
        (pa.array([1.0, None, None]), field(()), 1, "2 nulls in a batch of rows; .*fillna"),
        (pa.array([[1.0, 2.0], None]), field((2,)), 1, "1 null in"),
        (pa.array([[1.0, 2.0], [3.0, 4.0], [5.0, None]]), field((2,)), 2, "1 null in"),
        (pa.array([[[1.0], [2.0]], [[3.0], None]]), field((2, 1)), 1, "1 null in"),
        (pa.array([None, [1.0]], pa.list_(pa.float64(), 1)), field((1,)), 0, "1 null in"),
        (pa.array([[1.0], [2.0], [3.0, 4.0]]), field((1,)), 2, "rows of 1 to 2 elements"),
        (pa.array([[[1.0], [2.0]], [[3.0], []]]), field((2, 1)), 1, "rows of 0 to 1 elements"),
        (pa.array([[1.0, 2.0]]), field((3,)), 0, r"rows of 2 numbers do not have the shape \[3\]"),
        (pa.array([b"ab", b"c"]), field((2,), "uint8", "binary"), 1, "rows of 1 to 2 bytes"),
        (pa.array([b"ab", None]), field((2,), "uint8", "binary"), 1, "1 null in"),
        (pa.array([b"abc"]), field((2, 2), "uint8", "binary"), 0, "rows of 3 numbers"),
    ],
)
def test_the_first_unusable_row_is_named(column, of, row, message):
    with pytest.raises(UnusableRow, match=message) as caught:
        to_numpy(column, of)
    assert caught.value.row == row


def test_errors_name_column_partition_and_row():
    batch = pa.record_batch({"c0": pa.array([1.0, 2.0, None])})
    message = r"the column 'x': it holds 1 null .* \(row 102 of partition 7\)"
    with pytest.raises(ValueError, match=message):
        read_fields(batch, [field(())], lambda row: (7, 100 + row))


def test_data_sets_that_meet_in_a_batch_are_told_apart():
    which = np.array([0, 0, 1, 1, 1, 0], "int32")
    ids = np.array([4, 5, 0, 1, 2, 7]) + (np.array([2, 2, 0, 0, 0, 3]) << POSITION_BITS)
    values = np.arange(12, dtype="float32").reshape(6, 2)
    columns = {"dataset": pa.array(which), "row": pa.array(ids), "c0": nested(values, "list")}
    datasets = [DataSet(name, (field((2,)),), 9, 12) for name in ("train", "validation")]
    blocks = list(arrow_blocks([pa.record_batch(columns)], datasets))
    assert [block.dataset for block in blocks] == [0, 1, 0]
    assert [block.partition.tolist() for block in blocks] == [[2, 2], [0, 0, 0], [3]]
    assert [block.position.tolist() for block in blocks] == [[4, 5], [0, 1, 2], [7]]
    np.testing.assert_array_equal(np.concatenate([b.arrays[0] for b in blocks]), values)
    assert all(np.shares_memory(block.arrays[0], values) for block in blocks)
    columns["c0"] = pa.array([*values[:5].tolist(), None])
    with pytest.raises(ValueError, match=r"'x': it holds 1 null .*\(row 7 of partition 3\)"):
        list(arrow_blocks([pa.record_batch(columns)], datasets))


def test_bytes_are_kept_as_bytes_until_a_batch_is_made():
    image = field((2, 2, 3), "float32", "binary", bgr=True)
    assert image.row_bytes == 12
    shard = Shard(DataSet("train", (image,), 1, 12), 1, 1 << 20)
    content = pa.array([bytes(range(12))])
    columns = {"dataset": pa.array([0]), "row": pa.array([0]), "c0": content}
    for block in arrow_blocks([pa.record_batch(columns)], [shard.dataset]):
        shard.append(block)
    assert shard.storage.column(0).dtype == "uint8"
    made = shard.batch(np.array([0]))[0]
    assert made.dtype == "float32"
    np.testing.assert_array_equal(made[0], np.arange(12).reshape(2, 2, 3)[..., ::-1])
