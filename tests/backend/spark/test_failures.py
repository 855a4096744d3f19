"""Errors as Spark 4.3 wrote them (frames of the JVM left out), and what they are taken for."""

from pathlib import Path

import pytest

from bigdl_backend.spark.failures import understood

TEXTS = Path(__file__).parent / "failure_texts"
CAUSES = {
    "executor_killed": "executor 1 was killed (exit code 137), most likely because its machine",
    "worker_killed": "a Python process of an executor died without a word: killed, most likely",
    "python_memory": "a Python process of an executor had no memory left (MemoryError): raise",
    "jvm_memory": "a JVM ran out of memory (Java heap space): raise spark.executor.memory",
    "full_disk": "a disk is full: spark.local.dir",
    "no_python": "the executors have no Python /opt/python: set spark.pyspark.python",
    "no_library": "the executors' Python has no bigdl_keras: install bigdl-keras there",
    "cancelled": "the Spark job was cancelled from outside (as part of cancellation of all jobs)",
    "fetch": "rows on their way between executors were lost again and again",
    "worker_crashed": "a Python process of an executor crashed: Segmentation fault",
    "numpy_memory": "a Python process of an executor had no memory left (numpy._core._exceptions.",
    "chained_exceptions": "a task raised ValueError: bad row",
    "exception_in_rdd": "a task raised ZeroDivisionError: integer division or modulo by zero",
    "exception_in_udf": "a task raised IndexError: list index out of range",
    "exception_in_sql": "[CAST_INVALID_INPUT] The value 'x' of the type \"STRING\" cannot be cast",
}


def test_every_text_has_its_cause():
    assert {file.stem for file in TEXTS.glob("*.txt")} == set(CAUSES)


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_comes_first_and_in_one_line(name):
    text = (TEXTS / f"{name}.txt").read_text()
    failure = understood(text)
    assert failure.cause.startswith(CAUSES[name])
    assert "\n" not in failure.cause
    assert not failure.cause.endswith(".")
    assert "\tat " not in failure.details
    assert failure.details.splitlines()[0] == text.splitlines()[0]


@pytest.mark.parametrize(
    "reason",
    [
        "The executor with id 1 exited with exit code 137(SIGKILL, possible container OOM).",
        "Container from a bad node: container_1 on host: h. Exit status: 137. Exit code is 137",
        "Command exited with code 137",
    ],
)
def test_cluster_managers_say_killed_in_their_own_words(reason):
    text = (
        "Job aborted due to stage failure: Task 0 in stage 2.0 failed 4 times, most recent failure: Lost task 0.3 in "
        f"stage 2.0 (TID 2) (h executor 1): ExecutorLostFailure (executor 1 exited caused by one of the running tasks) "
        f"Reason: {reason}\nDriver stacktrace:\n"
    )
    assert understood(text).cause.startswith("executor 1 was killed (exit code 137)")
    other = understood(text.replace(reason, "Executor heartbeat timed out after 120000 ms"))
    assert other.cause == "executor 1 was lost: Executor heartbeat timed out after 120000 ms"


def test_a_native_library_that_does_not_load_is_named():
    text = (
        "Traceback (most recent call last):\n  File 'x.py', line 1\n    from bigdl_native import _kernels\n"
        "ImportError: libdnnl.so.3: cannot open shared object file: No such file or directory\n"
    )
    assert understood(text).cause.startswith(
        "the native library does not load on an executor (libdnnl.so.3: cannot open shared"
    )


def test_of_our_own_exception_only_the_words_count():
    text = (
        "Traceback (most recent call last):\n  File 'a.py', line 1\nKeyError: 'x'\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n  File 'b.py', line 2\n"
        "bigdl_backend.spark.ingest.RowsLost: while the rows were read: KeyError: 'x'\n"
    )
    assert understood(text).cause == "while the rows were read: KeyError: 'x'"


def test_what_nobody_foresaw_is_passed_on():
    failure = understood("something\nelse\n")
    assert (failure.cause, failure.details) == ("something", "something\nelse")
