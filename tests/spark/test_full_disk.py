"""A full disk, real and small: the error names it and what helps, and nothing is left behind."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]


def in_a_mount_namespace():
    """The command that lets a process mount what nobody else sees; nothing where the system does not let it."""
    own = ["--map-root-user"] if os.geteuid() else []
    command = ["unshare", "--mount", *own]
    allowed = (
        shutil.which("unshare")
        and not subprocess.run(
            [*command, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
        ).returncode
    )
    return command if allowed else []


def test_a_full_disk_has_a_clear_end(tmp_path):
    command = [*in_a_mount_namespace(), sys.executable, "-m", "tests.spark.full_disk", tmp_path]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=590, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    folder, full = re.escape(str(tmp_path)), "(No space left on device|File too large)"
    # The second worker finds too little room, at once or when it takes it.
    assert re.match(
        rf"worker \d .* (has 5\.7 MiB of rows, .* free on the disk of '{folder}\S*'|"
        rf"failed: StorageError: no room for 6\.\d MB of rows in files in '{folder}\S*' \({full}\)): "
        "free space there, (or )?name a larger folder in spark.local.dir, ",
        found["rows"],
    )
    assert found["used"] < 1 << 20
    assert re.match(r"a disk is full.*: spark.local.dir .* needs more room", found["shuffle"])
    assert found["afterwards"] == ""
    assert found["left"] == []
    saved = found["checkpoint"]
    assert re.match(
        rf"(?i)\[Errno \d+\] {folder}/saved/model.keras could not be written, and the old file is as it was: "
        rf"\[Errno \d+\] .*{full}",
        saved["said"],
    )
    assert saved["whole"]
    assert saved["files"] == ["model.keras"]
