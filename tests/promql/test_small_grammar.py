"""Every short expression of a small grammar is taken or refused as Prometheus does.

promtool answers always; Prometheus' own parser, of the newest version that we know all of, where PROMQL_ORACLE names a
program that asks it. The program reads one query a line, as a JSON string, parses it with the Go module
github.com/prometheus/prometheus with all of its feature flags, and answers each with a line: the JSON string "ok", or
one that says what is wrong.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping

import pytest
from tests.promql.small_grammar import expressions
from tests.promql.test_mutations import NEWER, read

from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.versions import requirements

ORACLE = os.environ.get("PROMQL_ORACLE", "")
AT_ONCE = 20_000

NEWER_WORDS = re.compile(
    "|".join(
        (
            *NEWER.values(),
            r"bad number or duration syntax: \"\.[0-9]",  # an underscore behind the point
            r"error parsing regexp: invalid UTF-8",
        )
    )
)
LET_PASS = {
    "a range behind start() or end(), up to 3.14": re.compile(r"@ (?:start|end)\(\).*\["),
    "words behind a duration, in 2.x": re.compile(r"\[5m x"),
}
"""What promtool takes and we refuse."""
OTHER_VERSIONS = {
    "before 3.0": re.compile(r"^holt_winters\("),
    "not yet": re.compile(r"^integral\("),
    "3.6 to 3.13": re.compile(r"\bm(?:in|ax)\(1, ?2\)"),
    "since 3.15": re.compile(r"(?:step|range)\(\)[ )]*:\]"),
    "2.x: hexadecimal numbers that end in e": re.compile(r"0[xX][0-9a-fA-F]*[eE]"),
}
"""What we take and 3.14 refuses."""
NEVER_MEANT = {
    "a range behind what is computed, up to 3.14": re.compile(r"(?:@|offset).*\["),
    "an offset that is no number": re.compile(r"(?i)offset -?nan"),
}
"""What 3.14 takes and we refuse."""


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def is_newer(tree: Node, than: tuple[int, ...]) -> bool:
    """Whether a Prometheus of that version cannot know *tree*, or only behind a flag."""
    return any(number(one.since) > than or one.flag for one, _ in requirements(tree))


def named(table: Mapping[str, re.Pattern[str]], text: str) -> bool:
    return any(one.search(text) for one in table.values())


def parted(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), AT_ONCE):
        yield texts[start : start + AT_ONCE]


def test_promtool_agrees_on_every_short_expression(
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]], figure: Callable[..., None]
) -> None:
    compared, lines, differing = 0, [], []
    for part, texts in expressions(less=1).items():
        for some in parted(texts):
            refused = refused_by_promtool(some)
            for index, text in enumerate(some):
                ours, words = read(text, ()), refused.get(index)
                if isinstance(ours, PromQLSyntaxError):
                    if words is None and not named(LET_PASS, text):
                        differing.append((text, "taken by promtool", str(ours)))
                elif words is not None and not (is_newer(ours, (2, 42)) or NEWER_WORDS.search(words)):
                    differing.append((text, words, "taken by us"))
        compared += len(texts)
        lines.append(f"  {part}: {len(texts)}")
    figure(f"short expressions compared with promtool: {compared}, {len(differing)} differ", *lines)
    assert compared > 80_000
    assert differing == []


@pytest.mark.skipif(not ORACLE, reason="PROMQL_ORACLE names no program that asks Prometheus' parser")
def test_the_parser_of_prometheus_agrees_on_every_short_expression(figure: Callable[..., None]) -> None:
    compared, differing = 0, []
    for texts in expressions().values():
        lines = "".join(f"{json.dumps(one)}\n" for one in texts)
        done = subprocess.run([ORACLE], input=lines, capture_output=True, text=True, check=True)
        answers = [json.loads(one) for one in done.stdout.splitlines()]
        for text, answer in zip(texts, answers, strict=True):
            refused = isinstance(read(text, ()), PromQLSyntaxError)
            if refused != (answer != "ok") and not named(NEVER_MEANT if refused else OTHER_VERSIONS, text):
                differing.append((text, answer))
        compared += len(texts)
    figure(f"short expressions compared with Prometheus' parser: {compared}, {len(differing)} differ")
    assert differing == []
