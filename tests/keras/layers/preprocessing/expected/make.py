"""Write what stock Keras does where it needs TensorFlow: `expected.json` and `stock.keras` beside this file.

Needs the packages keras, jax and tensorflow-cpu, which the tests themselves do not:

    KERAS_BACKEND=jax python -m tests.keras.layers.preprocessing.expected.make
"""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np

from tests.keras.layers.preprocessing.cases import CASES, outcome
from tests.keras.layers.preprocessing.saved_model import INPUTS, make_model

HERE = Path(__file__).parent


def _plain(value: np.generic) -> int | float:
    return value.item()


def main() -> None:
    """Write both files."""
    expected = {name: outcome(call, keras) for name, call in CASES.items()}
    model = make_model(keras)
    model.save(HERE / "stock.keras")
    expected["outputs of stock.keras"] = {
        name: np.asarray(model.get_layer(name)(data)).tolist() for name, data in INPUTS.items()
    }
    lines = [
        f"{json.dumps(name)}: {json.dumps(value, default=_plain)}"
        for name, value in expected.items()
    ]
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
