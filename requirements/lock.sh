#!/bin/sh
# Renews the lock files: exact versions and hashes for every platform and Python, no index address.
set -eu
uv=${UV:-.venv/bin/uv}
lock() { "$uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet "$@"; }
lock --group build --output-file requirements/run.txt
lock --group build --extra planner --extra deployer --constraint requirements/run.txt --output-file requirements/apps.txt
lock --group build --group test --extra planner --extra deployer --constraint requirements/apps.txt --output-file requirements/test.txt
lock --group fuzz --constraint requirements/test.txt --output-file requirements/fuzz.txt
lock --group bench --constraint requirements/test.txt --output-file requirements/bench.txt
lock --group supply --constraint requirements/test.txt --output-file requirements/supply.txt
lock --group grafana --constraint requirements/test.txt --output-file requirements/grafana.txt
