"""The network goes away and comes back, or does not; `network_cut.py` does the same to real hosts."""

from dataclasses import replace
from threading import Timer

import numpy as np
import pytest
from bigdl_native._exchange import ExchangeError

from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.events import EpochDone, Lost, StepDone
from tests.backend.spark.gang import (
    WorkerThread,
    blocks_of,
    dataset,
    make_rows,
    regression_program,
)
from tests.backend.spark.test_training import QUICK, drive, losses_of, plan_for, state_of
from tests.native.test_exchange_links import Job
from tests.spark.silent_proxy import SilentProxy

EPOCHS = 3


def cut_job(timeout):
    """Two ranks, joined through a proxy."""
    job = Job(2)
    proxy = SilentProxy(job.listeners[0].port)
    job.peers[0] = (0, "127.0.0.1", proxy.port, "")
    return job, proxy, job.connect(timeout=timeout)


def test_an_exchange_outlasts_a_cut():
    job, proxy, meshes = cut_job(timeout=20)
    terms = [np.full(30_000, rank + 1, "float32") for rank in range(2)]
    proxy.cut()
    sums = [job.threads.submit(mesh.all_reduce, x) for mesh, x in zip(meshes, terms, strict=True)]
    with pytest.raises(TimeoutError):
        sums[0].result(0.5)
    proxy.mend()
    for done, x in zip(sums, terms, strict=True):
        done.result(20)
        assert np.all(x == 3)


def test_an_exchange_gives_a_cut_network_up_at_its_deadline():
    job, proxy, meshes = cut_job(timeout=1)
    proxy.cut()
    x = np.zeros(30_000, "float32")
    for other, error in enumerate(job.errors([lambda m=m: m.all_reduce(x) for m in meshes])):
        assert f"waited 1 s for rank {1 - other}" in error
    with pytest.raises(ExchangeError, match="is closed"):
        meshes[0].barrier()


def trained(deadlines, cut_for=None):
    """Events of a training whose worker 1 loses the driver in epoch 1 for `cut_for` seconds."""
    datasets, rows = [dataset("train", 400)], [make_rows(400)]
    with Coordinator(2, {}, deadlines=deadlines) as coordinator:
        proxy = SilentProxy(coordinator.address[1])
        plan = plan_for(coordinator, 2, datasets, deadlines=deadlines)
        through_proxy = replace(plan, coordinator=("127.0.0.1", proxy.port))

        def start(worker, given):
            blocks = blocks_of(worker, 2, datasets, rows)
            WorkerThread(given, regression_program(), worker, blocks).start()

        def on_event(event):
            if cut_for and isinstance(event, StepDone) and (event.epoch, event.step) == (1, 0):
                proxy.cut()
                Timer(cut_for, proxy.mend).start()
            if isinstance(event, Lost):
                start(1, plan)  # as Spark does, elsewhere

        start(0, plan)
        start(1, through_proxy)
        return drive(coordinator, EPOCHS, on_event)


@pytest.mark.parametrize(("cut_for", "lost"), [(1.0, 0), (4.5, 1)])
def test_a_training_goes_on_after_the_driver_was_cut_off(cut_for, lost):
    deadlines = replace(QUICK, silence=3)
    expected, found = trained(deadlines), trained(deadlines, cut_for)
    assert sum(isinstance(event, Lost) for event in found) == lost
    assert isinstance(found[-1], EpochDone), found[-1]
    assert losses_of(found) == losses_of(expected)
    for name, value in state_of(expected[-1]).items():
        np.testing.assert_array_equal(state_of(found[-1])[name], value)
