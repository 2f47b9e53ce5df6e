PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test slow lint check fix golden docs build

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/labelaudit: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/dev: $(BIN)/labelaudit
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(BIN)/labelaudit ## install, scan the sample data, say where to look
	$(BIN)/labelaudit scan sample_data/
	@echo "Open labelaudit-report/report.html in a browser."

test: $(VENV)/dev ## install, run the default tests
	$(BIN)/python -m pytest -n auto --dist loadfile

slow: $(VENV)/dev ## the tests that take long or drive a browser
	$(BIN)/python -m pytest -n auto --dist loadfile -m "slow or browser"

lint: $(VENV)/dev ## format, lint, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## all that CI checks, but for the slow tests

fix: $(VENV)/dev ## format, and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(VENV)/dev ## write the expected files of the tests again; look at the difference
	UPDATE_GOLDEN=1 UPDATE_CASES=1 $(BIN)/python -m pytest -q tests/render tests/manifests

docs: $(VENV)/dev ## write what is generated from the code again: schema, label pictures
	$(BIN)/labelaudit schema > labelaudit/schema/report-1.json
	$(BIN)/labelaudit schema gate > labelaudit/schema/gate-1.json
	$(BIN)/labelaudit scan sample_data/ --output labelaudit-report --quiet
	cp labelaudit-report/label.svg labelaudit-report/label-dark.svg .github/

build: $(VENV)/dev ## the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
