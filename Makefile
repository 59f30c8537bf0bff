# The front door. `make help` lists the targets.
VENV := .venv
ifeq ($(OS),Windows_NT)
PY := $(VENV)/Scripts/python
VENV_BIN := $(VENV)/Scripts
SYSTEM_PYTHON ?= python
else
PY := $(VENV)/bin/python
VENV_BIN := $(VENV)/bin
SYSTEM_PYTHON ?= python3
endif
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup book atlas everywhere pdf test check lab lock clean bench determinism faults freeze fuzz coverage mutation mutation-sample

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Create the environment from requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(SYSTEM_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Name another: make SYSTEM_PYTHON=python3.12 book")'
	@echo "Creating the environment in $(VENV) (a minute or two) ..."
	@$(SYSTEM_PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -qqq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(PY) -m pip install -qqq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

book: $(READY) ## Validate the data, execute the notebooks, build the book
	@$(PY) -m care_study book

atlas: $(READY) ## The book with one page for every authority in England
	@$(PY) -m care_study atlas

everywhere: $(READY) ## Run every chapter for every authority; list what was left out (half an hour)
	@$(PY) -m care_study everywhere --write

pdf: $(READY) ## The book, and all of it as one PDF (needs Chromium)
	@$(PY) -m care_study pdf

test: book ## Run every test, nbval on the executed notebooks included
	@$(PY) -m care_study test

check: $(READY) ## Format, lint and type checks
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy && $(VENV_BIN)/lint-imports --no-cache

lab: $(READY) ## Open the notebooks in JupyterLab
	@$(PY) -m jupyter lab notebooks

lock: $(READY) ## Resolve requirements.lock anew from pyproject.toml
	@$(PY) -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock

bench: book ## Measure speed and page weight; write book/benchmarks.md (RUNS=40, on a quiet machine)
	@$(PY) benchmarks/run.py --runs $(or $(RUNS),40)

determinism: $(READY) ## Build the whole book in different ways and with different processors: same bytes?
	@CARE_STUDY_WHOLE_BOOK=1 $(PY) -m pytest -q tests/publish/test_determinism.py tests/robustness/test_processors.py

faults: $(READY) ## Write FAULTS.md from the tests of faults
	@$(PY) tests/robustness/fault_table.py

freeze: $(READY) ## Copy the figure tables for the tests that hold numbers
	@$(PY) tests/frozen/freeze.py

fuzz: $(READY) ## Look for input that breaks the readers, for longer than the tests do
	@HYPOTHESIS_PROFILE=fuzz FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) $(PY) -m pytest -q tests/property/test_fuzz.py

coverage: book ## Branch coverage of src/
	@OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -q -n auto --dist loadscope --cov --cov-report=term:skip-covered

mutation: $(READY) ## Mutation tests of the statistics; write MUTANTS.md (install mutmut first)
	@$(PY) -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("mutmut") is None and "Install the tool first: $(PY) -m pip install \"mutmut>=3.8,<4\"")'
	@OPENBLAS_NUM_THREADS=1 $(PY) -m mutmut run
	@$(PY) tests/mutation/mutants_table.py

mutation-sample: $(READY) ## Small changes outside the statistics: do the nearest tests notice? (MINUTES=30)
	@$(PY) tests/mutation/sample.py $(if $(MINUTES),--minutes $(MINUTES))

clean: ## Remove everything that was built
	@rm -rf build .pytask pytask.lock
