# Everything a user runs. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help all label test lint status codebook clean distclean lock

STUDY ?= us-sotu
SOURCE ?=
CODER ?= $(shell id -un | tr 'A-Z_.' 'a-z--')
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
POLICYCODE := $(VENV)/bin/policycode

help: ## Show this list
	@echo "make <target> [STUDY=<name or study.yaml>] [SOURCE=<folder or table>]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1: \2/p' $(MAKEFILE_LIST)

all: $(READY) ## Set up, then run every stage on the study and print the verdict
	@$(POLICYCODE) run --study "$(STUDY)" $(if $(SOURCE),--source "$(SOURCE)")

label: $(READY) ## Label passages of the study in the browser (CODER=<name>)
	@$(POLICYCODE) label --study "$(STUDY)" --coder "$(CODER)"

test: $(READY) lint ## Run all checks and tests
	@$(VENV)/bin/python -m pytest

lint: $(READY) ## Check style and types
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy

status: $(READY) ## Show which stages of the study are up to date
	@$(POLICYCODE) status --study "$(STUDY)"

codebook: $(READY) ## Check the codebook and try its examples on its rules
	@$(POLICYCODE) codebook check

clean: ## Remove what can be rebuilt (never labels, never fetched texts)
	rm -rf outputs/*/ outputs/.parses $(filter-out models/base/,$(wildcard models/*/))

distclean: clean ## Remove the environment and fetched texts as well (never labels)
	rm -rf $(VENV) corpus/*/texts

lock: ## Write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with PYTHON=<program>."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is needed (on Debian: the package python3-venv)."; exit 1; }
	@echo "Installing the packages of requirements.lock (about a minute)"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
