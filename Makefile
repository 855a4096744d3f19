# Two commands do everything: `make train` and `make test`. Both set up .venv at the first call.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
EXAMPLE_OUTPUT ?= build/mnist

.PHONY: train test test-unit lint format bench clean

train: $(VENV)/.installed
	$(BIN)/python examples/mnist_spark.py --output $(EXAMPLE_OUTPUT)

test: $(VENV)/.installed
	$(BIN)/pytest tests -n 2 --dist loadgroup

test-unit: $(VENV)/.installed
	$(BIN)/pytest tests -n 2 -m "not spark and not example and not slow and not parity"

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/train.py

clean:
	rm -rf $(VENV) build

$(VENV)/.installed: pyproject.toml CMakeLists.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[test,examples]'
	touch $@
