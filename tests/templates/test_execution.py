"""What is said of a template that Prometheus takes is what its engine writes when the alert fires."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.templates.generated import Grammar
from tests.templates.test_promtool import refused

from signalproof.templates.evaluate import meaning
from signalproof.templates.parser import parse
from signalproof.templates.tree import Choice, Definition, Invocation, Name, Range, parts

_FIRED = re.compile(r'alertname: a(\d+), .*?Annotations:\{t="(.*?)"\}\n {12}\]', re.DOTALL)
_ERROR = "<error expanding template"
_SERIES = [
    {"series": 'up{job="a", instance="b:80"}', "values": "1 1 1"},
    {"series": 'm{job="a", x="y"}', "values": "2.5 2.5 2.5"},
]


@pytest.fixture(scope="module")
def written_by_promtool(
    promtool: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[str]], Mapping[int, str]]:
    """Asks promtool what an alert on ``up == 1`` writes with each template: index → text."""
    folder = tmp_path_factory.mktemp("fired")

    def ask(texts: list[str]) -> Mapping[int, str]:
        rules = [
            {"alert": f"a{index}", "expr": "up == 1", "annotations": {"t": text}}
            for index, text in enumerate(texts)
        ]
        tests = [
            {"eval_time": "1m", "alertname": f"a{index}", "exp_alerts": []} for index in range(len(texts))
        ]
        (folder / "rules.yml").write_text(
            json.dumps({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8"
        )
        asked = {"interval": "1m", "input_series": _SERIES, "alert_rule_test": tests}
        file: Path = folder / "test.yml"
        file.write_text(
            json.dumps({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [asked]}),
            encoding="utf-8",
        )
        done = subprocess.run(
            [promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False
        )
        return {int(one[1]): one[2] for one in _FIRED.finditer(done.stdout + done.stderr)}

    return ask


FAILING = [
    "{{ humanize }}", "{{ $value | humanize $value }}", "{{ $value.x }}", "{{ .Foo }}", "{{ .labels.job }}", "{{ $labels.job.x }}",
    "{{ if gt $value 5 }}a{{ end }}", '{{ if eq $value "5" }}a{{ end }}', "{{ if eq $labels.job 1 }}a{{ end }}", "{{ eq $value }}",
    "{{ toUpper $value }}", "{{ len $value }}", '{{ index $value "a" }}', "{{ index $labels 1 }}", '{{ humanize "a" }}',
    "{{ humanize $labels }}", '{{ query "up" | value }}', '{{ query "up" | humanize }}', '{{ (query "up").Labels }}',
    '{{ (query "up" | first).job }}', '{{ label (query "up" | first) "job" }}', '{{ match "(" "a" }}', '{{ reReplaceAll "[" "" "a" }}',
    "{{ range $value }}a{{ end }}", "{{ range $labels.job }}a{{ end }}", '{{ template "x" }}', "{{ $x = 1 }}", "{{ nil }}",
    "{{ $value | $labels.job }}", '{{ "a" "b" }}', "{{ $value 5 }}", "{{ printf $value }}", "{{ value }}", '{{ toLower 5 }}',
    '{{ define "a" }}{{ .Foo }}{{ end }}{{ template "a" $ }}', '{{ range query "up" }}{{ .job }}{{ end }}',
    '{{ with query "up" }}{{ .Value }}{{ end }}', '{{ lt true false }}',
]  # fmt: skip
MARKED = [
    '{{ printf "%d" $value }}', '{{ printf "%s" $value }}', '{{ $value | printf "%d%%" }}', '{{ printf "%f" $labels.job }}',
    '{{ printf "%.2f" ($value | humanize) }}', '{{ printf "%s %s" $labels.job }}', '{{ printf "%s" $labels.job $value }}',
    '{{ printf "100%" }}', '{{ printf "%y" $value }}', '{{ printf "%s" (len $labels) }}', '{{ printf "%.1f" 5 }}',
    '{{ printf "%t" $labels.job }}', '{{ printf "%5.1s" 2.5 }}', '{{ range query "m" }}{{ printf "%d" .Value }}{{ end }}',
]  # fmt: skip
RIGHT = [
    '{{ printf "%.2f" $value }}', '{{ printf "%v %T" $value $labels }}', '{{ printf "%s %q" $labels.job $labels.job }}',
    '{{ printf "%s" $labels }}', '{{ printf "%*d" 5 5 }}', '{{ printf "%[2]s" 5 "a" }}', "{{ if gt $value 5.0 }}a{{ end }}",
    '{{ query "up" | first | value }}', '{{ query "up" | first | label "job" }}', '{{ (query "up" | first).Labels.job }}',
    '{{ range query "up" }}{{ .Labels.job }} {{ .Value }}{{ end }}', "{{ range $name, $text := $labels }}{{ $name }}{{ end }}",
    '{{ index $labels "job" }}', '{{ index (query "up") 0 }}', '{{ humanize "5" }}', "{{ humanize 5 }}", "{{ args 1 2 }}",
    "{{ (args 1 $labels.job).arg1 }}", '{{ $x := "" }}{{ $x = 5 }}{{ $x }}', "{{ $labels.nothing }}", "{{ len $labels }}",
    '{{ if $labels.job }}{{ $labels.job | toUpper }}{{ end }}', '{{ reReplaceAll "a" "b" $labels.job }}', '{{ "a" | printf "%s" }}',
    '{{ with $labels.job }}{{ . }}{{ end }}', '{{ printf "%x" $value }}', "{{ true }}", "{{ 5 }}", "{{ print nil }}",
    '{{ define "a" }}{{ . }}{{ end }}{{ template "a" $value }}', '{{ slice "abc" 1 }}', "{{ and $labels.a $value }}",
    '{{ eq $labels.job "a" "b" }}', "{{ $externalLabels.a }}{{ .ExternalURL }}", '{{ query "up" | sortByLabel "job" | len }}',
]  # fmt: skip


def claimed(text: str) -> tuple[bool, bool]:
    """Return whether an error in place of the text is claimed, and whether a mark in it is."""
    found = meaning(text)
    fatal = bool(found.words) or any(one.fatal for one in found.failures)
    return fatal, any(not one.fatal for one in found.failures)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(FAILING, "an error"), (MARKED, "a mark"), (RIGHT, "neither")],
    ids=["failing", "marked", "right"],
)
def test_what_is_claimed_of_a_template_is_what_the_engine_writes(
    texts: list[str], expected: str, written_by_promtool: Callable[[list[str]], Mapping[int, str]]
) -> None:
    written = written_by_promtool(texts)

    def outcome(error: bool, mark: bool) -> str:
        return "an error" if error else "a mark" if mark else "neither"

    by_engine = {text: outcome(_ERROR in written[at], "%!" in written[at]) for at, text in enumerate(texts)}
    assert {text: outcome(*claimed(text)) for text in texts} == by_engine == dict.fromkeys(texts, expected)


def test_the_engine_answers_the_queries_of_templates_as_the_lint_says(
    written_by_promtool: Callable[[list[str]], Mapping[int, str]],
) -> None:
    expected = {
        '{{ query "sum(m" | len }}': _ERROR,
        '{{ query "m[5m]" | len }}': _ERROR,
        "{{ query `'a'` | len }}": _ERROR,
        '[{{ query "sum by (x) (m)" | first | label "job" }}]': "[]",
        '{{ range query "sum by (x) (m)" }}[{{ .Labels.job }}]{{ end }}': "[]",
        '{{ query "time()" | first | value }}': "60",
        "{{ query `m{job='$labels.job'}` | len }}": "0",
        "{{ query `m{job='{{ $labels.job }}'}` | len }}": "0",
        "{{ query (printf `m{job=%q}` $labels.job) | len }}": "1",
    }
    written = written_by_promtool(list(expected))
    assert {
        text: _ERROR if _ERROR in written[at] else written[at] for at, text in enumerate(expected)
    } == expected


def is_straight(text: str) -> bool:
    """Whether all of a template is filled in whatever its data is."""
    branching = (Choice, Range, Definition, Invocation)
    return not any(
        isinstance(one, branching) or (isinstance(one, Name) and one.name in ("and", "or"))
        for one in parts(parse(text))
    )


def test_every_claim_about_generated_templates_holds(
    written_by_promtool: Callable[[list[str]], Mapping[int, str]], figure: Callable[..., None]
) -> None:
    grammar = Grammar(random.Random(4))
    made = [grammar.node(2) for _ in range(20_000)]
    texts = [
        one for one in made if "{{" in one and not refused(one) and is_straight(one) and "now" not in one
    ][:4000]
    written = written_by_promtool(texts)
    claims = [claimed(one) for one in texts]
    wrong = [
        (text, written[at], [one.message for one in meaning(text).failures])
        for at, (text, (fatal, mark)) in enumerate(zip(texts, claims, strict=True))
        if (fatal and _ERROR not in written[at])
        or (mark and _ERROR not in written[at] and "%!" not in written[at])
    ]
    failing = [at for at, text in written.items() if _ERROR in text]
    known = sum(claims[at][0] for at in failing)
    figure(
        f"templates: {len(texts)} filled in by promtool, {sum(any(one) for one in claims)} said to go wrong, {len(wrong)} of them "
        f"wrongly; of {len(failing)} errors {known} were known before"
    )
    assert wrong == []
