"""A process is ended only if it is the one that is meant."""

import os
import signal
import subprocess

from bigdl_backend.spark.neighbours import birth, end_process


def test_a_paused_process_is_ended_and_no_other_one():
    process = subprocess.Popen(["sleep", "60"])
    try:
        born = birth(process.pid)
        assert born >= birth(os.getpid())
        process.send_signal(signal.SIGSTOP)
        assert not end_process(process.pid, born + 1)
        assert process.poll() is None
        assert end_process(process.pid, born)
        assert process.wait(10) == -signal.SIGKILL
    finally:
        process.kill()
    assert birth(process.pid) is None
