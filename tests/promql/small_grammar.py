"""Every short expression of a small grammar: what may follow what, exhaustively, and not only where it makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS


@dataclass(frozen=True)
class Part:
    """One part of the language.

    Attributes:
        forms: Where the words are put, for ``#``.
        tokens: The words.
        most: How many of them in a row.
        between: What stands between two.
    """

    forms: tuple[str, ...]
    tokens: tuple[str, ...]
    most: int
    between: str = " "

    def texts(self, less: int) -> Iterator[str]:
        """Yield every expression, with rows that are shorter by *less*, but one word at least."""
        for count in range(max(1, self.most - less) + 1):
            for row in product(self.tokens, repeat=count):
                words = self.between.join(row)
                for form in self.forms:
                    yield form.replace("#", words)


_OPERANDS: Final = (
    'x|x{a="b"}|{a="b"}|{"x"}|(x)|-x|1|NaN|"s"|sum(x)|rate(x[5m])|vector(1)|x + y|sum by (a) (x)|start|offset'
)
_SUFFIXES: Final = (
    "[5m]|[5m:]|[5m:1m]|offset 5m|offset -5m|offset 0s|offset 0|@ 1|@ -1|@ 0|@ start()|@ end()|anchored|smoothed|offset (5m)"
    "|offset step()|[5m+1m]|[0s]|offset (0s)|offset -step()|{a='b'}|@ 1e3|@ 5m|offset (1m+1m)|{}|by (a)"
)
_TIMES: Final = "5m|1|0|-|+|*|/|^|%|(|)|step()|range()|min_of(5m,1)|max(1,2)|x|0s|1.5|-1m|-1"
_MODIFIERS: Final = (
    "bool|on (a)|on ()|ignoring (a)|group_left|group_left (a)|group_left ()|group_right (b)|fill (0)|fill_left (1)"
    "|fill_right (-1)|fill (x)|fill|on|by (a)|fill(5m)|fill (NaN)|fill(-Inf)"
)
_OPERATORS: Final = "+|==|and|atan2|</|or|unless|^|>|=~|=|!|!=~|><"
_WORDS: Final = (
    "and or unless atan2 offset by without on ignoring group_left group_right bool start end step range min max min_of max_of"
    " anchored smoothed fill fill_left fill_right sum topk count_values limitk limit_ratio inf nan Inf NaN rate time info AND Sum"
    " BOOL Offset START FILL histogram_quantile true schema x pi group quantile _"
)
_OF_WORDS: Final = (
    """#|#{a='b'}|#{}|{#='b'}|{#!~'b'}|{#}|{"#"}|sum by (#) (x)|sum by (#,a) (x)|sum without (#) (x)|x + on (#) y"""
    """|x + ignoring (#,) y|x + on (a) group_left (#) y|x + on (a) group_right (#) #|#(x)|# (x)|#()|#(1)|#(x[5m])|#(1,x)"""
    """|# offset 5m|#[5m]|#[5m:]|# @ 1|x # y|x + #|# + x|# # #|-#|(#)|x offset #|x offset #()|x[#]|x[#()]|x[#(1,2)]|x[5m] #|x #"""
    """|x @ #|x @ #()|# by (a) (x)|# by (a) (1, x)|# (x) by (a)|#(1, x) by (a)|# without () (#)|x > # y|x > # (a) y|x > bool #"""
    """|x > # 1|#:a|a:#|#.a|sum(#)|sum(#, x)|#{} offset 5m|#{"x"}|x == #|x + fill(#) y|# > bool #|rate(#[5m])|sum(# by (a))"""
    """|sum # (x)|sum # (a) (x)|topk(#, x)|count_values(#, x)|# anchored|#[5m] anchored|# offset 5m anchored"""
)
_NUMBERS: Final = (
    "0x1F|0X1f|0b11|0o17|017|08|09|0_1|1_|1__0|_1|1e|1e+|1e1_0|0x|0x_1|0x1p3|0x1.8p3|1.|1..|1.e3|.e3|1e400|1e-400|-1e400|Inf|+Inf"
    "|-inf|infinity|nan|NaN1|1h30m|1m1h|1h1h|1.5h|1h5|5y|300y|1ms|1ms1s|0s|00|00x1|1d12h|1w1d|9223372036854775807|1e19|293y|292y"
    "|106751d|106752d|1_0m|1m_0|0x5m|0x5|1e3s|1e3m|1i|1s5|5ms|5mss|1y1w1d1h1m1s1ms|0xe+1|1E5|5µs"
)
_OF_NUMBERS: Final = (
    "#|-#|x[#]|x offset #|x offset -#|x @ #|x @ -#|x > #|x > bool #|topk(#, x)|x[5m:#]|x[#:]|x[#+1m]|x ^ #|#^2|x + fill(#) y|#x"
    "|vector(#)|x #|# x|#-1|#m"
)
_ESCAPES: Final = (
    r"\a|\b|\f|\n|\r|\t|\v|\\|\'|\"|\`|\0|\00|\000|\377|\400|\x4|\x41|\xff|\u00e9|\ud800|\U0001F600|\U00110000|\u12|\q|\ |é|\x|\8|\1"
    r"|\12|\777"
)
_OF_ESCAPES: Final = tuple(
    form.replace("'", quote)
    for quote in "\"'`"
    for form in ("'#'", "x{a='#'}", "x{a=~'#'}", "{'#'}", "x{'#'=''}", "sum by ('#') (x)", "x + on ('#') y")
)
_MATCHERS: Final = """a|=|!=|=~|!~|"x"|""|".*"|,|__name__|or|"m"|==|~|"__name__"|1"""
_WHOLE_MATCHERS: Final = (
    r"""a="b";a="";a!="b";a!="";a=~".*";a=~".+";a=~"";a!~".*";a!~"";__name__="m";__name__=~"m";__name__!="m";"m";'m';"a"="b";"""
    r""""a b"="c";__name__="";a=~"(";a=~"(?i)x";a=~"\\d";a=~"(?P<n>x)";a=~"(?=x)";a=~"x{1001}";a=~"[a";;a:b='c';a.b='c';1='a'"""
)
_LISTED: Final = 'a|,|"a"|by|1|a:b|a.b|(|)|__name__|""|"a b"|=|__'
_GROUPS: Final = "by (a)|without (a)|(x)|(1, x)|by|()|(x,)|(,x)|(\"s\", x)|offset 5m|[5m:]|by (a,)|by ()|(x[5m])|({a='b'})|(1)|(x, 1)|(x, y)"
_ARGUMENTS: Final = "x|1|\"s\"|x[5m]|{a='b'}|x[5m:]|-1|(x[5m])|('s')"
_SIGNS: Final = "-|+|1|x|^|*|(|)|!|==|bool|#|\n|;|2 |%|</|>/|[5m]|@1|offset 1m"


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


GRAMMAR: Final = {
    "modifiers": Part(("x #", '{"x"} #'), _split(_SUFFIXES), 3),
    "modified": Part(tuple(f"{one} #" for one in _split(_OPERANDS)), _split(_SUFFIXES), 2),
    "durations": Part(
        ("x[#]", "x offset #", "x[5m:#]", "x @ #", "x[#:]", "x offset # + y", "x[5m] offset #"),
        _split(_TIMES),
        3,
    ),
    "matching": Part(tuple(f"x {one} # y" for one in _split(_OPERATORS)), _split(_MODIFIERS), 2),
    "all matching": Part(tuple(f"x {one} # y" for one in ("+", "==", "and")), _split(_MODIFIERS), 3),
    "sides": Part(
        tuple(
            f"{left} {one} # {right}"
            for left, one, right in product(
                ("x", "1", '"s"', "x[5m]", "vector(1)"), _split(_OPERATORS), ("x", "1", "x[5m]", "-1")
            )
        ),
        _split(_MODIFIERS),
        1,
    ),
    "words": Part(_split(_OF_WORDS), tuple(_WORDS.split()), 1),
    "two words": Part(("#", "x # y", "x #", "# x", "{#='b'}", "sum(#)"), tuple(_WORDS.split()), 2),
    "digits": Part(("#", "x[#]", "x > #", "x @ #"), tuple("018.ex_ms-ahE+5"), 4, ""),
    "numbers": Part(_split(_OF_NUMBERS), _split(_NUMBERS), 1),
    "quotes": Part(("#", "x{a=#}"), tuple("\"'`\\an0x\nu{ \x23"), 4, ""),
    "escapes": Part(_OF_ESCAPES, _split(_ESCAPES), 1, ""),
    "two escapes": Part(('"#"', "'#'", "`#`"), _split(_ESCAPES), 2, ""),
    "matchers": Part(("{#}", "x{#}"), _split(_MATCHERS), 4),
    "whole matchers": Part(("{#}", "x{#}", "x{#,}"), tuple(_WHOLE_MATCHERS.split(";")), 2, ","),
    "alternatives": Part(("{#}",), tuple(_WHOLE_MATCHERS.split(";")), 2, " or "),
    "lists": Part(
        ("sum by (#) (x)", "x + on (#) y", "x + on (z) group_left (#) y", "x + on (a) group_left (#) y"),
        _split(_LISTED),
        4,
    ),
    "aggregations": Part(tuple(f"{one} #" for one in (*AGGREGATIONS, "rate")), _split(_GROUPS), 3),
    "calls": Part(tuple(f"{one}(#)" for one in FUNCTIONS), _split(_ARGUMENTS), 3, ","),
    "signs": Part(("#",), _split(_SIGNS), 4),
    "signs alone": Part(("#",), _split(_SIGNS), 4, ""),
}
"""Part of the language → its expressions. ``#`` in a form is where the words go, so a comment is a word of its own."""


def expressions(less: int = 0) -> dict[str, list[str]]:
    """Return every expression of the grammar by its part, each once, with rows shorter by *less*."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for name, part in GRAMMAR.items():
        texts = [one for one in dict.fromkeys(part.texts(less)) if one.strip() and one not in seen]
        seen.update(texts)
        found[name] = texts
    return found
