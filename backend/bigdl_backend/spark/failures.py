"""What brought a Spark job down, in one sentence, from the text of Spark's error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

# The error of the last traceback in a text: the first line after its indented ones.
_RAISED = r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(\S.*)"

# The first that is found counts. {0}, {1}, ... are the groups of the pattern.
_CAUSES = (
    (
        r"executor (\S+?)\)?: ExecutorLostFailure [^\n]*(?:code(?: is)?|status:) 137\b",
        "executor {0} was killed (exit code 137), most likely because its machine or container ran out of memory: "
        "raise spark.executor.memoryOverhead, or lower batch_size, num_workers or spark.executor.memory",
    ),
    (
        r"(Container killed by YARN for exceeding[^.\n]*)",
        "{0}: raise spark.executor.memoryOverhead, or lower batch_size or num_workers",
    ),
    (
        r"executor (\S+?)\)?: ExecutorLostFailure \(.*?\) Reason: ([^\n]*)",
        "executor {0} was lost: {1}",
    ),
    (
        r"(/\S+): (?:No space left on device|File too large)",
        "a disk is full, of {0}: spark.local.dir (on YARN the node manager's folders) needs more room",
    ),
    (
        r"No space left on device|IOException: File too large",
        "a disk is full: spark.local.dir (on YARN the node manager's folders) needs more room",
    ),
    (
        r"java\.lang\.OutOfMemoryError: ([^\n]*)",
        "a JVM ran out of memory ({0}): raise spark.executor.memory, or spark.driver.memory in local mode",
    ),
    (
        r"Python worker exited unexpectedly \(crashed\): Fatal Python error: ([^\n]*)",
        "a Python process of an executor crashed: {0}",
    ),
    (
        r"Python worker exited unexpectedly \(crashed\)",
        "a Python process of an executor died without a word: killed, most likely for its memory, or crashed in native "
        "code (spark.python.worker.faulthandler.enabled=true would tell where)",
    ),
    (
        r'Cannot run program "([^"]*)"',
        "the executors have no Python {0}: set spark.pyspark.python (PYSPARK_PYTHON) to one that every executor has",
    ),
    (
        r"\[?PYTHON_VERSION_MISMATCH\]? ?([^\n]*)",
        "the executors run another Python than the driver: set spark.pyspark.python (PYSPARK_PYTHON). {0}",
    ),
    (
        r"ModuleNotFoundError: No module named '((?:bigdl|numpy|pyarrow|ml_dtypes)[\w.]*)'",
        "the executors' Python has no {0}: install bigdl-keras there, or ship an environment with --archives",
    ),
    (
        r"(?m)^ImportError: ([^\n]*\.so[^\n]*)",
        "the native library does not load on an executor ({0}): install the wheel of bigdl-keras there, with what it "
        "depends on",
    ),
    (
        r"(?m)^MemoryError: (.*; this process has .*)$",
        "a Python process of an executor had no memory left: {0}",
    ),
    (
        r"(?m)^((?:numpy\S*\.)?(?:_ArrayMemoryError|MemoryError)\b.*)$",
        "a Python process of an executor had no memory left ({0}): raise spark.executor.pyspark.memory or the memory "
        "of its machine, or lower batch_size or num_workers",
    ),
    (
        r"\[SPARK_JOB_CANCELLED\] Job \d+ cancelled ?(.*?)(?: SQLSTATE|\n|$)",
        "the Spark job was cancelled from outside ({0})",
    ),
    (
        r"FetchFailed|MetadataFetchFailed",
        "rows on their way between executors were lost again and again: an executor or its disk is in trouble. Where "
        "executors come and go, let Spark try more often than 4 times: spark.stage.maxConsecutiveAttempts",
    ),
    (_RAISED + r"(?![\s\S]*Traceback \(most)", "a task raised {0}"),
    (r"most recent failure: Lost task [^:]*: ([^\n]*)", "{0}"),
    (r"Job aborted due to stage failure: ([^\n]*)", "{0}"),
)
_OWN = "a task raised bigdl_backend.spark.ingest.RowsLost: "
_LINES = 40


@dataclass(frozen=True)
class Failure:
    """A job that failed.

    Attributes:
        cause: one sentence without a full stop.
        details: what Spark and Python said, shortened.
    """

    cause: str
    details: str


class JobFailed(RuntimeError):
    """A Spark job did not do what it should; the message says why, what helps, and then what Spark said."""


@contextmanager
def cause_first(doing: str) -> Iterator[None]:
    """Errors of Spark inside are raised as `JobFailed`.

    Args:
        doing: what the job is for, as the message begins: "reading the columns".
    """
    try:
        yield
    except (PySparkException, Py4JError) as error:
        failure = understood(str(error))
        raise JobFailed(f"{doing}: {failure.cause}.\n\n{failure.details}") from None


def understood(text: str) -> Failure:
    """The failure behind the text of an error of Spark."""
    for pattern, sentence in _CAUSES:
        found = re.search(pattern, text)
        if found:
            groups = [group.strip().rstrip(".") for group in found.groups()]
            return Failure(sentence.format(*groups).removeprefix(_OWN).rstrip(". "), _said(text))
    return Failure(text.strip().partition("\n")[0], _said(text))


def _said(text: str) -> str:
    # Frames of the JVM say nothing about a user's job.
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\tat ")]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES // 2], "...", *lines[-_LINES // 2 :]]
    return "\n".join(lines)
