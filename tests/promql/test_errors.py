"""What is refused: where the error points, what it says, and what it advises."""

from __future__ import annotations

import pytest

from signalproof.errors import SignalproofError
from signalproof.promql.parser import PromQLSyntaxError, parse


def refused(text: str) -> PromQLSyntaxError:
    with pytest.raises(PromQLSyntaxError) as caught:
        parse(text, ("job",))
    return caught.value


def test_a_syntax_error_is_a_mistake_of_a_person() -> None:
    assert isinstance(refused("("), SignalproofError)


@pytest.mark.parametrize(
    ("text", "marked", "message", "advice"),
    [
        # the classic slips
        ("histogram_quantile(0.9, x) by (le)", "by", "expected an operator or the end", "is a function, not an aggregation"),
        ("sum(rate(x[5m])", "", "the text ends", "a ')' is missing"),
        ("x[5m", "", "the text ends", "a ']' is missing"),
        ("x{a='b'", "", "the text ends", "a '}' is missing"),
        ("sum(x))", ")", "expected an operator or the end", "closes nothing"),
        ("x by (job)", "by", "expected an operator", "`by` follows an aggregation"),
        ("rate(x[5m] by (job)", "by", "expected ',' or ')'", "`by` follows an aggregation"),
        ("by (x)", "by", "there is no function by", "is a modifier"),
        ("sum by job (x)", "job", "expected '('", "by (job, instance)"),
        ("x = 1", "=", "expected an operator", "`==`"),
        ("x === 1", "=", "expected an expression", "`==`"),
        ("x <> 1", ">", "expected an expression", "`!=`"),
        ("x && y", "&", "expected an operator", "`and`"),
        ("x || y", "|", "expected an operator", "`or`"),
        ("!x", "!", "expected an expression", "`unless`"),
        ("x;", ";", "expected an operator", "without a semicolon"),
        ("x > 5 for 5m", "for", "expected an operator", "in the rule"),
        ("http.requests", ".", "expected an operator", '{"http.requests"}'),
        ("x{a=“b”}", "“", "expected a value in quotes", "another character"),
        ("x — y", "—", "expected an operator", "type -"),
        ("x\u00a0+ y", "\u00a0", "expected an operator", "non-breaking space"),
        ("x\u200b", "\u200b", "expected an operator", "invisible"),
        # functions and aggregations
        ("rat(x[5m])", "rat", "there is no function rat", "did you mean 'rate'?"),
        ("Rate(x[5m])", "Rate", "there is no function", "lower case: rate"),
        ("mean(x)", "mean", "there is no function", "write avg"),
        ("$fn(x)", "$fn", "$fn is no Grafana variable here", "declare it"),
        ("$jab", "$jab", "no Grafana variable", "did you mean 'job'?"),
        ("rate(x)", "x", "rate takes a range vector here, not an instant vector", "give it a range: x[5m]"),
        ("rate(a + b)", "a + b", "takes a range vector", "(a + b)[5m:]"),
        ("avg(x[5m])", "x[5m]", "avg takes an instant vector here, not a range vector", "drop the range"),
        ("abs(x[1h:])", "x[1h:]", "abs takes an instant vector", "*_over_time"),
        ("abs(1)", "1", "not a scalar", "vector(1)"),
        ("clamp_max(x, y)", "y", "takes a scalar", "scalar(y)"),
        ("topk(x, 5)", "x", "topk takes a scalar here", "in this order: scalar, instant vector"),
        ("label_replace(x, a, '', '', '')", "a", "takes a string", 'in quotes: "a"'),
        ("count_values(5, x)", "5", "takes a string", 'in quotes: "5"'),
        ("sum()", "sum()", "takes 1 argument, not 0", "one instant vector"),
        ("topk(x)", "topk(x)", "takes 2 arguments, not 1", "a number first"),
        ("count_values(x)", "count_values(x)", "takes 2 arguments", "a label name first"),
        ("clamp(x, 1)", "clamp(x, 1)", "takes 3 arguments, not 2", "clamp(vector, scalar, scalar)"),
        ("round(x, 1, 2)", "round(x, 1, 2)", "takes 1 to 2 arguments", "round(vector, [scalar])"),
        ("label_join(x)", "label_join(x)", "takes at least 3 arguments", "label_join("),
        ("time(1)", "time(1)", "takes no argument", "time()"),
        ("sum(x,)", ")", "expected an expression", "no comma"),
        ("info(x, y)", "y", "expected label matchers in braces", "info()"),
        ("info(x, {a='b'} + 1)", "+", "expected ',' or ')'", ""),
        ("info(x, ({a='b'}))", "(", "expected label matchers in braces", "info()"),
        # operators
        ("x +", "", "expected an expression, but the text ends", ""),
        ("* x", "*", "expected an expression", ""),
        ("1 > 2", ">", "a comparison between two scalars needs bool", "> bool"),
        ("x + bool y", "+", "bool goes with a comparison", ""),
        ("x and 1", "and", "not with a scalar", "vector(1)"),
        ("x == 'a'", "'a'", "not a string", "label=\"…\""),
        ("x[5m] + 1", "x[5m]", "not a range vector", "rate(…)"),
        ("-x[5m]", "x[5m]", "a sign takes a scalar or an instant vector", ""),
        ("1 + on (a) x", "on (a)", "between instant vectors only", ""),
        ("1 + fill (0) x", "fill (0)", "between instant vectors only", ""),
        ("x and on (a) group_left y", "on (a) group_left", "group_left cannot go with and", "many to many"),
        ("x or fill (0) y", "fill (0)", "fill cannot go with or", ""),
        ("x / on (a) group_left (a) y", "a", "stands in on and in group_left", "leave it out"),
        ("x / group_left (a) y", "group_left", "expected an operand", "needs on (…) or ignoring (…)"),
        ("x / on (a) bool y", "bool", "expected an operand", "in this order"),
        ("x / fill (0) fill (1) y", "fill", "expected an operand", "in this order"),
        ("x / fill (a) y", "(", "expected a number in parentheses", "fill (0)"),
        ("x / on a y", "a", "expected '(' after on", "on (a, b)"),
        ("x / on (a) group_left (b + c)", "+", "expected ',' or ')'", "group_left ()"),
        ("x group_left y", "group_left", "expected an operator", "behind the operator"),
        ("x on (a) y", "on", "expected an operator", "behind an operator"),
        # ranges, offsets, times
        ("x[]", "]", "expected a duration", "[5m]"),
        ("x[1.5h]", "1.5h", "expected a duration", "1h30m"),
        ("x[5m1h]", "5m1h", "is not a duration", "from large to small"),
        ("x[0s]", "0s", "longer than 0", ""),
        ("x[-5m]", "-5m", "longer than 0", ""),
        ("x[1h:0s]", "0s", "longer than 0", ""),
        ("x[300y]", "300y", "longer than 292 years", ""),
        ("x[1h / 0]", "0", "division by zero", ""),
        ("x[steps()]", "steps", "no duration function", "step()"),
        ("x[# why\n5m]", "# why", "no comment", ""),
        ("x[5m:1m:1s]", ":1s", "expected ']'", ""),
        ("x[5m][5m]", "[5m]", "only a selector takes a range", "already"),
        ("rate(x[5m])[5m]", "[5m]", "only a selector takes a range", "[5m:]"),
        ("sum(x)[5m]", "[5m]", "only a selector takes a range", "sum(rate(x[5m]))"),
        ("x offset 1h [5m]", "[5m]", "the range stands before offset", "x[5m] offset 1h"),
        ("x @ end() [5m]", "[5m]", "the range stands before offset and @", "x[5m] offset 1h"),
        ("x offset step() [5m]", "[5m]", "the range stands before offset and @", "x[5m] offset 1h"),
        ("x[5m][1h:]", "x[5m]", "not of a range vector", ""),
        ("x offset 1m offset 1m", "offset 1m", "given twice", "keep one"),
        ("sum(x) offset 5m", "offset 5m", "follows a selector", "write it inside"),
        ("(x) offset 5m", "offset 5m", "follows a selector", "write it inside"),
        ("x @ 1 @ 2", "@ 2", "given twice", "keep one"),
        ("x @ Inf", "Inf", "out of bounds", ""),
        ("x @ now()", "now", "expected a Unix timestamp", ""),
        ("x[1h:] smoothed", "smoothed", "a subquery cannot be smoothed", ""),
        ("x anchored smoothed", "smoothed", "exclude each other", ""),
        ('sum by ("\\xff") (x)', '"\\xff"', "a label name is no UTF-8", ""),
        # selectors
        ("{}", "{}", "matches every series", "name a metric"),
        ("{a=''}", "{a=''}", "matches every series", ""),
        ('{a=~".*", b!="c"}', '{a=~".*", b!="c"}', "matches every series", ""),
        ('{a!~".+"}', '{a!~".+"}', "matches every series", ""),
        ("foo{__name__='bar'}", "__name__='bar'", "given twice: 'foo' and 'bar'", "keep one"),
        ("foo{'bar'}", "'bar'", "given twice", ""),
        ("x{a=='b'}", "=", "expected a value in quotes", "one \"=\""),
        ("x{a=b}", "b", "expected a value in quotes", 'label="value"'),
        ('x{a="b}', '"', "expected a value in quotes", 'no closing "'),
        ("x{a}", "}", "after the label name", ""),
        ("x{a='b' c='d'}", "c", "expected ',' or '}'", "a comma stands between"),
        ("x{a='b' or c='d'}", "or", "expected ',' or '}'", "no `or` between matchers"),
        ("x{,a='b'}", ",", "expected a label name", ""),
        ("x{1a='b'}", "1a", "expected a label name", ""),
        ("on{a='b'}", "on", "expected an expression", "a word of the language"),
        ("sum by (without) (x)", "without", "expected a label name", '"without"'),
        ("sum by ('') (x)", "''", "a label name is empty", ""),
        ("sum by (1) (x)", "1", "expected a label name", ""),
        # literals
        ("'abc", "'", "expected an expression", "no closing '"),
        ("'a\nb'", "'", "expected an expression", "no closing '"),
        (r"'\d'", r"\d", "unknown escape", "double the backslash"),
        (r"'\400'", r"\400", "names no character", ""),
        (r"'\ud800'", r"\ud800", "names no character", ""),
        ("'a\ufffd'", "\ufffd", "no valid UTF-8", ""),
        ("1e999", "1e999", "too large", ""),
        ("0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF", "64 bits", ""),
        ("1__0", "1__0", "expected an expression", "no number"),
        ("5mm", "5mm", "expected an expression", "no number"),
        ("", "", "expected an expression, but the text ends", ""),
        ("# nothing", "", "expected an expression, but the text ends", ""),
    ],
)  # fmt: skip
def test_an_error_points_at_the_fault_and_says_what_to_do(
    text: str, marked: str, message: str, advice: str
) -> None:
    error = refused(text)
    start, end = error.span
    assert text[start:end] == marked
    assert message in str(error)
    assert advice in error.help


def test_the_end_of_the_text_is_marked_where_something_is_missing() -> None:
    assert refused("sum(x  ").span == (5, 5)


def test_a_long_token_is_shown_short() -> None:
    assert len(str(refused("x " + "y" * 1000))) < 100
