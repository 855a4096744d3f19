"""What a cluster cannot do is refused with what would help."""

import pytest

from bigdl_backend.spark.cluster import (
    Cluster,
    check_settings,
    check_workers,
    cores_known,
    wants_encryption,
)


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
    assert "ended by hand" not in cluster().retry_hint
    assert "ended by hand" in cluster(remote=True).retry_hint


@pytest.mark.parametrize(
    ("master", "conf", "cores"),
    [
        ("local[3,2]", {}, 3),
        ("local[*]", {}, None),
        ("local-cluster[2, 4, 1024]", {}, 4),
        ("spark://host:7077", {}, None),
        ("spark://host:7077", {"executor_cores": "5"}, 5),
        ("yarn", {}, 1),
        ("k8s://https://host", {"executor_cores": "2"}, 2),
    ],
)
def test_cores_that_settings_tell(master, conf, cores):
    assert cores_known(setting(**conf), master) == cores


def setting(**conf):
    return {f"spark.{name.replace('_', '.')}": value for name, value in conf.items()}.get


def test_second_copies_of_tasks_are_refused():
    check_settings(setting(speculation="false"))
    with pytest.raises(ValueError, match="second copies"):
        check_settings(setting(speculation="true"))


@pytest.mark.parametrize("name", ["network_crypto_enabled", "ssl_enabled", "io_encryption_enabled"])
def test_what_spark_encrypts_we_encrypt(name):
    assert wants_encryption(setting(**{name: "true"}))
    assert not wants_encryption(setting(**{name: "false"}))
    assert not wants_encryption(setting())


def test_a_worker_takes_its_whole_executor_where_that_is_possible():
    assert cluster().worker_profile(2).taskResources["cpus"].amount == 4
    for other in (cluster(cores=2), cluster(in_driver=True), cluster(dynamic=True)):
        assert other.worker_profile(2) is None
    assert cluster().worker_profile(3) is None
