"""The order of logs."""

from collections.abc import Mapping
from typing import Any


def ordered_logs(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Logs sorted by name, the results of a metric that has several in its place."""
    ordered: dict[str, Any] = {}
    for name, value in sorted(logs.items()):
        ordered.update(ordered_logs(value) if isinstance(value, Mapping) else {name: value})
    return ordered
