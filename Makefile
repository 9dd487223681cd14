# Needs Python 3.11 with venv, make, node/npm and git. `make` alone lists what there is.
SHELL := /bin/bash
PY := .venv/bin/python
PORT ?= 8000
REF ?= ../shared
# All of them; .ci/run names the shorter ones, and every page in every role is part of make test-slow.
JOURNEYS ?= src/stepwell
.DEFAULT_GOAL := help
.PHONY: help run test test-slow check journeys bench reference lock clean

help:                                  ## What can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

run: .venv/.ready src/stepwell/site/static/built/.ready  ## Serve the demonstration neighbourhood on http://127.0.0.1:8000 (PORT to change)
	@$(PY) scripts/run_demo --port $(PORT)

test: .venv/.dev src/stepwell/site/static/built/.ready   ## The fast suite, with coverage floors
	@scripts/test

test-slow: .venv/.dev src/stepwell/site/static/built/.ready  ## Everything, the slow and the browser journeys too
	@scripts/test --slow

check: .venv/.dev src/stepwell/site/static/built/.ready  ## Format, lint, types, import contracts, migrations, facts and docs
	@scripts/check

journeys: .venv/.dev src/stepwell/site/static/built/.ready  ## The browser journeys, in Chromium
	@$(PY) -m pytest -q -m journey $(JOURNEYS)

bench: .venv/.dev                      ## 100,000 people, 6 million issues, beside a hand-written query; product names, given REF
	@if test -d "$(REF)/data/codelists"; then $(PY) -m bench.names --reference "$(REF)"; \
	else echo "Product names were not measured: no reference data at $(REF). Give its folder: make bench REF=..."; fi
	@$(PY) -m bench.dosage
	@$(PY) -m bench.tapers
	@$(PY) -m bench.searches
	@$(PY) -m bench.prescribing

reference: .venv/.dev src/stepwell/site/static/built/.ready  ## Checks against the reference data in REF
	@test -d "$(REF)" || { echo "No reference data at $(REF). Give its folder: make reference REF=..."; exit 1; }
	@STEPWELL_REFERENCE="$$(cd "$(REF)" && pwd)" $(PY) -m pytest -m reference -q -p no:cacheprovider

lock:                                  ## Compile the locks again (needs uv)
	@scripts/lock

clean:                                 ## Remove everything made here, the demonstration data too
	rm -rf .venv node_modules var build src/*.egg-info src/stepwell/site/static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* htmlcov .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@echo "Making a Python environment in .venv"
	@python3 -m venv .venv

.venv/.ready: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Stepwell needs (a few minutes the first time)"
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.ready requirements-dev.txt
	@echo "Installing what the tests and checks need"
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@.venv/bin/pip check --quiet --disable-pip-version-check
	@touch $@

node_modules/.ready: package-lock.json
	@echo "Installing front-end packages"
	@npm ci --ignore-scripts --silent
	@touch $@

src/stepwell/site/static/built/.ready: node_modules/.ready scripts/build_assets
	@echo "Copying front-end assets"
	@$(PY) scripts/build_assets
	@touch $@
