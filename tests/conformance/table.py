"""The table of names and signatures against stock Keras: ``python -m tests.conformance.table``."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

import bigdl_keras
from tests.conformance.reasons import ABSENT, OTHERWISE, reason
from tests.conformance.surface import Comparison, compare

# Held to stock Keras: every name, and 99 of 100 signatures, or a reason.
COMPLETE = (
    "layers", "models", "losses", "metrics", "optimizers", "optimizers.schedules", "callbacks", "initializers",
    "regularizers", "constraints", "activations", "dtype_policies", "mixed_precision", "config", "tree", "random",
)  # fmt: skip
# Measured, and not complete yet.
OTHERS = (
    "",
    "ops",
    "utils",
    "saving",
    "export",
    "quantizers",
    "preprocessing",
    "datasets",
    "applications",
    "wrappers",
)


def rows(comparisons: list[Comparison]) -> list[str]:
    """A Markdown table of counts, then what is missing or differs, each with its reason."""
    lines = [
        "| namespace | names | missing | of these with a reason | signatures | differing | of these with a reason |",
        "|---|---|---|---|---|---|---|",
    ]
    details = []
    for c in comparisons:
        title = f"`keras.{c.namespace}`" if c.namespace else "`keras`"
        absent = [name for name in c.missing if reason(name, ABSENT)]
        otherwise = [name for name in c.differing if reason(name, OTHERWISE)]
        lines.append(
            f"| {title} | {len(c.names)} | {len(c.missing)} | {len(absent)} "
            f"| {len(c.signatures)} | {len(c.differing)} | {len(otherwise)} |"
        )
        if c.missing or c.differing:
            details += ["", f"## {title}", ""]
        details += [f"- no `{name}`: {reason(name, ABSENT) or 'missing'}" for name in c.missing]
        details += [
            f"- `{name}`: {reason(name, OTHERWISE) or f'stock `{theirs}`, ours `{mine}`'}"
            for name, (theirs, mine) in c.differing.items()
        ]
    return lines + details


if __name__ == "__main__":
    print("\n".join(rows([compare(keras, bigdl_keras, name) for name in (*COMPLETE, *OTHERS)])))  # noqa: T201
