# Every target sets up what it needs. `make grade`, `make test` and `make lab` are all that a newcomer types.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_TEST := .venv/.ready-test
export PATH := $(CURDIR)/$(BIN):$(PATH)
export OPENBLAS_NUM_THREADS := 1

.PHONY: help lab grade test build suites bench slides site demos clean
help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

$(READY): constraints.txt pyproject.toml utils/pyproject.toml
	@echo "Setting up .venv (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Try: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ./utils -e .
	@touch $@

$(READY_TEST): $(READY)
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ./utils -e '.[test,demos]'
	@touch $@
