"""Habits of the house that a command can check."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = {".py", ".pyx", ".cpp", ".hpp"}
# Longer files and why.
LONG: dict[str, str] = {}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in CODE and (lines := len(path.read_text().splitlines())) > 600
    }
    assert set(long) == set(LONG), long


def test_nothing_is_left_for_later() -> None:
    marker = re.compile(r"\b(TODO|FIXME|XXX)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in CODE and path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marker.search(line)
    ]
    assert not found, found


def test_no_utils_of_leftovers() -> None:
    assert not [p for p in tracked() if p.stem in {"utils", "util", "helpers", "misc", "common"}]
