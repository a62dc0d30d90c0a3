# IQAS. `make run` shows the product, `make test` proves it, `make help` lists the rest.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000

venv := .venv
python := $(venv)/bin/python
manage := $(python) manage.py
packages := iqas microcredentials feedback audits

# The first interpreter on this machine that is new enough; empty where there is none.
base_python = $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
  $(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    2>/dev/null && command -v $(name))))

.PHONY: help run test check fmt lint types imports test-fast test-pg e2e a11y pdf messages vendor docs \
  screenshots release doctor bench map

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(venv)/run.stamp ## the product with its demo university, on http://localhost:8000 (PORT=… for another)
	@$(python) -m iqas.core.native pango
	@IQAS_BASE_URL=$${IQAS_BASE_URL:-http://localhost:$(PORT)} $(manage) show --port $(PORT)

test: $(venv)/dev.stamp ## the whole suite, on SQLite and on PostgreSQL
	@$(python) -m iqas.core.native pango chromium qpdf pdftotext
	@$(python) -m tests

check: lint types imports test ## what CI runs

fmt: $(venv)/dev.stamp ## put the code in shape
	@$(venv)/bin/ruff check --fix-only --exit-zero .
	@$(venv)/bin/ruff format .
	@git ls-files 'templates/*.html' | xargs -r $(venv)/bin/djade --target-version 5.2 || true

lint: $(venv)/dev.stamp ## ruff and djade
	@$(venv)/bin/ruff check .
	@$(venv)/bin/ruff format --check .
	@git ls-files 'templates/*.html' | xargs -r $(venv)/bin/djade --target-version 5.2 --check

types: $(venv)/dev.stamp ## mypy
	@$(venv)/bin/mypy

imports: $(venv)/dev.stamp ## the floors of the house
	@$(venv)/bin/lint-imports

test-fast: $(venv)/dev.stamp ## under 30 seconds: what needs no page, no PDF, no browser and no broker
	@$(python) -m tests --only sqlite -- tests/unit tests/architecture -m "not slow and not redis"

test-pg: $(venv)/dev.stamp ## the suite on PostgreSQL only
	@$(python) -m tests --only postgres

e2e: $(venv)/dev.stamp ## what a person sees, in Chromium
	@$(python) -m iqas.core.native pango chromium
	@$(python) -m tests --only sqlite -- -m browser

a11y: $(venv)/dev.stamp ## accessibility only
	@$(python) -m iqas.core.native pango chromium
	@$(python) -m tests --only sqlite -- -m browser -k "a11y or axe or accessib or keyboard"

pdf: $(venv)/dev.stamp ## the dossiers only
	@$(python) -m iqas.core.native pango qpdf pdftotext
	@$(python) -m tests --only sqlite -- -m pdf

messages: $(venv)/dev.stamp ## collect the texts to translate, and compile what is translated
	@$(python) -m tests.support.messages

vendor: $(venv)/run.stamp ## fetch the vendored front-end files again (needs npm)
	@$(python) -m iqas.ui.vendoring

docs: $(venv)/dev.stamp ## write the generated pages of docs/reference again
	@$(python) docs/build.py reference

screenshots: $(venv)/dev.stamp ## take the pictures of docs/img again (needs `make run` in another terminal)
	@$(python) -m iqas.core.native chromium
	@$(python) docs/build.py screenshots --url http://localhost:$(PORT)

release: check ## prove that this tree can be released, and say how to tag it
	@echo "Everything holds. Name the version in pyproject.toml, iqas/__init__.py and CHANGELOG.md, commit, then:  git tag -a vX.Y.Z"

doctor: $(venv)/run.stamp ## what is wrong with this installation
	@$(manage) doctor

bench: $(venv)/dev.stamp ## the promised speed, measured on both databases: docs/reference/benchmarks.md
	@$(python) -m tests.bench

map: $(venv)/dev.stamp ## the rooms of the house and their sizes
	@$(python) docs/build.py map

# --- the environment ------------------------------------------------------------------------------

$(venv)/run.stamp: requirements.lock | $(python)
	@echo "Installing the libraries (once)…"
	@$(python) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(venv)/dev.stamp: requirements-dev.lock | $(python)
	@echo "Installing the libraries and the tools of the tests (once)…"
	@$(python) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@ $(venv)/run.stamp

$(python):
	@test -n "$(base_python)" || { echo "IQAS needs Python 3.11 or later; no such python3 was found on this machine." >&2; exit 1; }
	@"$(base_python)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing; on Debian and Ubuntu:  sudo apt-get install python3-venv" >&2; exit 1; }
	@"$(base_python)" -m venv $(venv) || { rm -rf $(venv); exit 1; }
