# Two commands do everything on a machine that has only Python >= 3.11 and make:
#   make demo   install, run the main job on the bundled corpus, say where the release lies
#   make test   install, run the tests
# The others: install (for your own conversations), check (lint, types), bench (figures),
# notebooks (run again, in place), screenshots (of the demo's explorer, for the docs),
# docs (the site, into outputs/site).
# PIP_ARGS is passed to pip, e.g. to add an index that holds a CPU-only torch.

PYTHON ?= python3
PIP_ARGS ?=
# Processes that share the tests; each takes about 1 GB, and one thread: more of both wait for
# one another.
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench notebooks screenshots docs clean

help:
	@echo "make install | demo | test | check | bench | notebooks | screenshots | docs | clean"

install: $(VENV)/.installed

demo: $(VENV)/.installed
	$(BIN)/taxonomy demo

test: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.installed-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-bench
	$(BIN)/python tests/benchmarks/run.py

notebooks: $(VENV)/.installed-notebooks
	$(BIN)/python tests/notebooks/refresh.py

screenshots: $(VENV)/.installed-test demo
	$(BIN)/python tests/screenshots.py outputs/releases/demo

docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs outputs/site
	@echo outputs/site/index.html

clean:
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "found $$($(PYTHON) --version 2>&1), need Python >= 3.11; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Each target installs its extras when the project's requirements changed since.
$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV): some minutes, mostly for PyTorch"
	$(BIN)/pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[offline]"
	@touch $@

$(VENV)/.installed-%: $(VENV)/.installed
	$(BIN)/pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[offline,$*]"
	@touch $@
