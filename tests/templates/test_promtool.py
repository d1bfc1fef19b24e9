"""What ``promtool check rules`` takes for a template and what this parser takes for one is the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.templates.generated import Grammar, mutated

from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse

BATCH = 400
"""Templates that one run of promtool is asked about."""
_PLAIN = [
    "{{ $labels.instance }} has {{ $value | humanize }} left",
    '{{ with query "up" }}{{ . | first | value }}{{ else }}none{{ end }}',
    '{{ range $i, $e := query (printf "up{job=%q}" $labels.job) | sortByLabel "instance" }}{{ $e.Labels.instance }} {{ end }}',
    '{{- if eq $labels.severity "critical" -}} page {{- else if $labels.team -}} {{ $labels.team }} {{- end -}}',
    '{{ define "a" }}{{ . }}{{ end }}{{ template "a" $value }}{{ block "b" . }}x{{ end }}',
]


_NEWER_GO = "unexpected <with> in else"
"""What a promtool says of ``else with`` that was built before Go 1.23; a mutation may write it."""


def refused(text: str) -> str:
    """Return why *text* is refused; empty where it is taken."""
    try:
        tree = parse(text)
    except TemplateSyntaxError as error:
        return f"{error} at {error.span}"
    return "; ".join(one.message for one in tree.faults)


def differences(texts: list[str], ask: Callable[[list[str]], Mapping[int, str]]) -> Iterator[str]:
    """Yield every template that only one of the two refuses, with its reason."""
    by_promtool = ask(texts)
    for index, text in enumerate(texts):
        ours, theirs = refused(text), by_promtool.get(index, "")
        if bool(ours) != bool(theirs) and theirs != _NEWER_GO:
            yield f"{text!r}: promtool says {theirs!r}, we say {ours!r}"


def test_promtool_agrees_on_real_annotations_and_labels(
    written: list[str],
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]],
    figure: Callable[..., None],
) -> None:
    found = list(differences(written, refused_by_promtool))
    actions = sum("{{" in one for one in written)
    figure(
        f"templates: {len(written)} real texts ({actions} with actions), {len(found)} differences from promtool"
    )
    assert found == []


def test_promtool_agrees_on_generated_and_broken_templates(
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]], figure: Callable[..., None]
) -> None:
    asked, wrong = 0, 0

    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=st.integers(0, 2**32))
    def agree(seed: int) -> None:
        nonlocal asked, wrong
        choice = random.Random(seed)
        grammar = Grammar(choice)
        texts = [grammar.template() for _ in range(BATCH // 2)]
        texts += [mutated(choice.choice((*texts, *_PLAIN)), choice) for _ in range(BATCH // 2)]
        found = list(differences(texts, refused_by_promtool))
        asked += len(texts)
        wrong += sum(bool(refused(one)) for one in texts)
        assert found == []

    agree()
    figure(f"templates: {asked} generated, {wrong} of them refused, 0 differences from promtool")


def test_promtool_agrees_on_real_annotations_that_were_broken(
    written: list[str],
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]],
    figure: Callable[..., None],
) -> None:
    choice = random.Random(1)
    real = [one for one in written if "{{" in one]
    texts = [mutated(choice.choice(real), choice) for _ in range(4000)]
    found = list(differences(texts, refused_by_promtool))
    figure(
        f"templates: {len(texts)} broken real texts, {sum(bool(refused(one)) for one in texts)} of them refused, "
        f"{len(found)} differences from promtool"
    )
    assert found == []
