"""How many workers an elastic training has."""

import pytest

from bigdl_backend.spark.connect import ConnectApplication
from bigdl_backend.spark.elasticity import Elasticity
from tests.backend.spark.test_cluster import cluster


@pytest.mark.parametrize(
    ("low", "high", "executors", "lanes", "workers"),
    [
        (1, None, [4, 4], 12, 2),  # one an executor
        (1, None, [4], 12, 1),
        (1, 3, [4, 4, 4], 12, 3),
        (1, 8, [4, 4], 12, 4),  # two cores a task
        (1, 8, [4, 2], 12, 2),
        (1, None, [4] * 20, 12, 12),  # never more than lanes
    ],
)
def test_workers_that_fit(low, high, executors, lanes, workers):
    found, count = Elasticity(low, high).gathered(cluster(), lanes, lambda: executors, 0)
    assert count == workers
    assert (found.executors, found.cores) == (len(executors), min(executors))


def test_it_waits_for_the_fewest():
    seen = iter([[], [4], [4, 4], [4, 4, 4]])
    found, count = Elasticity(3).gathered(cluster(), 12, lambda: next(seen), 60)
    assert (found.executors, count) == (3, 3)


def test_too_few_for_too_long_is_an_error():
    with pytest.raises(TimeoutError, match=r"1 executors are left, too few for 2 workers"):
        Elasticity(2).gathered(cluster(), 12, lambda: [4], 0)


def test_connect_cannot_tell_which_executors_there_are():
    with pytest.raises(NotImplementedError, match=r"elastic=True takes a classic SparkSession"):
        ConnectApplication(None).executor_cores()


@pytest.mark.parametrize("bounds", [(0, 2), (3, 2), (1, 0)])
def test_impossible_bounds_are_refused(bounds):
    with pytest.raises(ValueError, match="at least 1 and in order"):
        Elasticity(*bounds)
