# Two commands do everything on a machine that has only Python >= 3.11 and make:
#   make demo   install, run the main job on the bundled corpus, say where the release lies
#   make test   install, run the tests
# PIP_ARGS is passed to pip, e.g. to add an index that holds a CPU-only torch.

PYTHON ?= python3
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check bench clean

help:
	@echo "make demo | test | check | bench | clean"

demo: $(VENV)/.installed
	$(BIN)/taxonomy demo

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest

check: $(VENV)/.installed-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-bench
	$(BIN)/python tests/benchmarks/run.py

clean:
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "found $$($(PYTHON) --version 2>&1), need Python >= 3.11; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Each target installs its extras when the project's requirements changed since.
$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[offline]"
	@touch $@

$(VENV)/.installed-%: $(VENV)/.installed
	$(BIN)/pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[offline,$*]"
	@touch $@
