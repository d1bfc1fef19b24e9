"""Templates as trees: what is read, where it stands, and what is refused with which words."""

from __future__ import annotations

import pytest

from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse
from signalproof.templates.tree import (
    Action,
    Chain,
    Choice,
    Comment,
    Field,
    Invocation,
    Leave,
    Name,
    Number,
    Range,
    String,
    Template,
    Text,
    Variable,
    parts,
)


def shown(text: str, kind: type) -> list[str]:
    """Return what stands at the place of each part of that *kind*."""
    return [text[one.span.start : one.span.end] for one in parts(parse(text)) if isinstance(one, kind)]


def refusal(text: str) -> TemplateSyntaxError:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse(text)
    return caught.value


def faults(text: str) -> list[tuple[str, str]]:
    return [(text[one.span.start : one.span.end], one.help) for one in parse(text).faults]


def test_text_and_actions_stand_one_behind_the_other() -> None:
    assert shown("a {{ $value }} b", Text) == ["a ", " b"]


def test_an_action_is_shown_with_its_braces() -> None:
    assert shown("a {{- $value -}} b", Action) == ["{{- $value -}}"]


def test_trim_markers_take_the_spaces_out_of_the_text() -> None:
    assert shown("a \n{{- 1 -}}\n b", Text) == ["a", "b"]


def test_a_minus_without_its_space_is_a_number() -> None:
    assert shown("{{-3}}", Number) == ["-3"]


def test_the_end_of_an_action_in_a_string_does_not_end_it() -> None:
    assert shown('{{ "}}" }}', String) == ['"}}"']


def test_a_comment_is_no_action() -> None:
    assert (shown("{{/* $x */}}", Comment), shown("{{/* $x */}}", Action)) == (["{{/* $x */}}"], [])


def test_fields_belong_to_their_variable() -> None:
    assert shown("{{ $labels.job | title }}", Variable) == ["$labels.job"]


def test_fields_behind_a_space_belong_to_the_dot() -> None:
    assert shown("{{ print $labels .Value }}", Field) == [".Value"]


def test_fields_of_a_parenthesis_make_a_chain() -> None:
    assert shown('{{ (query "up" | first).Labels.job }}', Chain) == ['(query "up" | first).Labels.job']


def test_an_else_if_is_a_branch_of_the_same_choice() -> None:
    [choice] = parse("{{ if 1 }}a{{ else if 2 }}b{{ else }}c{{ end }}").nodes
    assert isinstance(choice, Choice)
    assert (len(choice.branches), len(choice.otherwise)) == (2, 1)


def test_an_else_with_is_a_branch_of_a_with() -> None:
    [choice] = parse("{{ with 1 }}a{{ else with 2 }}b{{ end }}").nodes
    assert isinstance(choice, Choice)
    assert len(choice.branches) == 2


def test_a_loop_has_its_variables_and_its_way_out() -> None:
    text = '{{ range $i, $e := query "up" }}{{ break }}{{ continue }}{{ else }}none{{ end }}'
    [loop] = parse(text).nodes
    assert isinstance(loop, Range)
    assert [one.name for one in loop.pipeline.variables] == ["$i", "$e"]
    assert shown(text, Leave) == ["{{ break }}", "{{ continue }}"]


def test_a_block_defines_a_template_and_invokes_it() -> None:
    tree = parse('{{ block "a" . }}b{{ end }}')
    assert ([one.name for one in tree.definitions], [type(one) for one in tree.nodes]) == (
        ["a"],
        [Invocation],
    )


def test_a_character_and_a_complex_number_are_numbers() -> None:
    assert shown("{{ 'a' }}{{ 1+2i }}{{ 0x1p-2 }}", Number) == ["'a'", "1+2i", "0x1p-2"]


def test_every_function_that_is_called_is_a_name() -> None:
    assert shown("{{ $value | humanize | printf `%s` }}", Name) == ["humanize", "printf"]


@pytest.mark.parametrize(
    ("text", "culprit", "said"),
    [
        ("a {{ $value", "{{", "not closed"),
        ("{{ if $value }}a", "{{", "not closed"),
        ("{{ if }}a{{ end }}", "}}", "holds no value"),
        ("{{ end }}", "end", "closes nothing"),
        ("{{ else }}", "else", "closes nothing"),
        ("{{ break }}", "break", "outside of range"),
        ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "else", "second else"),
        ('{{ if 1 }}{{ define "a" }}{{ end }}{{ end }}', "define", "inside of a block"),
        (
            '{{ define "a" }}b{{ end }}{{ define "a" }}c{{ end }}',
            '{{ define "a" }}c{{ end }}',
            "defined twice",
        ),
        ("{{ (1 }}", "(", "not closed"),
        ("{{ 1) }}", ")", "was not opened"),
        ('{{ "a }}', '"', "does not end"),
        ("{{ `a }}", "`", "does not end"),
        ("{{ 'ab' }}", "'ab'", "no character"),
        ("{{ 08 }}", "08", "no number"),
        ("{{ 1x }}", "1x", "no number"),
        ('{{ "\\q" }}', "\\q", "unknown escape"),
        ("{{ $value * 100 }}", "*", "an argument, a pipe or the end"),
        ("{{ $value, 1 }}", "$value", "too many variables"),
        ("{{ $value | 1 }}", "1", "no function"),
        ("{{ $a.b := 1 }}", ":=", "an argument, a pipe or the end"),
        ("{{ nil.x }}", "nil.x", "which has none"),
        ("{{ $a-1 }}", "-", "right behind"),
        ("{{/* a }}", "{{/*", "does not end"),
        ("{{/* a */ 1 }}", "*/", "not both"),
        ("{{ template a }}", "a", "in quotes"),
        ("{{ é² }}", "²", "no letter"),
        ("{{ \x01 }}", "\x01", "means nothing"),
    ],
)
def test_what_is_refused_is_refused_at_its_place_with_its_reason(text: str, culprit: str, said: str) -> None:
    error = refusal(text)
    assert said in str(error)
    assert text[error.span.start : error.span.end] == culprit


def test_an_unknown_function_is_known_by_its_neighbour() -> None:
    assert faults("{{ $value | humanise }}") == [("humanise", "did you mean 'humanize'?")]


def test_every_fault_of_a_template_is_known_at_once() -> None:
    assert [one for one, _ in faults("{{ foo }}{{ $bar }}{{ $baz }}")] == ["foo", "$bar", "$baz"]


def test_what_only_consoles_have_is_no_function() -> None:
    assert [one for one, _ in faults('{{ tmpl "a" . }}')] == ["tmpl"]


def test_a_variable_ends_with_its_block() -> None:
    assert faults("{{ if 1 }}{{ $x := 1 }}{{ $x }}{{ end }}{{ $x }}")[0][0] == "$x"
    assert len(faults("{{ if 1 }}{{ $x := 1 }}{{ $x }}{{ end }}{{ $x }}")) == 1


def test_a_variable_of_a_condition_is_there_in_its_else() -> None:
    assert faults("{{ if $x := 1 }}{{ else }}{{ $x }}{{ end }}") == []


def test_a_definition_sees_no_variable_of_the_alert() -> None:
    assert [one for one, _ in faults('{{ define "a" }}{{ $labels }}{{ $ }}{{ end }}')] == ["$labels"]


def test_an_empty_template_is_one() -> None:
    assert isinstance(parse(""), Template)
