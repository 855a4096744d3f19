"""Workers in threads, a real coordinator and a real exchange: no Spark needed."""

import os
import threading
from dataclasses import replace

import numpy as np
import pytest

from bigdl_backend.graph.session import Session
from bigdl_backend.spark import wire
from bigdl_backend.spark.coordinator import Coordinator
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.events import (
    EpochDone,
    Failed,
    Lost,
    Pace,
    Started,
    StateDone,
    StepDone,
)
from bigdl_backend.spark.stopwatch import IN_TURN
from bigdl_backend.spark.worker import TrainingPlan
from tests.spark.processes import listening

from .gang import WorkerProcess, WorkerThread, blocks_of, dataset, make_rows, regression_program

QUICK = Deadlines(gang=20, recovery=20, silence=10, beat=0.2, exchange=20)


def plan_for(coordinator, workers, datasets, **changes):
    plan = TrainingPlan(
        coordinator=coordinator.address,
        secret=coordinator.secret,
        workers=workers,
        workers_a_host=workers,
        threads=1,
        datasets=tuple(datasets),
        batch_sizes=(8,) * len(datasets),
        shuffle=False,
        seed=3,
        reset=("total", "count"),
        steps_per_epoch=None,
        validation_steps=None,
        validate=frozenset(range(100)),
        deadlines=QUICK,
        timeline=False,
        encrypt=False,
    )
    return replace(plan, **changes)


def drive(coordinator, epochs, on_event=lambda event: None):
    """Answer the workers as `fit` does; return all events."""
    seen = []
    while True:
        event = coordinator.next_event(timeout=30)
        seen.append(event)
        on_event(event)
        if isinstance(event, EpochDone):
            if event.epoch + 1 == epochs:
                coordinator.finish()
                return seen
            else:
                coordinator.proceed(event.epoch + 1, state_of(event))
        if isinstance(event, Failed):
            return seen


def state_of(event):
    return {
        key.partition(":")[2]: value
        for key, value in event.arrays.items()
        if key.startswith("state:")
    }


def train(workers, count=50, validation=0, epochs=2, **changes):
    rows = [make_rows(count)] + ([make_rows(validation, seed=1)] if validation else [])
    datasets = [dataset("train", count)] + (
        [dataset("validation", validation)] if validation else []
    )
    encrypt = changes.get("encrypt", False)
    with Coordinator(workers, {}, deadlines=QUICK, encrypt=encrypt) as coordinator:
        plan = plan_for(coordinator, workers, datasets, **changes)
        threads = [
            WorkerThread(plan, regression_program(), w, blocks_of(w, workers, datasets, rows))
            for w in range(workers)
        ]
        for thread in threads:
            thread.start()
        events = drive(coordinator, epochs)
        for thread in threads:
            thread.join(10)
            assert thread.error is None
    assert isinstance(events[-1], EpochDone), events[-1]
    return events


def local_losses(count, epochs, batch=8):
    session = Session(regression_program(distributed=False), 1)
    x, y = (np.concatenate(parts) for parts in zip(*in_order(make_rows(count)), strict=True))
    losses = []
    for _ in range(epochs):
        for start in range(0, count, batch):
            special = {}
            losses += session.run(
                "train", [x[start : start + batch], y[start : start + batch]], **special
            )
    return [float(loss) for loss in losses]


def in_order(rows, partitions=3):
    """The rows as `blocks_of` numbers them."""
    x, y = rows
    return [(x[p::partitions], y[p::partitions]) for p in range(partitions)]


def losses_of(events):
    return [event.logs["loss"] for event in events if isinstance(event, StepDone)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_give_the_curve_of_one_process(workers):
    events = train(workers)
    np.testing.assert_allclose(losses_of(events), local_losses(50, 2), rtol=1e-5)


def test_the_pace_of_an_epoch_counts_all_rows_and_the_time_of_its_steps():
    ends = {}
    for event in train(2, count=50, validation=20):
        if isinstance(event, Pace):
            assert event.rows > (ends[event.epoch].rows if event.epoch in ends else 0)
            ends[event.epoch] = event
    assert [ends[epoch].rows for epoch in sorted(ends)] == [50, 50]
    for pace in ends.values():
        assert sum(pace.phases.get(phase, 0.0) for phase in IN_TURN) == pytest.approx(pace.seconds)


def test_shuffled_curves_agree_for_any_number_of_workers():
    curves = [losses_of(train(workers, shuffle=True)) for workers in (1, 2, 3)]
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-4)
    np.testing.assert_allclose(curves[2], curves[0], rtol=1e-4)
    assert not np.allclose(curves[0], local_losses(50, 2), rtol=1e-2)


def test_encrypted_training_is_the_same_and_shows_no_weights(monkeypatch):
    """Whatever passes the sockets of the driver, in both directions."""
    passed, read_exactly = [], wire.read_exactly

    def recorded(connection, length):
        content = read_exactly(connection, length)
        passed.append(bytes(content))
        return content

    def shown(events):
        weights = [e.arrays["state:w"].tobytes() for e in events if isinstance(e, EpochDone)]
        return [any(each in part for part in passed) for each in weights]

    monkeypatch.setattr(wire, "read_exactly", recorded)
    plain = train(2)
    assert shown(plain) == [True, True]
    passed.clear()
    encrypted = train(2, encrypt=True)
    assert shown(encrypted) == [False, False]
    assert losses_of(encrypted) == losses_of(plain)


def test_workers_without_rows_take_part():
    np.testing.assert_allclose(losses_of(train(3, count=2)), local_losses(2, 2), rtol=1e-5)


def test_epochs_and_validations_report_their_own_metrics():
    events = train(2, validation=20)
    ends = [event for event in events if isinstance(event, EpochDone)]
    assert [end.epoch for end in ends] == [0, 1]
    losses = np.array(losses_of(events)).reshape(2, -1)
    sizes = np.array([8] * 6 + [2])
    for end, epoch_losses in zip(ends, losses, strict=True):
        total, count = (end.arrays[f"state:{name}"] for name in ("total", "count"))
        assert count == 50
        np.testing.assert_allclose(total / count, (epoch_losses * sizes).sum() / 50, rtol=1e-5)
        weights = end.arrays["state:w"]
        x, y = make_rows(20, seed=1)
        expected = np.mean((x @ weights[:, 0] - y) ** 2)
        found = end.arrays["validation:total"] / end.arrays["validation:count"]
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_driver_may_change_variables_between_epochs():
    rows, datasets = [make_rows(40)], [dataset("train", 40)]
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        plan = plan_for(coordinator, 2, datasets)
        for worker in range(2):
            blocks = blocks_of(worker, 2, datasets, rows)
            WorkerThread(plan, regression_program(), worker, blocks).start()
        curves = []
        while len(curves) < 10:
            event = coordinator.next_event(timeout=30)
            assert not isinstance(event, Failed), event
            if isinstance(event, StepDone):
                curves.append(event.logs["loss"])
            elif isinstance(event, EpochDone) and event.epoch == 0:
                state = state_of(event)
                state |= {"w": np.zeros((3, 1), "float32"), "momentum": np.zeros((3, 1), "float32")}
                coordinator.proceed(1, state, frozenset(["w", "momentum"]))
    np.testing.assert_allclose(curves[:5], curves[5:], rtol=1e-6)


@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_may_end_early(shuffle):
    full = train(2, shuffle=shuffle, count=8000, validation=9, epochs=1)
    rows = [make_rows(8000), make_rows(9, seed=1)]
    datasets = [dataset("train", 8000), dataset("validation", 9)]
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        plan = plan_for(coordinator, 2, datasets, shuffle=shuffle)
        for worker in range(2):
            blocks = blocks_of(worker, 2, datasets, rows)
            WorkerThread(plan, regression_program(), worker, blocks).start()
        events = drive(
            coordinator,
            1,
            lambda e: coordinator.halt() if isinstance(e, StepDone) and e.step == 2 else None,
        )
    losses = losses_of(events)
    assert 3 <= len(losses) < 1000
    np.testing.assert_allclose(losses, losses_of(full)[: len(losses)], rtol=1e-5)
    assert events[-1].arrays["state:count"] == 8 * len(losses)
    assert events[-1].arrays["validation:count"] == 9


def test_an_interrupted_epoch_gives_the_state_of_its_last_step_and_no_validation():
    rows = [make_rows(8000), make_rows(9, seed=1)]
    datasets = [dataset("train", 8000), dataset("validation", 9)]
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        plan = plan_for(coordinator, 2, datasets)
        for worker in range(2):
            blocks = blocks_of(worker, 2, datasets, rows)
            WorkerThread(plan, regression_program(), worker, blocks).start()
        coming = []
        events = drive(
            coordinator,
            1,
            lambda e: (
                coming.append(coordinator.interrupt())
                if isinstance(e, StepDone) and e.step == 2
                else None
            ),
        )
        assert coming == [True]
        assert not coordinator.interrupt()  # told already
    losses = losses_of(events)
    assert 3 <= len(losses) < 1000
    assert events[-1].arrays["state:count"] == 8 * len(losses)
    assert not [name for name in events[-1].arrays if name.startswith("validation:")]


def test_an_interrupt_before_the_first_step_waits_for_nobody():
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        assert not coordinator.interrupt()


def test_short_epochs_go_on_where_the_last_one_stopped():
    usual = losses_of(train(2, count=48, epochs=2))
    short = losses_of(train(2, count=48, epochs=4, steps_per_epoch=3))
    np.testing.assert_allclose(short, usual, rtol=1e-6)


def test_a_worker_that_may_not_take_part_ends_the_training():
    def objection(worker, facts):
        return (
            f"{worker} runs numpy 1.26"
            if facts["versions"]["numpy"] and "worker 1" in worker
            else ""
        )

    with Coordinator(2, {}, deadlines=QUICK, objection=objection) as coordinator:
        datasets = [dataset("train", 10)]
        plan = plan_for(coordinator, 2, datasets)
        threads = [
            WorkerThread(plan, regression_program(), w, blocks_of(w, 2, datasets, [make_rows(10)]))
            for w in range(2)
        ]
        for thread in threads:
            thread.start()
        events = drive(coordinator, 1)
        assert [type(event) for event in events] == [Failed]
        assert events[0].reason.startswith("worker 1 (process ")
        assert events[0].reason.endswith(" runs numpy 1.26")
        for thread in threads:
            thread.join(10)
            assert thread.error is None


def test_ports_are_open_on_this_machines_own_address_only():
    others = set(listening([os.getpid()]))
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        datasets = [dataset("train", 160)]
        plan = plan_for(coordinator, 2, datasets)
        for worker in range(2):
            blocks = blocks_of(worker, 2, datasets, [make_rows(160)])
            WorkerThread(plan, regression_program(), worker, blocks).start()
        found = []
        drive(
            coordinator,
            1,
            lambda e: found.extend(listening([os.getpid()])) if isinstance(e, Started) else None,
        )
    opened = set(found) - others
    assert len(opened) == 3  # the coordinator and two workers
    assert {address for address, _ in opened} == {"127.0.0.1"}


def test_too_few_workers_end_in_an_error_that_counts_them():
    with Coordinator(3, {}, deadlines=replace(QUICK, gang=1)) as coordinator:
        datasets = [dataset("train", 10)]
        plan = plan_for(coordinator, 3, datasets)
        thread = WorkerThread(plan, regression_program(), 0, iter(()))
        thread.start()
        event = coordinator.next_event(timeout=30)
        assert isinstance(event, Failed)
        assert "only 1 of 3 workers started within 1 s" in event.reason
        thread.join(10)
        assert not thread.is_alive()


def test_an_error_in_a_worker_reaches_the_driver():
    def broken():
        raise OSError("the disk is full")
        yield

    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        datasets = [dataset("train", 10)]
        plan = plan_for(coordinator, 2, datasets)
        good = WorkerThread(
            plan, regression_program(), 0, blocks_of(0, 2, datasets, [make_rows(10)])
        )
        bad = WorkerThread(plan, regression_program(), 1, broken())
        good.start()
        bad.start()
        event = coordinator.next_event(timeout=30)
        assert isinstance(event, Failed)
        assert "worker 1" in event.reason
        assert "the disk is full" in event.reason
        for thread in (good, bad):
            thread.join(10)
            assert not thread.is_alive()


def test_a_worker_whose_driver_vanishes_ends():
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        datasets = [dataset("train", 10)]
        plan = plan_for(coordinator, 2, datasets)
        thread = WorkerThread(
            plan, regression_program(), 0, blocks_of(0, 2, datasets, [make_rows(10)])
        )
        thread.start()
        while coordinator.joined == 0:
            threading.Event().wait(0.01)
    thread.join(10)
    assert not thread.is_alive()


LONG = {"count": 160, "epochs": 12}


def interrupted(victims, at, validation):
    """Train with two processes, killing and replacing `victims` behind step (epoch, step) `at`; return all events."""
    counts, epochs = [LONG["count"], validation], LONG["epochs"]
    with Coordinator(2, {}, deadlines=QUICK) as coordinator:
        datasets = [dataset("train", counts[0]), dataset("validation", counts[1])]
        plan = plan_for(coordinator, 2, datasets, shuffle=True)
        processes = {w: WorkerProcess(plan, w, counts) for w in range(2)}
        killed = []

        def on_event(event):
            if isinstance(event, StepDone) and (event.epoch, event.step) >= at and not killed:
                killed.append(event)
                for worker in victims:
                    processes[worker].kill()
                for worker in victims:
                    processes[worker] = WorkerProcess(plan, worker, counts)

        events = drive(coordinator, epochs, on_event)
        assert killed
        assert [process.wait() for process in processes.values()] == [0, 0]
    assert isinstance(events[-1], EpochDone), events[-1]
    return events


@pytest.mark.parametrize(
    ("victims", "at", "validation"),
    [
        pytest.param((0,), (3, 7), 9, id="the first in an epoch"),
        pytest.param((1,), (3, 7), 9, id="the second in an epoch"),
        pytest.param((0, 1), (3, 7), 9, id="both in an epoch"),
        pytest.param((0,), (3, 19), 8000, id="the first in a validation"),
        pytest.param((0, 1), (11, 19), 8000, id="both behind the last step of all"),
    ],
)
def test_lost_workers_are_replaced_without_a_trace(victims, at, validation):
    undisturbed = train(2, validation=validation, shuffle=True, **LONG)
    events = interrupted(victims, at, validation)
    assert [event for event in events if isinstance(event, Lost)]
    assert [event.generation for event in events if isinstance(event, Started)][:2] == [1, 2]
    steps = [(event.epoch, event.step) for event in events if isinstance(event, StepDone)]
    assert steps == [(epoch, step) for epoch in range(12) for step in range(20)]
    assert losses_of(events) == losses_of(undisturbed)
    ends, expected = (
        [event for event in run if isinstance(event, EpochDone)] for run in (events, undisturbed)
    )
    for end, wanted in zip(ends, expected, strict=True):
        for name, value in wanted.arrays.items():
            np.testing.assert_array_equal(end.arrays[name], value)


def test_a_loss_without_a_replacement_ends_in_an_error():
    with Coordinator(
        2, {}, deadlines=replace(QUICK, recovery=1), retry_hint="allow retries"
    ) as coordinator:
        datasets = [dataset("train", 160)]
        plan = plan_for(coordinator, 2, datasets)
        victim, survivor = (WorkerProcess(plan, worker, [160]) for worker in range(2))
        events = drive(
            coordinator, 10_000, lambda e: victim.kill() if isinstance(e, Started) else None
        )
        assert isinstance(events[-1], Failed)
        assert "worker 0" in events[-1].reason
        assert (
            "No replacement started within 1 s (1 of 2 workers are there): allow retries"
            in events[-1].reason
        )
        assert survivor.wait() == 0


def test_changed_data_is_noticed():
    with Coordinator(1, {}, deadlines=QUICK) as coordinator:
        plan = plan_for(coordinator, 1, [dataset("train", 160)])
        first = WorkerProcess(plan, 0, [160])
        while not isinstance(coordinator.next_event(timeout=30), Started):
            pass
        first.kill()
        second = WorkerProcess(plan, 0, [159])
        events = drive(coordinator, 10_000)
        assert "computed the data again with another result" in events[-1].reason
        assert second.wait() == 0


def begun(workers, counts, **coordination):
    """A coordinator, and a plan for `workers` processes with so many rows."""
    coordinator = Coordinator(
        workers, coordination.pop("state", {}), deadlines=QUICK, **coordination
    )
    return coordinator, plan_for(coordinator, workers, [dataset("train", counts[0])], shuffle=True)


def states_of(events):
    return {event.step: event.arrays for event in events if isinstance(event, StateDone)}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_state_behind_steps_comes_before_them(workers):
    rows = [make_rows(50)]
    coordinator, plan = begun(workers, [50], with_state=(2, 6))
    with coordinator:
        for worker in range(workers):
            blocks = blocks_of(worker, workers, plan.datasets, rows)
            WorkerThread(plan, regression_program(), worker, blocks).start()
        events = drive(coordinator, 1)
    kinds = [type(e).__name__ + str(e.step) for e in events if isinstance(e, StepDone | StateDone)]
    assert kinds == [
        "StepDone0",
        "StepDone1",
        "StateDone2",
        "StepDone2",
        "StepDone3",
        "StepDone4",
        "StepDone5",
        "StateDone6",
        "StepDone6",
    ]
    for name, value in state_of(events[-1]).items():
        np.testing.assert_array_equal(states_of(events)[6][name], value)


def test_a_state_is_gone_on_from_bit_for_bit():
    rows, whole = [make_rows(50)], {}
    for first in (0, 4, 7):
        state = whole["states"][first - 1] if first else {}
        coordinator, plan = begun(2, [50], with_state=(3, 6), step=first, state=state)
        with coordinator:
            for worker in range(2):
                blocks = blocks_of(worker, 2, plan.datasets, rows)
                WorkerThread(plan, regression_program(), worker, blocks).start()
            events = drive(coordinator, 2)
        ends = [event.arrays for event in events if isinstance(event, EpochDone)]
        if not first:
            whole = {"losses": losses_of(events), "states": states_of(events), "ends": ends}
        assert losses_of(events) == whole["losses"][first:]
        for end, expected in zip(ends, whole["ends"], strict=True):
            for name, value in expected.items():
                if name != "timeline":
                    np.testing.assert_array_equal(end[name], value)


def test_steps_that_the_driver_knows_are_not_told_again():
    rows, (coordinator, plan) = [make_rows(50)], begun(1, [50], told=(0, 4))
    with coordinator:
        WorkerThread(plan, regression_program(), 0, blocks_of(0, 1, plan.datasets, rows)).start()
        events = drive(coordinator, 2)
    told = [(event.epoch, event.step) for event in events if isinstance(event, StepDone)]
    assert told == [(0, 5), (0, 6), *((1, step) for step in range(7))]


def test_a_state_is_told_though_the_worker_that_has_it_dies():
    coordinator, plan = begun(2, [8000], with_state=(500,))
    with coordinator:
        workers = [WorkerProcess(plan, worker, [8000]) for worker in range(2)]

        def kill(event):
            if isinstance(event, StepDone) and event.step == 495:
                workers[0].kill()
                workers[0] = WorkerProcess(plan, 0, [8000])

        events = drive(coordinator, 1, kill)
        assert [worker.wait() for worker in workers] == [0, 0]
    assert sum(isinstance(event, Lost) for event in events) == 1
    order = [(e.step, type(e) is StepDone) for e in events if isinstance(e, StepDone | StateDone)]
    assert [step for step, done in order if done] == list(range(1000))
    assert order[order.index((500, True)) - 1] == (500, False)
