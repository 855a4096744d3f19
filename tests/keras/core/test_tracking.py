from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import bigdl_keras as ours
from bigdl_keras.core.tracking import untracked


class Holder(ours.Layer):
    pass


def variable(value=0.0):
    return ours.Variable(value)


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    "held",
    [
        lambda v: [v],
        lambda v: (v,),
        lambda v: {"a": v},
        lambda v: OrderedDict(a=v),
        lambda v: {v},
        lambda v: Pair(v, 1),
        lambda v: [{"deep": [v]}],
    ],
)
def test_variables_in_containers_are_tracked(held):
    layer, v = Holder(), variable()
    layer.held = held(v)
    assert layer.weights == [v]


def test_lists_follow_changes():
    layer, a, b, c = Holder(), variable(), variable(), variable()
    layer.items = [a]
    layer.items.append(b)
    layer.items += [c]
    assert layer.weights == [a, b, c]
    layer.items.remove(a)
    assert layer.items.pop() is c
    assert layer.weights == [b]
    layer.items[0] = a
    layer.items.insert(0, c)
    assert {id(v) for v in layer.weights} == {id(a), id(c)}
    del layer.items[0]
    layer.items.extend([b])
    assert layer.weights == [a, b]
    layer.items.clear()
    assert layer.weights == []


def test_dicts_and_sets_follow_changes():
    layer, a, b = Holder(), variable(), variable()
    layer.table, layer.bag = {}, set()
    layer.table["a"] = a
    layer.table.update(b=b)
    assert layer.weights == [a, b]
    layer.table.pop("a")
    layer.bag.add(a)
    del layer.table["b"]
    assert layer.weights == [a]
    layer.bag.remove(a)
    layer.table.setdefault("b", b)
    assert layer.weights == [b]
    layer.table.clear()
    assert layer.weights == []


def test_deleted_attributes_are_forgotten():
    layer = Holder()
    layer.w = variable()
    del layer.w
    assert layer.weights == []


def test_untracked_assignments():
    layer = Holder()
    with untracked():
        layer.w = variable()
    assert layer.weights == []


def test_attributes_may_be_set_before_the_base_constructor():
    class Early(ours.Layer):
        def __init__(self):
            self.inner = ours.layers.Dense(2)
            super().__init__()

    assert len(Early()._layers) == 1


def test_kinds_go_to_their_stores():
    layer = Holder()
    layer.w = ours.Variable(np.zeros(2), trainable=False)
    layer.inner = ours.layers.Dense(2)
    layer.metric = ours.metrics.Mean()
    layer.seed = ours.random.SeedGenerator(1)
    assert layer.non_trainable_weights == [layer.w]
    assert layer._layers == [layer.inner]
    assert layer.metrics == [layer.metric]
    assert layer.variables == [layer.w, layer.seed.state]
