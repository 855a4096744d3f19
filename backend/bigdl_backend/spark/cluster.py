"""What the running Spark application offers: executors, slots, threads, and settings that matter to a training job."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark import SparkContext
from pyspark.resource import ResourceProfile, ResourceProfileBuilder, TaskResourceRequests

_ENCRYPTING = (
    "spark.network.crypto.enabled",
    "spark.authenticate.enableSaslEncryption",
    "spark.ssl.enabled",
    "spark.ssl.rpc.enabled",
    "spark.io.encryption.enabled",
)

# Looks up a setting of the application by its name and default.
Setting = Callable[[str, str], str]


@dataclass(frozen=True)
class Cluster:
    """Where workers can run.

    Attributes:
        executors: processes that run tasks now.
        cores: cores of each executor.
        task_cores: cores a task takes (spark.task.cpus).
        in_driver: whether tasks run inside the driver's own JVM (``local[n]``).
        retries: how often Spark runs a task before it gives up (spark.task.maxFailures).
        dynamic: whether executors come and go (spark.dynamicAllocation.enabled).
        on_one_host: whether all executors are known to share one machine.
        master: the master URL.
        remote: whether the driver is behind Spark Connect.
    """

    executors: int
    cores: int
    task_cores: int
    in_driver: bool
    retries: int
    dynamic: bool
    on_one_host: bool
    master: str
    remote: bool = False

    @property
    def slots(self) -> int:
        """How many tasks can run at once."""
        return self.executors * (self.cores // self.task_cores)

    def threads(self, workers: int) -> int:
        """Threads for each of `workers` workers, so that they fill their executors."""
        workers_an_executor = -(-workers // self.executors)
        return max(1, self.cores // workers_an_executor)

    def worker_profile(self, workers: int) -> ResourceProfile | None:
        """What makes a worker take all cores of its executor; None where every executor gets several or Spark cannot.

        Without it two workers may start on one executor, and tasks of other jobs beside a worker.
        """
        if self.in_driver or self.dynamic or workers > self.executors:
            return None
        if self.cores == self.task_cores:
            return None
        return ResourceProfileBuilder().require(TaskResourceRequests().cpus(self.cores)).build

    @property
    def retry_hint(self) -> str:
        """What lets Spark start a lost worker again."""
        if self.in_driver:
            return (
                f"the master {self.master!r} runs a task at most {self.retries} times; "
                "local[n,4] would start a lost worker again"
            )
        hint = f"spark.task.maxFailures is {self.retries}; are there free slots for a replacement?"
        if self.remote:
            hint += " A process that is paused must be ended by hand: Spark Connect cannot end a single task"
        return hint


def inspect(context: SparkContext) -> Cluster:
    """Look at the application, once the executors it asked for are there or half a minute is over."""
    setting, master = context.getConf().get, str(context.master)
    cores = _wait_for_executors(context, asked_for(setting, master))
    return described(setting, master, cores, on_one_host=master.startswith("local"))


def described(setting: Setting, master: str, cores: Sequence[int], on_one_host: bool) -> Cluster:
    """The application with this master and executors of so many cores."""
    local = re.fullmatch(r"local(?:\[(?:\d+|\*)(?:,\s*(\d+))?\])?", master)
    return Cluster(
        executors=len(cores),
        cores=min(cores),
        task_cores=int(setting("spark.task.cpus", "1")),
        in_driver=local is not None,
        retries=int(local.group(1) or 1) if local else int(setting("spark.task.maxFailures", "4")),
        dynamic=_is_dynamic(setting),
        on_one_host=on_one_host,
        master=master,
    )


def asked_for(setting: Setting, master: str) -> int:
    """How many executors the application has asked for, as far as its settings tell."""
    simulated = re.match(r"local-cluster\[\s*(\d+)", master)
    if simulated:
        return int(simulated.group(1))
    return 1 if _is_dynamic(setting) else int(setting("spark.executor.instances", "1"))


def cores_known(setting: Setting, master: str) -> int | None:
    """Cores of an executor, where the settings tell."""
    named = re.match(r"local\[(\d+)|local-cluster\[\s*\d+\s*,\s*(\d+)", master)
    if named:
        return int(named.group(1) or named.group(2))
    usual = "1" if master.startswith(("yarn", "k8s:")) else ""
    cores = setting("spark.executor.cores", usual)
    return int(cores) if cores else None


def _is_dynamic(setting: Setting) -> bool:
    return setting("spark.dynamicAllocation.enabled", "false").lower() == "true"


def executor_cores(context: SparkContext) -> list[int]:
    """The cores of each executor that is there now."""
    listed = context._jsc.sc().statusStore().executorList(True)
    summaries = [listed.apply(index) for index in range(listed.size())]
    # The driver of a cluster is in the list as well, without cores.
    return [summary.totalCores() for summary in summaries if summary.totalCores() > 0]


def _wait_for_executors(context: SparkContext, wanted: int) -> list[int]:
    deadline = time.monotonic() + 30
    while True:
        cores = executor_cores(context)
        if len(cores) >= wanted:
            return cores
        if time.monotonic() > deadline:
            if cores:
                return cores
            raise RuntimeError(
                f"no executor of {context.master!r} started within 30 s: "
                "are the workers of the cluster up, and do they have free memory and cores?"
            )
        time.sleep(0.1)


def check_settings(setting: Setting) -> None:
    """Refuse what a training job cannot work with; ValueError names the setting."""
    if setting("spark.speculation", "false").lower() == "true":
        raise ValueError(
            "spark.speculation is true: Spark would start second copies of slow workers. "
            "Set spark.speculation=false for the session that calls fit."
        )


def wants_encryption(setting: Setting) -> bool:
    """Whether Spark itself encrypts what it sends in this application."""
    return any(setting(name, "false").lower() == "true" for name in _ENCRYPTING)


def check_workers(cluster: Cluster, workers: int) -> None:
    """Refuse more workers than can run at once; ValueError says how many can."""
    if workers < 1:
        raise ValueError(f"num_workers must be at least 1, got {workers}")
    if workers > cluster.slots:
        raise ValueError(
            f"num_workers={workers}, but {cluster.master!r} runs {cluster.slots} tasks at once "
            f"({cluster.executors} executors of {cluster.cores} cores, {cluster.task_cores} a task). "
            f"Ask for at most {cluster.slots}, or give the application more executors or cores."
        )
