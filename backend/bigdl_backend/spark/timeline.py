"""Steps of all workers as a file for the trace viewers of Chrome and Perfetto (Trace Event Format, JSON array)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bigdl_backend.spark.events import EpochDone

_PHASES = ("ingest", "compute", "wait", "update")


def write_chrome_trace(path: str | os.PathLike[str], epochs: Iterable[EpochDone]) -> None:
    """Write the timelines of these epochs; a process in the viewer is a worker.

    Workers on several hosts are as well aligned as the clocks of their hosts.
    """
    events = [event for epoch in epochs for event in _events(epoch)]
    target = Path(path)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.write_text(json.dumps(events))
    unfinished.replace(target)


def _events(epoch: EpochDone) -> Iterator[dict[str, Any]]:
    for worker, (description, timeline) in enumerate(
        zip(epoch.workers, epoch.timelines, strict=True)
    ):
        yield {"name": "process_name", "ph": "M", "pid": worker, "args": {"name": description}}
        for step, (begin, *seconds) in enumerate(timeline.tolist()):
            for phase, duration in zip(_PHASES, seconds, strict=True):
                yield {
                    "name": phase,
                    "ph": "X",
                    "pid": worker,
                    "tid": 0,
                    "ts": begin * 1e6,
                    "dur": duration * 1e6,
                    "args": {"epoch": epoch.epoch, "step": step},
                }
                begin += duration
