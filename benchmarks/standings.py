"""What `train.py` has measured so far: a file of rows, the table, each case against its best peer, the picture."""

import json
import math

from models import MODELS
from report import Report, commit, table
from subjects import LIBRARIES

COLUMNS = (
    *("model", "threads", "precision", "library", "train_ms", "train_times", "share"),
    *("predict_ms", "predict_times", "one_ms", "call_ms"),
    *("import_s", "build_s", "first_step_s", "peak_mb", "commit"),
)
OURS = "bigdl_keras"
TARGET = 1.3  # times as fast as the best peer


class Standings:
    """The rows in a file; new ones take the place of old ones of the same case and library."""

    def __init__(self, path):
        self._path = path
        known = json.loads(path.read_text())["rows"] if path.exists() else []
        self._rows = {_key(row): row for row in known}
        self._report = Report("train")

    def has(self, model, threads, precision, library):
        """Whether this commit's row is there."""
        row = self._rows.get((precision, threads, model, library))
        return row is not None and row["commit"] == commit()

    def add(self, rows):
        """Take rows in, and write the file."""
        self._rows.update((_key(row), row) for row in rows)
        self._save()

    def show(self):
        """Print and draw how each case stands."""
        self._save()
        summary = [_standing(rows) for rows in self._cases() if rows.keys() > {OURS}]
        text = "\n\n".join([table(summary), table(_means(summary))])
        print(self._report.heading(), text, sep="\n\n")
        with open(self._path.with_suffix(".md"), "a") as file:
            file.write(f"\n{text}\n")
        with self._report.picture(self._path, 8, 1.5 + 0.3 * len(summary)) as figure:
            _draw(summary, figure.subplots(1, 2, sharey=True))

    def _cases(self):
        """For each model, number of threads and precision: a row by library."""
        order, ranks = list(MODELS), list(LIBRARIES)
        cases = {}
        for precision, threads, model, library in sorted(
            self._rows, key=lambda key: (*key[:2], order.index(key[2]), ranks.index(key[3]))
        ):
            rows = cases.setdefault((precision, threads, model), {})
            rows[library] = self._rows[precision, threads, model, library]
        return cases.values()

    def _save(self):
        self._report.rows = []
        for rows in self._cases():
            for row in rows.values():
                self._report.about["versions"].update(row["versions"])
                self._report.rows.append(row)
                if OURS in rows:
                    row["train_times"] = row["train_ms"] / rows[OURS]["train_ms"]
                    row["predict_times"] = row["predict_ms"] / rows[OURS]["predict_ms"]
                    rate = rows[OURS]["train_flops"] / row["train_ms"] / 1e6
                    row["share"] = rate / row["peak_gflops"]
        self._report.save(self._path, COLUMNS)


def _key(row):
    return row["precision"], row["threads"], row["model"], row["library"]


def _standing(rows):
    """Ours against the best of the others, in one row."""
    ours = rows[OURS]
    others = {library: row for library, row in rows.items() if library != OURS}

    def best(column):
        library = min(others, key=lambda name: others[name][column])
        return library, others[library][column]

    train, train_ms = best("train_ms")
    predict, predict_ms = best("predict_ms")
    kernels = ours["one_kernels_ms"]
    return {
        **{name: ours[name] for name in ("model", "threads", "precision", "train_ms", "share")},
        "best peer": train,
        "train": train_ms / ours["train_ms"],
        "predict_ms": ours["predict_ms"],
        "best at it": predict,
        "predict": predict_ms / ours["predict_ms"],
        "one": best("one_ms")[1] / ours["one_ms"],
        "predict overhead, us": 1e3 * (ours["one_ms"] - kernels),
        "call overhead, us": 1e3 * (ours["call_ms"] - kernels),
        "first step, s": ours["build_s"] + ours["first_step_s"],
        "memory": ours["peak_mb"] / best("peak_mb")[1],
        "below target": ", ".join(_misses(train_ms, predict_ms, ours)),
    }


def _misses(train_ms, predict_ms, ours):
    if train_ms < TARGET * ours["train_ms"]:
        yield "train"
    if predict_ms < TARGET * ours["predict_ms"]:
        yield "predict"


def _means(summary):
    """Geometric means over the models."""
    groups = {}
    for row in summary:
        groups.setdefault((row["precision"], row["threads"]), []).append(row)
    return [
        {
            "precision": precision,
            "threads": threads,
            "models": len(rows),
            "train": _geometric_mean([row["train"] for row in rows]),
            "predict": _geometric_mean([row["predict"] for row in rows]),
        }
        for (precision, threads), rows in groups.items()
    ]


def _geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def _draw(summary, both):
    names = [f"{row['model']}, {row['threads']}, {row['precision']}" for row in summary]
    both[0].invert_yaxis()
    for axes, column in zip(both, ("train", "predict"), strict=True):
        axes.barh(names, [row[column] for row in summary])
        axes.axvline(1, color="black")
        axes.axvline(TARGET, color="gray", linestyle=":")
        axes.set(xscale="log", title=f"{column}: best peer's time / ours")
