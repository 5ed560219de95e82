# Two commands matter: `make run` and `make test`. Both set up .venv by themselves.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
# torch first and by its exact version: what depends on it would else bring another, and on Linux a CUDA build.
TORCH := torch==2.13.0 torchvision==0.28.0

# Tests run side by side in so many processes, each with servers of its own and about 2 GB of memory: one more
# than there are cores, where there is memory for it. Asked when it is used, as .venv must be there.
PROCESSES ?= $(shell $(BIN)/python -m tests.processes)

# What is downloaded, and not each package that is there already.
PROGRESS := awk '/^ *Downloading |^Installing |^ERROR/ { print "  " substr($$0, 1, 100); fflush() }'

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dev test unit bench lint fmt pictures sbom screenshots chromium clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

# What runs in the sandbox can't keep what it compiles, and is started for every file.
COMPILED := $(BIN)/python -m compileall -q dam generation provenance

run: .venv/run.stamp ## Start everything on http://localhost:8000 (PORT=8001 for another port)
	@$(COMPILED)
	@$(BIN)/python manage.py up

dev: .venv/dev.stamp ## As `make run`, and what you change in code, templates and static files is used at once
	@$(BIN)/python manage.py up --reload

test: .venv/dev.stamp chromium ## Run every test: unit, integration, browser
	@$(COMPILED)
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

unit: .venv/dev.stamp ## Run the quick tests: no database, broker, browser or neural network
	$(BIN)/python -m pytest tests/unit -m "not model" $(ARGS)

bench: .venv/bench.stamp ## Measure, and print a table
	$(BIN)/python -m tests.benchmarks $(ARGS)

lint: .venv/dev.stamp ## Check style, types, imports, templates and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --check --lint --quiet
	@# Without a database it can compare models and migrations all the same, after a warning.
	DATABASE_POOL_SIZE=0 $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/mypy dam generation provenance tests

fmt: .venv/dev.stamp ## Mend what can be mended by itself: imports, style, templates
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet --warn

pictures: .venv/dev.stamp ## Draw docs/datamodel.svg and docs/architecture.svg anew from the code
	$(BIN)/python -m tests.diagrams

sbom: .venv/dev.stamp ## Print the installed packages as a CycloneDX document
	@$(BIN)/python -m tests.sbom

screenshots: .venv/dev.stamp chromium ## Take the README's pictures again
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

clean: ## Remove .venv and caches; your data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

chromium: # The browser journeys drive a real browser. SKIP_BROWSER=1 leaves them out, and says so.
	@.ci/chromium

.venv/pip.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found. PYTHON=PATH names one."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, and {sys.executable} is {sys.version.split()[0]}. PYTHON=PATH names another.")'
	@$(PYTHON) -c 'import shutil, sys; free = shutil.disk_usage(".").free / 1e9; sys.exit(free < 5 and f"This disk has {free:.1f} GB free; installing needs about 5 GB.")'
	@echo "Making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }
	@$(PIP) --quiet --upgrade pip
	@touch $@

.venv/torch.stamp: | .venv/pip.stamp
	@echo "Installing PyTorch ..."
	@$(PIP) $(TORCH) | $(PROGRESS)
	@touch $@

.venv/run.stamp: pyproject.toml constraints.txt | .venv/torch.stamp
	@echo "Installing the other packages ..."
	@$(PIP) --group local | $(PROGRESS)
	@touch $@

.venv/bench.stamp: .venv/dev.stamp
	@$(PIP) --group bench | $(PROGRESS)
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	@echo "Installing the tools for tests ..."
	@$(PIP) --group dev | $(PROGRESS)
	@touch $@
