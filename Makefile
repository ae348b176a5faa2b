# Every target sets up what it needs. `make grade`, `make test` and `make lab` are all that a newcomer types.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_TEST := .venv/.ready-test
export PATH := $(CURDIR)/$(BIN):$(PATH)
export OPENBLAS_NUM_THREADS := 1

.PHONY: help lab teach grade test quick lint build suites bench slides site handout demos changelog clean
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

$(READY): constraints.txt pyproject.toml utils/pyproject.toml utils/jupyterlab/overrides.json
	@echo "Setting up .venv (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Try: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ./utils -e .
	@mkdir -p .venv/share/jupyter/lab/settings
	@cp utils/jupyterlab/overrides.json .venv/share/jupyter/lab/settings/
	@touch $@

$(READY_TEST): $(READY)
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ./utils -e '.[test,demos]'
	@touch $@

build: $(READY)  ## build assignments and lectures from their sources
	@$(BIN)/autograder build

lab: $(READY)    ## open the course in JupyterLab, as a student or a lecturer sees it
	@JUPYTER_CONFIG_PATH=$(CURDIR)/utils/jupyterlab/students $(BIN)/jupyter lab --notebook-dir=$(CURDIR) --LabApp.default_url=/lab/tree/docs/start.md $(LAB)

teach: $(READY)  ## open it as an instructor: with formgrader and the tools for assignments
	@$(BIN)/jupyter lab --notebook-dir=$(CURDIR) $(LAB)

grade: $(READY)  ## grade the bundled sample classes: marks, feedback, class report; with ALL=1 whole ones of all assignments
	@$(BIN)/autograder sample $(if $(ALL),--all)

test: lint       ## lint, types, and every test
	@$(BIN)/python -m autograder.tests.browser.chromium
	@$(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder -m "not browser and not bench" $(PYTEST)
	@$(BIN)/pytest -q -n 2 --dist worksteal -m "browser and not bench" $(PYTEST)

quick: lint      ## lint, types, and the fast tests; of one assignment too with A=a4_batch_norm
	@$(BIN)/pytest -q -n auto --dist loadfile -m "not browser and not slow and not bench" $(PYTEST)
	@$(if $(A),$(BIN)/pytest -q -n auto -k "$(A)" autograder/tests/assignments)

lint: $(READY_TEST)  ## formats, lint and types of Python and JavaScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/python .ci/lint_javascript.py
	@$(BIN)/mypy

suites: $(READY) ## the kill table: which check catches which misconception
	@$(BIN)/autograder suites

bench: $(READY_TEST)  ## compare speeds side by side: grading, and demos from key to pixels; LOAD=10000: a large class; CLUSTER=4: Dask, in four rounds
ifdef LOAD
	@$(BIN)/autograder bench --load $(LOAD)
else ifdef CLUSTER
	@$(BIN)/autograder bench --cluster --rounds $(CLUSTER)
else
	@$(BIN)/autograder bench
	@$(BIN)/python -m autograder.tests.browser.chromium
	@$(BIN)/pytest -q -s -m bench autograder/tests/browser
endif

slides: $(READY) ## the lectures as slides, in build/site
	@$(BIN)/autograder site --slides

site: $(READY)   ## the lectures as pages that open by double click, in build/site
	@$(BIN)/autograder site

handout: $(READY) ## one archive for students: assignments, pages, the package, and how to start
	@$(BIN)/autograder handout

demos: $(READY_TEST)  ## the demos as an app with a gallery in front, in the browser
	@$(BIN)/autograder demos $(VOILA)

changelog: $(READY_TEST)  ## gather docs/changes into CHANGELOG.md, for a release: VERSION=0.2.0
	@$(BIN)/towncrier build --yes --version $(VERSION)

clean:           ## remove what was built; submissions and marks in class/ stay
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache
