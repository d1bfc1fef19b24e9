"""Templates made by chance: by the grammar, and by breaking real ones."""

from __future__ import annotations

import random
import re

from tests.slips import slipped

FUNCTIONS = [
    "and", "or", "not", "len", "index", "slice", "call", "eq", "ne", "lt", "le", "gt", "ge", "printf", "print", "println",
    "html", "js", "urlquery", "query", "first", "label", "value", "strvalue", "sortByLabel", "args", "reReplaceAll", "match",
    "safeHtml", "title", "toUpper", "toLower", "graphLink", "tableLink", "stripPort", "stripDomain", "humanize",
    "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "toTime", "parseDuration", "pathPrefix",
    "externalURL",
]  # fmt: skip
UNKNOWN = ["labels", "tmpl", "humanise", "foo", "Value", "é", "x1", "_"]
VARIABLES = [
    "$",
    "$labels",
    "$value",
    "$externalLabels",
    "$externalURL",
    "$x",
    "$y",
    "$i",
    "$labels.job",
    "$x.a.b",
    "$label",
]
LITERALS = [
    '"a"', '"%.2f"', '"\\n\\x41\\u00e9"', '"\\q"', '"\\\'"', "`raw\n`", "'a'", "'\\n'", "'ab'", "''", "'\\''", "'\\\"'", "'é'",
    "'\\xff'", "'\\u00e9'", "'\\ud800'", "0", "1", "-1", "+5", "08", "0x1F", "0o17", "0b101", "0b2", "1_000", "1__0", "_1",
    "1.5", ".5", "1.", "1e3", "1e999", "1e", "0x1p-2", "0x1.8", "0x_1p4", "2i", "0x1i", "1+2i", "1i+2i", "1+2", "1-2.5e3i",
    "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1x", "true", "false",
    "nil", ".", "$",
]  # fmt: skip
RIGHT = [
    '"a"', '"%.2f"', '"\\n\\x41\\u00e9"', "`raw\n`", "'a'", "'\\''", "'é'", "'\\xff'", "0", "-1", "+5", "0x1F", "0o17", "0b101",
    "1_000", "1.5", ".5", "1.", "1e3", "0x1p-2", "2i", "1+2i", "18446744073709551615", "true", "false", "nil", ".", "$",
]  # fmt: skip
"""Of the literals, those that are right."""
EXTRA = [
    "{{", "}}", "{{-", "-}}", "{{- ", " -}}", "{{ end }}", "{{end}}", "{{ else }}", "{{ else if $x }}", "{{else with .}}",
    "{{ break }}", "{{continue}}", "{{/* c */}}", "{{- /* c */ -}}", "{{/*", "*/", "(", ")", "|", ",", ":=", "=", ":", " ", "\n",
    "\t", "-", "+", ".", "..", "$", "'", '"', "`", "\\", "{", "}", "#", "@", "%", "é", "²", "\u00a0", "if", "range", "with",
    "define", "block", "template", "end", "else", "break", "nil", "true", *VARIABLES, *LITERALS, *UNKNOWN, *FUNCTIONS[:8],
    ".Labels", ".Labels.job", ".x",
]  # fmt: skip
TOKEN = re.compile(r'\{\{-?|-?\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[$.]?\w+|\s+|:=|/\*|\*/|.', re.DOTALL)


class Grammar:
    """Makes templates that are nearly always right, and now and then wrong in one place."""

    def __init__(self, choice: random.Random) -> None:
        self.choice = choice

    def template(self, depth: int = 3) -> str:
        """Return some text and some actions."""
        return "".join(self.node(depth) for _ in range(self.choice.randrange(1, 5)))

    def node(self, depth: int) -> str:
        kind = self.choice.randrange(14) if depth else self.choice.randrange(7)
        if kind == 11 and depth < 3 and self.often():
            kind = 0  # refused inside of a block
        pipeline = self.pipeline(depth)
        match kind:
            case 0 | 1:
                return self.choice.choice((" ", "text", " a }} b ", "{ ", "é\n", "%"))
            case 2:
                return self.choice.choice(
                    ("{{/* a */}}", "{{- /* a\n*/ -}}") if self.often() else ("{{ /* a */ }}",)
                )
            case 3:
                variable = self.choice.choice(("$x", "$y", "$value") if self.often() else VARIABLES)
                return self.action(f"{variable} {self.choice.choice((':=', '='))} {pipeline}")
            case 4 | 5 | 6:
                return self.action(pipeline)
            case 7:
                return self.action(f"if {pipeline}") + self.template(depth - 1) + self.rest("if", depth)
            case 8:
                return self.action(f"with {pipeline}") + self.template(depth - 1) + self.rest("with", depth)
            case 9 | 10:
                heads = ("", "$i := ", "$i, $x := ", "$i, $x = ")
                head = self.choice.choice(heads if self.often() else ("$x, ", "$i, $x, $y := "))
                body = self.template(depth - 1) + self.choice.choice(("", "{{break}}", "{{ continue }}"))
                return self.action(f"range {head}{pipeline}") + body + self.rest("range", depth)
            case 11:
                return (
                    self.action(f'define "{self.choice.choice("abc")}"')
                    + self.template(depth - 1)
                    + "{{end}}"
                )
            case 12:
                return (
                    self.action(f'block "{self.choice.choice("abcd")}" {pipeline}')
                    + self.template(depth - 1)
                    + "{{end}}"
                )
            case _:
                return self.action(f'template "{self.choice.choice("abcd")}"{self.choice.choice(("", " ."))}')

    def rest(self, keyword: str, depth: int) -> str:
        which = self.choice.randrange(6)
        otherwise = ""
        if which == 0:
            otherwise = self.action("else") + self.template(depth - 1)
        elif which == 1:
            again = keyword if keyword == "if" and self.often() else self.choice.choice(("if", "range"))
            if again != keyword and self.often():
                return self.action("end")
            otherwise = self.action(f"else {again} {self.pipeline(depth)}") + self.template(depth - 1)
        return otherwise + self.action("end")

    def action(self, inside: str) -> str:
        left = self.choice.choice(("{{", "{{ ", "{{- ", "{{\n") if self.often() else ("{{-", "{{ -"))
        return (
            left
            + inside
            + self.choice.choice(("}}", " }}", " -}}", "\t}}") if self.often() else ("-}}", "}"))
        )

    def often(self) -> bool:
        """Whether to do what is right."""
        return self.choice.random() < 0.995

    def pipeline(self, depth: int) -> str:
        first = self.command(depth)
        more = [self.command(depth, piped=True) for _ in range(self.choice.choice((0, 0, 1, 2)))]
        return self.choice.choice((" | ", "|", "| ")).join((first, *more))

    def command(self, depth: int, *, piped: bool = False) -> str:
        if not piped and self.choice.random() < 0.4:
            return self.operand(depth)
        name = self.choice.choice(UNKNOWN if self.choice.random() < 0.005 else FUNCTIONS)
        return " ".join((name, *(self.operand(depth) for _ in range(self.choice.randrange(4)))))

    def operand(self, depth: int) -> str:
        match self.choice.randrange(8):
            case 0 | 1:
                return self.choice.choice(VARIABLES[:5] if self.often() else VARIABLES)
            case 2:
                return self.choice.choice((".", ".Labels", ".Value", ".Labels.job", ".a.b", "$.Value"))
            case 3 if depth:
                return f"({self.pipeline(depth - 1)}){self.choice.choice(('', '.a', '.Labels.job'))}"
            case 4:
                return self.choice.choice(RIGHT if self.often() else LITERALS)
            case 5:
                return self.choice.choice(FUNCTIONS) + self.choice.choice(("", "", ".a"))
            case _:
                return self.choice.choice(('"a"', "1", "true", "`b`", "1.5"))


def mutated(text: str, choice: random.Random) -> str:
    """Return *text* with one to three tokens lost, added, replaced or swapped."""
    return slipped(TOKEN.findall(text), EXTRA, choice)
