"""Any text is a template or a syntax error within it, soon: no crash, no recursion, no hang."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.targets import TARGETS

from signalproof.templates.evaluate import meaning
from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse
from signalproof.templates.pipelines import DEEPEST

UNITS = [
    "{{", "}}", "{", "a ", "{{-", " -}}", "{{- ", "{{1}}", "{{$x := 1}}", "{{$x = 1}}", "{{if 1}}", "{{if 1}}{{end}}", "{{/*", "{{/**/}}",
    "{{ (", "(", "{{ (1) }}", "{{ \"", "{{ `", "{{ '", "{{ \"\\", "{{ .a", ".a", "{{ $x", "$", "{{ 1 | print ", "| print ", "{{print 1 | print | print}}",
    "{{ 1_", "{{ 0x", "{{range .}}{{break}}{{end}}", '{{define "a"}}{{end}}', '{{template "a" .}}', "é", "\0", "{{ \n", "{{$labels.a}}",
    "{{if $labels.a}}{{$labels.b}}{{end}}", "{{$x := print $x $labels.a}}", "{{with $labels.a}}{{else}}", "{{query `up`}}", "{{printf `%s%d` 1}}",
]  # fmt: skip


def seconds(work: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    with suppress(TemplateSyntaxError):
        work(text)
    return time.process_time() - started


@pytest.mark.parametrize("unit", UNITS)
def test_four_times_the_text_takes_about_four_times_as_long(unit: str) -> None:
    def best(length: int) -> float:
        return min(seconds(meaning.__wrapped__, f"{unit * (length // len(unit))}{at}") for at in range(2))

    short, long = best(10_000), best(40_000)
    assert long < 10 * short + 0.05


@pytest.mark.parametrize(
    "text", ["{{ (" * 10_000, "{{ " + "(" * 10_000 + "1", "{{if 1}}" * 10_000, "{{range .}}" * 10_000]
)
def test_ten_thousand_levels_are_refused(text: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        parse(text)


def test_as_many_levels_as_the_bound_are_read_and_filled_in() -> None:
    inside = "(" * DEEPEST + "1" + ")" * DEEPEST
    text = "{{if 1}}" * DEEPEST + f"{{{{ {inside} }}}}" + "{{end}}" * DEEPEST
    assert meaning(text).failures == []


def nested(depth: int) -> None:
    if depth:
        nested(depth - 1)
    else:
        parse("{{ " + "(" * DEEPEST + "1" + ")" * DEEPEST + " }}")


def test_little_room_on_the_stack_is_a_clear_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="nested too deeply"):
        nested(850)


@settings(max_examples=500)
@given(st.text(alphabet="{}-()|$.:=\"'`\\/* \nabifelsndrgwth019%,_é", max_size=60))
def test_any_text_keeps_the_promises_of_the_fuzz_target(text: str) -> None:
    assert TARGETS["template"](text) == TARGETS["template"](text)
