from collections import OrderedDict, defaultdict, namedtuple

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigdl_keras import tree

Point = namedtuple("Point", "x y")

structures = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.tuples(inner, inner).map(lambda pair: Point(*pair)),
    ),
    max_leaves=8,
)


@given(structures)
def test_walks_equal_those_of_keras(structure):
    assert tree.flatten(structure) == keras.tree.flatten(structure)
    assert tree.flatten_with_path(structure) == keras.tree.flatten_with_path(structure)
    assert tree.is_nested(structure) == keras.tree.is_nested(structure)
    leaves = [str(leaf) for leaf in tree.flatten(structure)]
    packed = tree.pack_sequence_as(structure, leaves)
    assert packed == keras.tree.pack_sequence_as(structure, leaves)
    assert tree.map_structure(str, structure) == packed
    assert tree.lists_to_tuples(structure) == keras.tree.lists_to_tuples(structure)
    assert type(packed) is type(structure) or not tree.is_nested(structure)


def test_order_of_keys():
    assert tree.flatten({"b": 1, "a": 2}) == [2, 1]
    assert tree.flatten(OrderedDict(b=1, a=2)) == [1, 2]
    assert list(tree.map_structure(lambda x: x, {"b": 1, "a": 2})) == ["b", "a"]
    counts = tree.map_structure(lambda x: x + 1, defaultdict(int, a=1))
    assert counts["a"] == 2
    assert counts["missing"] == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [([1, 2], [1]), ([1], (1,)), ({"a": 1}, {"b": 1}), ([1], 1), (1, [1]), ([[1]], [1])],
)
def test_unlike_structures_are_refused(first, second):
    with pytest.raises(ValueError, match="same nested structure"):
        tree.assert_same_structure(first, second)


def test_paths_and_counts_are_checked():
    tree.assert_same_paths([1, {"a": 2}], (5, {"a": 6}))
    with pytest.raises(ValueError, match="same paths"):
        tree.assert_same_paths([1], [1, 2])
    with pytest.raises(ValueError, match="2 leaves, but the flat sequence has 1"):
        tree.pack_sequence_as([1, 2], [1])


def test_mapping_with_none_and_in_part():
    assert tree.map_structure(lambda x: 1, [None, 2], none_is_leaf=False) == [None, 1]
    assert tree.map_structure_up_to([0, 0], sum, [[1, 2], [3]]) == [3, 3]
    assert tree.map_structure(lambda a, b: a + b, {"a": [1]}, {"a": [2]}) == {"a": [3]}


def test_traverse_and_shapes():
    replaced = tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, [1, (2, 3)])
    assert replaced == [1, (None, 3)]
    shapes = {"a": (None, 3), "b": [(1, 2), [4]]}
    assert tree.map_shape_structure(len, shapes) == {"a": 2, "b": [2, 1]}
