"""No layer reaches up: bigdl_keras -> bigdl_backend -> bigdl_native, and less is forbidden inside them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Package -> top-level or dotted names that nothing in it may import.
FORBIDDEN = {
    "native/bigdl_native": ["bigdl_backend", "bigdl_keras", "pyspark"],
    "backend/bigdl_backend": ["bigdl_keras", "keras"],
    "backend/bigdl_backend/graph": ["bigdl_backend.spark", "bigdl_backend.local", "pyspark"],
    "backend/bigdl_backend/primitives": ["bigdl_backend.spark", "bigdl_backend.local", "pyspark"],
    "backend/bigdl_backend/local": ["bigdl_backend.spark", "pyspark"],
    "bigdl_keras": ["keras", "tensorflow", "torch", "jax"],
}


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reaches_up(name: str, forbidden: list[str]) -> bool:
    return any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_go_down_only(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package} has no modules"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in sorted(imported_names(path))
        if reaches_up(name, FORBIDDEN[package])
    ]
    assert not wrong, "\n".join(wrong)


def test_no_relative_imports() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in ("bigdl_keras", "backend/bigdl_backend", "native/bigdl_native")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative, f"absolute names only, so that the rule above sees them: {relative}"


def test_importing_the_library_pulls_in_nothing_heavy() -> None:
    code = (
        "import sys, bigdl_keras as keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
        "model.compile('sgd', 'mse')\n"
        "import numpy as np\n"
        "model.fit(np.zeros((8, 4), 'float32'), np.zeros((8, 2), 'float32'), verbose=0)\n"
        "heavy = {'pyspark', 'py4j', 'h5py', 'pandas', 'pyarrow', 'keras', 'jax', 'tensorflow', 'torch'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
