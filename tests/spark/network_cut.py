"""A cut of the network between hosts during a training: ``python -m tests.spark.network_cut --seconds 30``.

A standalone Spark cluster on emulated hosts: master and driver on one, an executor on each of two others (network
namespaces, so it takes root). In the second of two trainings one executor's host loses its network for some seconds:
packets vanish and no connection is closed. The script says what happened, how long it took, and whether the weights
equal, bit for bit, those of the training that nobody disturbed.

With the deadlines of `--deadlines default` a cut of 30 s is outlasted: TCP sends again what was lost. With `quick` the
host is given up, Spark repeats its task, and the training goes on from the step that was in flight.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyspark

from benchmarks.hosts import Hosts
from bigdl_backend.spark.deadlines import Deadlines
from bigdl_backend.spark.java import ensure_java
from bigdl_keras import callbacks
from tests.spark.hard_training import session, trained

PORT = 7077
LIMIT = 1200  # seconds after which a driver counts as hanging
# Deadlines of the training, and when Spark itself gives an executor up.
PATIENCE = {
    "default": (Deadlines(), "120s"),
    "quick": (Deadlines(silence=6, beat=1, exchange=30), "12s"),
}


class Cluster:
    """Master, workers and driver as processes on `hosts`; all end with it."""

    def __init__(self, hosts: Hosts, folder: str):
        self._hosts, self._folder = hosts, folder
        self._spark = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
        self._stack = ExitStack()
        self.url = f"spark://{hosts.address(0)}:{PORT}"

    def __enter__(self) -> Cluster:
        package = "org.apache.spark.deploy"
        ui = ["--webui-port", "0"]
        own = ["--host", self._hosts.address(0), "--port", str(PORT), *ui]
        self._start(0, "master", self._spark, f"{package}.master.Master", *own)
        for host in (1, 2):
            own = ["--host", self._hosts.address(host), "--cores", "1", "--memory", "1g", *ui]
            own += ["--work-dir", self._folder, self.url]
            self._start(host, f"worker{host}", self._spark, f"{package}.worker.Worker", *own)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def driver(self, *arguments: str) -> subprocess.Popen[str]:
        """This script again, as the driver."""
        command = [sys.executable, "-m", "tests.spark.network_cut", "--master", self.url]
        return self._start(0, "driver", *command, *arguments, stdout=subprocess.PIPE)

    def _start(
        self, host: int, name: str, *command: str, stdout: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        environment = {**os.environ, "SPARK_LOCAL_IP": self._hosts.address(host)}
        whole = [*self._hosts.inside(host), *command]
        with Path(self._folder, f"{name}.log").open("w") as log:
            process = subprocess.Popen(whole, stdout=stdout, stderr=log, text=True, env=environment)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


class Told(callbacks.Callback):
    """Says that the training runs."""

    def __init__(self, epoch: int):
        super().__init__()
        self._epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        if epoch == self._epoch:
            say(event="running")


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201


def drive(master: str, patience: str, epochs: int) -> None:
    """Be the driver: train twice, the second time with a cut."""
    deadlines, spark_timeout = PATIENCE[patience]
    spark = session(
        master,
        **{
            "spark.driver.host": os.environ["SPARK_LOCAL_IP"],
            "spark.network.timeout": spark_timeout,
            "spark.executor.memory": "600m",
            "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
    )
    weights, seconds = [], []
    for more in ([], [Told(epochs // 4)]):
        begin = time.monotonic()
        weights.append(trained(spark, epochs, [*more], deadlines).get_weights())
        seconds.append(round(time.monotonic() - begin, 1))
    equal = all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))
    say(event="end", undisturbed_s=seconds[0], disturbed_s=seconds[1], weights_equal=equal)
    spark.stop()


def cut_during(driver: subprocess.Popen[str], hosts: Hosts, seconds: float) -> dict[str, object]:
    """What the driver says at its end; empty when it failed or was still there after `LIMIT`."""
    guard = threading.Timer(LIMIT, driver.kill)
    guard.daemon = True
    guard.start()
    result: dict[str, object] = {}
    assert driver.stdout is not None
    for line in driver.stdout:
        message = json.loads(line)
        if message["event"] == "running":
            hosts.cut(2)
            time.sleep(seconds)
            hosts.mend(2)
        else:
            result = message
    guard.cancel()
    return result


def main() -> int:
    """Run what the arguments say; 0 if the training ended with the weights of the undisturbed one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--deadlines", choices=PATIENCE, default="default")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--master", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.master:
        drive(given.master, given.deadlines, given.epochs)
        return 0
    ensure_java()
    with ExitStack() as stack:
        hosts = stack.enter_context(Hosts(3))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cluster = stack.enter_context(Cluster(hosts, folder))
        driver = cluster.driver("--deadlines", given.deadlines, "--epochs", str(given.epochs))
        result = cut_during(driver, hosts, given.seconds)
        if not result:
            print(Path(folder, "driver.log").read_text()[-4000:])  # noqa: T201
    print(json.dumps({"cut_s": given.seconds, "deadlines": given.deadlines, **result}))  # noqa: T201
    return 0 if result.get("weights_equal") else 1


if __name__ == "__main__":
    sys.exit(main())
