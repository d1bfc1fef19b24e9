"""Gives atheris some time with one target: ``python -m tests.fuzz.run promql --seconds 150``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any


def _run(name: str, seconds: int) -> None:
    atheris: Any = import_module("atheris")  # only `make fuzz` installs it
    with atheris.instrument_imports(include=["signalproof"]):
        from tests.fuzz.targets import SEEDS, TARGETS
    target = TARGETS[name]

    def one(data: bytes) -> None:
        target(data.decode("utf-8", "replace"))

    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for at, text in enumerate(SEEDS[name]):
        (corpus / f"seed{at}").write_text(text, encoding="utf-8")
    words = folder / "words"
    words.write_text("".join(f'"{one}"\n' for one in _words(name)), encoding="utf-8")
    # a hang is an input that takes ten seconds; four kilobytes hold every shape, and keep a run of one input short
    options = [
        *(f"-max_total_time={seconds}", "-timeout=10", "-max_len=4096", "-rss_limit_mb=4096"),
        *(f"-dict={words}", f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=1"),
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def _words(name: str) -> list[str]:
    """Return the words of the language, escaped as libFuzzer wants them."""
    from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS
    from signalproof.templates.functions import FUNCTIONS as TEMPLATE_FUNCTIONS

    more: dict[str, list[str]] = {
        "dashboard": [
            "panels",
            "rows",
            "targets",
            "expr",
            "templating",
            "list",
            "spec",
            "elements",
            "gridPos",
        ],
        "rules": [
            "groups:",
            "rules:",
            "expr:",
            "record:",
            "alert:",
            "for:",
            "- ",
            "ConfigMap",
            "PrometheusRule",
        ],
        "exposition": [
            "# TYPE ",
            "# HELP ",
            "# UNIT ",
            "# EOF",
            "_bucket",
            "_total",
            "le=",
            "counter",
            "histogram",
        ],
    }
    if name == "template":
        return [
            *TEMPLATE_FUNCTIONS,
            *(
                "{{",
                "}}",
                "{{- ",
                " -}}",
                "{{/*",
                "*/}}",
                "$labels.",
                "$value",
                ":= ",
                "if ",
                "else ",
                "end",
                "range ",
                "with ",
            ),
            *(
                "define ",
                "block ",
                "template ",
                "break",
                "continue",
                "nil",
                "true",
                "%.2f",
                "%q",
                ".Labels.",
                ".Value",
            ),
        ]
    language = [
        *FUNCTIONS,
        *AGGREGATIONS,
        " by (",
        " without (",
        " on (",
        "group_left",
        " offset ",
        "[5m]",
        "$__rate_interval",
    ]
    return [*more.get(name, []), *language]


def main(arguments: Any = None) -> None:
    """Run one target for some time; exits with another code than 0 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=150)
    given = parser.parse_args(arguments)
    _run(given.target, given.seconds)


if __name__ == "__main__":
    main()
