"""Emulated hosts: network namespaces that a bridge joins, with links of a chosen rate that can be cut.

    with Hosts(2, "1gbit") as hosts:
        subprocess.Popen([*hosts.inside(0), "python", ...])
        hosts.cut(1)
        hosts.mend(1)

Takes Linux and root. Namespaces go with the process however it ends: at exit and on signals by itself, after kill -9 by
the next one that makes hosts.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

_PREFIX = "bigdl"
_SHAPING = ["burst", "256kb", "latency", "20ms"]


class Hosts:
    """`count` hosts 10.77.0.1, 10.77.0.2, ...

    Args:
        count: how many.
        rate: of each link in each direction, as `tc` writes it; None: as fast as the machine copies.

    Raises:
        PermissionError: this process may not make namespaces, or the tools are missing.
    """

    def __init__(self, count: int, rate: str | None = None):
        missing = [tool for tool in ("ip", "tc") if shutil.which(tool) is None]
        if missing or os.geteuid() != 0:
            why = (
                f"the commands {missing} of iproute2 are missing" if missing else "you are not root"
            )
            raise PermissionError(f"emulated hosts need root and iproute2: {why}")
        self.count, self.rate = count, rate
        self._bridge = f"{_PREFIX}{os.getpid()}b"
        self._names = [f"{_PREFIX}{os.getpid()}h{i}" for i in range(count)]

    def __enter__(self) -> "Hosts":
        _sweep()
        atexit.register(self._remove)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))  # which runs what is registered
        try:
            self._make()
        except subprocess.CalledProcessError as error:
            self._remove()
            raise PermissionError(
                f"emulated hosts need CAP_SYS_ADMIN and CAP_NET_ADMIN: {' '.join(error.cmd)}: {error.stderr.strip()}"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()
        atexit.unregister(self._remove)

    def name(self, host: int) -> str:
        """Its network namespace."""
        return self._names[host]

    def address(self, host: int) -> str:
        """Its IPv4 address."""
        return f"10.77.0.{host + 1}"

    def inside(self, host: int) -> list[str]:
        """What goes before a command that is to run on this host."""
        return ["ip", "netns", "exec", self._names[host]]

    def cut(self, host: int) -> None:
        """Packets to and from this host are lost from now on; nobody is told."""
        self._link(host, "down")

    def mend(self, host: int) -> None:
        """The end of a cut."""
        self._link(host, "up")

    def _link(self, host: int, state: str) -> None:
        # The bridge's end: the host itself sees its own link up, as behind a switch that has failed.
        _run("ip", "-n", self._bridge, "link", "set", f"port{host}", state)

    def _make(self) -> None:
        _run("ip", "netns", "add", self._bridge)
        _run("ip", "-n", self._bridge, "link", "add", "bridge", "type", "bridge")
        _run("ip", "-n", self._bridge, "link", "set", "bridge", "up")
        for i, name in enumerate(self._names):
            _run("ip", "netns", "add", name)
            end = ["type", "veth", "peer", "name", f"port{i}", "netns", self._bridge]
            _run("ip", "-n", name, "link", "add", "eth0", *end)
            _run("ip", "-n", self._bridge, "link", "set", f"port{i}", "master", "bridge", "up")
            _run("ip", "-n", name, "addr", "add", f"{self.address(i)}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                _run("ip", "-n", name, "link", "set", link, "up")
            for namespace, link in ((name, "eth0"), (self._bridge, f"port{i}")):
                if self.rate is not None:
                    shaped = ["root", "tbf", "rate", self.rate, *_SHAPING]
                    _run("tc", "-n", namespace, "qdisc", "add", "dev", link, *shaped)

    def _remove(self) -> None:
        for name in (*self._names, self._bridge):
            if name in _namespaces():
                _run("ip", "netns", "del", name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _namespaces() -> list[str]:
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in listed.stdout.splitlines() if line]


def _sweep() -> None:
    """Remove what processes that were killed have left."""
    for name in _namespaces():
        owner = name.removeprefix(_PREFIX).rstrip("b").partition("h")[0]
        if name.startswith(_PREFIX) and owner.isdigit() and not Path("/proc", owner).exists():
            _run("ip", "netns", "del", name)
