"""What a cluster cannot do is refused with what would help."""

from types import SimpleNamespace

import pytest

from bigdl_backend.spark.cluster import Cluster, check_settings, check_workers


def cluster(**changes):
    values = {
        "executors": 2,
        "cores": 4,
        "task_cores": 2,
        "in_driver": False,
        "retries": 4,
        "dynamic": False,
        "on_one_host": False,
        "master": "spark://host:7077",
    }
    return Cluster(**(values | changes))


def test_slots_and_threads():
    assert cluster().slots == 4
    assert [cluster().threads(n) for n in (1, 2, 3, 4)] == [4, 4, 2, 2]


def test_more_workers_than_slots_are_refused():
    check_workers(cluster(), 4)
    with pytest.raises(ValueError, match=r"num_workers=5, but .* runs 4 tasks at once .*at most 4"):
        check_workers(cluster(), 5)


def test_hints_say_how_a_lost_worker_can_come_back():
    local = cluster(in_driver=True, retries=1, master="local[2]")
    assert "local[n,4]" in local.retry_hint
    assert "spark.task.maxFailures is 4" in cluster().retry_hint


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("spark.speculation", "second copies"),
        ("spark.network.crypto.enabled", "not encrypted"),
        ("spark.ssl.enabled", "not encrypted"),
    ],
)
def test_settings_that_cannot_work_are_refused(setting, message):
    def context(value):
        conf = {setting: value}
        return SimpleNamespace(getConf=lambda: conf)

    check_settings(context("false"))
    with pytest.raises(ValueError, match=message):
        check_settings(context("true"))


def test_a_worker_takes_its_whole_executor_where_that_is_possible():
    assert cluster().worker_profile(2).taskResources["cpus"].amount == 4
    for other in (cluster(cores=2), cluster(in_driver=True), cluster(dynamic=True)):
        assert other.worker_profile(2) is None
    assert cluster().worker_profile(3) is None
