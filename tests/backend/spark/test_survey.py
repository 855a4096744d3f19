"""Which executors there are, and how they reach a client of Spark Connect."""

import json
import socket

import pytest

from bigdl_backend.spark.application import Place
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.survey import (
    Answer,
    client_addresses,
    executors_of,
    look_around,
    open_door,
    reached,
)

HERE, THERE = Place("10.0.0.1", "10.0.0.1"), Place("10.0.0.2", "10.0.0.2")


def answer(executor, *trouble):
    return Answer(executor, "node1", 4, trouble)


def test_a_task_tells_which_doors_it_finds_open():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    with open_door(Place("127.0.0.1", "127.0.0.1")) as door, Coordinator(0, {}) as other:
        doors = [(door.address, door.secret), (address, b""), (other.address, door.secret)]
        (batch,) = look_around(doors)(iter([]))
    found = Answer(**json.loads(batch.column("answer")[0].as_py()))
    assert found.trouble[0] == ""
    assert "refused" in found.trouble[1]
    assert found.trouble[2], "somebody else's door is not ours"
    assert found.processors > 0


def test_the_first_address_that_all_reach_is_announced():
    assert reached([answer("a", "", ""), answer("b", "", "")], [HERE, THERE]) is HERE
    assert reached([answer("a", "", ""), answer("b", "timed out", "")], [HERE, THERE]) is THERE


def test_no_address_at_all_is_an_error_with_the_mend():
    answers = [answer("a", "refused", ""), answer("b", "", "timed out")]
    with pytest.raises(RuntimeError) as refused:
        reached(answers, [HERE, THERE])
    assert "node1 to 10.0.0.1: refused; node1 to 10.0.0.2: timed out" in str(refused.value)
    assert 'spark.conf.set("spark.bigdl.client.host", ...)' in str(refused.value)


def test_an_address_of_another_machine_needs_a_local_one_to_listen_on():
    with pytest.raises(RuntimeError, match=r"192\.0\.2\.7:0 .*spark\.bigdl\.client\.bindAddress"):
        open_door(Place("192.0.2.7", "192.0.2.7"))


def test_addresses_begin_with_the_one_on_the_way_to_the_server():
    assert client_addresses("127.0.0.1")[0] == "127.0.0.1"
    assert client_addresses("no.such.server.invalid")


def test_an_executor_with_several_tasks_counts_once():
    answers = [answer("a", ""), answer("b", ""), answer("a", "")]
    assert [found.executor for found in executors_of(answers)] == ["a", "b"]
