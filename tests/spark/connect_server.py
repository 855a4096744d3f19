"""A Spark Connect server in a process of its own, with executors of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyspark

_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


class ConnectServer:
    """Runs until closed.

    Args:
        master: of its application.
        settings: of Spark.
    """

    def __init__(self, master: str, settings: dict[str, str]):
        home = Path(pyspark.__file__).parent
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        own = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(port),
        }
        given = [f"--conf={name}={value}" for name, value in (settings | own).items()]
        self.url = f"sc://127.0.0.1:{port}"
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._process = subprocess.Popen(
            [home / "bin" / "spark-submit", "--class", _SERVER, "--master", master, *given, "spark-internal"],
            env=os.environ | {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"},
            stdout=self._output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._wait_for(port)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + 200
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.2)
        self.close()
        self._output.seek(0)
        said = self._output.read().decode(errors="replace")[-4000:]
        raise RuntimeError(f"the Spark Connect server of {self.url} did not start:\n{said}")
