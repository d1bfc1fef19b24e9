# `make` explains itself. Every target sets up what it needs; nothing is installed outside .venv except, for the
# tests and as root on Debian, the servers they talk to (see `components`; ~/.cache/signalproof holds the rest).

# the first interpreter that is really there (a pyenv shim may not be) and new enough
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SECONDS ?= 600
SBOM := --pyproject pyproject.toml --output-reproducible --output-format JSON --validate
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input

# the tests start hundreds of programs, and each would compile all that it imports again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help dashboards test check docs bench lint types mypy pyright style architecture format lock components clean \
	audit sbom secrets lint-naive corpus soundness mutants faults knowledge reports fuzz bench-compiled bench-instrument compiled convert demo kubernetes grafana scale

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dashboards: .venv/run ## render dashboards, rules, provisioning and generated docs
	@$(BIN)/signalproof render
	@$(BIN)/python -m signalproof.cli.manual docs

test: check components ## everything a submission must pass: check, then the tests
	@$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
	@$(BIN)/pytest -m alone

check: .venv/test ## style, types, architecture, stale output, lint: no server needed
	@$(MAKE) --no-print-directory --jobs=4 style mypy pyright architecture lint

types: mypy pyright

style: .venv/test
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --no-cache --check .

mypy: .venv/test
	@$(BIN)/mypy

pyright: .venv/test
	@$(BIN)/pyright

architecture: .venv/test
	@$(BIN)/lint-imports

lint: .venv/run ## every query of the project against the catalogue; stale output
	@$(BIN)/signalproof render --check
	@$(BIN)/python -m signalproof.cli.manual --check docs
	@$(BIN)/signalproof lint

docs: .venv/run ## only the generated pages
	@$(BIN)/signalproof render --only docs
	@$(BIN)/python -m signalproof.cli.manual docs

demo: .venv/apps ## both applications at work with a local Claude: metrics, and Prometheus if it is there
	@$(BIN)/python -m tests.messages_api.demo

kubernetes: .venv/test ## build the API server once, and show the deployer on it; minutes, not part of test
	@sh tests/deployer/kubernetes/build.sh
	@HIVE_KUBERNETES_TESTS=required $(BIN)/pytest tests/deployer/kubernetes

grafana: .venv/grafana ## the dashboards in a real Grafana and Chromium: pictures and figures; GRAFANA_URL or grafana on the PATH, PICTURES=folder
	@GRAFANA_PICTURES="$(PICTURES)" $(BIN)/pytest -q -m grafana tests/grafana

scale: .venv/test ## what each panel draws and takes with 1, 200 and 1,000 instances on a real Prometheus; 15 minutes; writes docs/guides/scale.md
	@$(BIN)/python -m tests.bench.dashboard_scale --instances 1 200 1000 --write docs/guides/scale.md

bench: .venv/test ## the benchmarks: ratios against the peers, measured in one run
	@$(BIN)/pytest tests/bench -m bench -s

bench-compiled: .venv/compiled ## those of the parser, the inference and the lint again, on the compiled wheel
	@PYTHONPATH=.venv/compiled $(BIN)/python -m tests.compiled
	@PYTHONPATH=.venv/compiled $(BIN)/pytest -m bench -s $(addprefix tests/bench/,test_promql_speed.py test_infer_speed.py test_lint_speed.py)

compiled: .venv/compiled components ## a wheel with the parser and the inference compiled (dist/), and the tests on it; minutes, needs a C compiler
	@PYTHONPATH=.venv/compiled $(BIN)/python -m tests.compiled
	@PYTHONPATH=.venv/compiled $(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile \
		tests/promql tests/infer tests/lint tests/soundness tests/mutants

lint-naive: .venv/test ## the plan's first-draft queries: every fault found at its place
	@$(BIN)/pytest -q -s tests/lint/test_naive.py

corpus: .venv/test ## real PromQL: parsed unsubstituted, printed, agreed on by two oracles; silence on sound dashboards
	@$(BIN)/pytest -q -s tests/promql tests/lint/test_structural.py

soundness: .venv/test ## Prometheus' own engine tests against what the inference claims, of three ways to know the series
	@$(BIN)/pytest -q -s tests/soundness

mutants: .venv/test ## real queries broken in every way we know: the share that is found
	@$(BIN)/pytest -q -s tests/mutants

knowledge: .venv/test components ## what is known of public exporters: over kube-prometheus, beside a real node_exporter, its cost
	@$(BIN)/pytest -q -s tests/knowledge/test_kube_prometheus.py tests/knowledge/test_node_exporter.py
	@$(BIN)/pytest -q -s -m bench tests/bench/test_knowledge_cost.py

reports: .venv/test ## faults reported in public, with the dump people had: caught as written, silent as mended; programs show what they do
	@$(BIN)/pytest -q -s tests/lint/test_public_reports.py tests/instrument/test_public_reports.py

convert: .venv/test ## dashboards of others and our own become definitions and the same dashboards again; writes docs/examples
	@$(BIN)/python -m tests.convert.examples
	@$(BIN)/pytest -q -s tests/convert
	@$(BIN)/pytest -q -s -m bench tests/bench/test_convert_speed.py

faults: .venv/test ## faults that real projects shipped: caught or not, per class
	@$(BIN)/pytest -q -s tests/lint/test_faults.py

fuzz: .venv/fuzz ## coverage-guided fuzzing of everything that reads; SECONDS=600; writes the figures into docs/fuzzing.md
	@$(BIN)/python -m tests.fuzz.campaign --seconds $(SECONDS)

bench-instrument: .venv/bench ## what a tracked call costs, beside hand-written calls and the peers; writes the guide's tables
	@$(BIN)/python -m tests.bench.instrument_calls --all --write docs/guides/instrumentation.md
	@$(BIN)/python -m tests.bench.instrument_scrape --write docs/guides/instrumentation.md

format: .venv/test ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/lock ## renew the lock files
	@sh requirements/lock.sh

audit: .venv/supply ## what is known against the packages that are locked; asks the index of packages
	@for lock in requirements/*.txt; do $(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done

sbom: .venv/supply ## what the wheel and the image are made of, as CycloneDX: dist/*.cdx.json
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements requirements/run.txt $(SBOM) --mc-type library --output-file dist/signalproof.cdx.json
	@$(BIN)/cyclonedx-py requirements requirements/apps.txt $(SBOM) --mc-type application --output-file dist/image.cdx.json

secrets: provisioning/secrets/postgres_password ## the password of the database in provisioning/compose.yaml, made once

provisioning/secrets/postgres_password:
	@umask 077; mkdir -p $(@D); od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >$@
	@chmod 644 $@  # the folder keeps others out; the users in the containers have to read it

components:
	@sh tests/components.sh
	@sh tests/compose.sh

clean: ## forget the environment and the caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or later on the PATH; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "error: the venv module is incomplete; on Debian: apt-get install python3-venv" >&2; rm -rf .venv; exit 2; }

.venv/run: .venv/bin/python requirements/run.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/apps: .venv/run requirements/apps.txt
	@$(PIP) install --require-hashes -r requirements/apps.txt
	@touch $@

.venv/test: .venv/run requirements/test.txt
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

# a peer pins an old prometheus_client, which pip would refuse beside ours
.venv/bench: .venv/test requirements/bench.txt
	@$(PIP) install --require-hashes --no-deps -r requirements/bench.txt
	@touch $@

.venv/grafana: .venv/test requirements/grafana.txt
	@$(PIP) install --require-hashes -r requirements/grafana.txt
	@touch $@

.venv/fuzz: .venv/test requirements/fuzz.txt
	@$(PIP) install --require-hashes -r requirements/fuzz.txt
	@touch $@

.venv/supply: .venv/run requirements/supply.txt
	@$(PIP) install --require-hashes -r requirements/supply.txt
	@touch $@

# the package as the wheel has it, beside the one in src/, which stays what is imported
.venv/compiled: .venv/test hatch_build.py pyproject.toml $(shell find src/signalproof -name '*.py')
	@rm -rf dist/signalproof-*.whl $@
	@SIGNALPROOF_COMPILE=1 $(PIP) wheel --no-deps --no-build-isolation --no-index --wheel-dir dist .
	@$(PIP) install --no-deps --no-index --target $@ dist/signalproof-*.whl
	@touch $@

.venv/lock: .venv/bin/python
	@$(PIP) install 'uv>=0.7'
	@touch $@
