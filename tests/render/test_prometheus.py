from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import Job, labels
from signalproof.catalogue.metric import Counter
from signalproof.promql.build import promql, rate
from signalproof.promql.parser import parse
from signalproof.render.prometheus import expression_text, rule_files, unit_test_files
from signalproof.render.yaml_text import Block, to_yaml
from signalproof.rules.alert import Alert
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.group import RuleGroup
from signalproof.rules.recording import RecordingRule
from signalproof.rules.scenario import Scenario, counts, fires, silent
from signalproof.rules.severity import Severity

ORDERS: Counter[Any] = Counter("shop_orders_total", "Orders taken.", labels())
PER_SECOND = RecordingRule(
    "job:shop_orders:rate5m", rate(ORDERS, by=Job, window="5m"), "Orders per second.", labels={"team": "shop"}
)
MANY = Alert(
    "ManyOrders",
    (PER_SECOND.value() > 1).and_(PER_SECOND.value() < 9),
    for_="2m",
    severity=Severity.PAGE,
    summary="{value} orders in {job}",
    description="More: than \"usual\" - 'or' #not",
    runbook="docs/runbook.md#orders",
    owner="shop",
)
STEADY = Scenario(
    "orders come in",
    (counts(ORDERS, Job("web"), per_minute=120.0),),
    (silent(MANY, "1m"), fires(MANY, "10m", 2.0, Job("web"), *[])),
)
GROUP = RuleGroup(
    "shop",
    (PER_SECOND, MANY),
    interval="1m",
    file="shop-rules",
    scenarios=(STEADY,),
    notes=("Nothing is left out.",),
)


@pytest.fixture(scope="module")
def rules() -> CheckedRules:
    return check_rules([GROUP], Catalogue.of_entries([ORDERS]).exposition())


def test_a_rule_file_says_where_it_comes_from(rules: CheckedRules) -> None:
    (text,) = rule_files(rules, Path(__file__).parents[2]).values()
    assert text.startswith(
        b"# Written by `make dashboards` from tests/render/test_prometheus.py; edit there.\n# Nothing is left out.\n"
    )


def test_a_rule_file_holds_what_was_declared(rules: CheckedRules) -> None:
    files = rule_files(rules, Path())
    assert list(files) == ["prometheus/rules/shop-rules.yml"]
    (group,) = yaml.safe_load(files["prometheus/rules/shop-rules.yml"])["groups"]
    assert group["name"] == "shop"
    assert group["interval"] == "1m"
    recording, alert = group["rules"]
    assert recording == {
        "record": "job:shop_orders:rate5m",
        "expr": "sum by (job) (rate(shop_orders_total[5m]))",
        "labels": {"team": "shop"},
    }
    assert alert == {
        "alert": "ManyOrders",
        "expr": "job:shop_orders:rate5m > 1\nand\njob:shop_orders:rate5m < 9",
        "for": "2m",
        "labels": {"severity": "page", "owner": "shop"},
        "annotations": {
            "summary": "{{ $value | humanize }} orders in {{ $labels.job }}",
            "description": "More: than \"usual\" - 'or' #not",
            "runbook": "docs/runbook.md#orders",
        },
    }


def test_a_scenario_becomes_a_unit_test_with_the_words_that_are_expected(rules: CheckedRules) -> None:
    files = unit_test_files(rules, Path())
    test = yaml.safe_load(files["prometheus/tests/shop-rules.yml"])
    assert test["rule_files"] == ["../rules/shop-rules.yml"]
    assert test["group_eval_order"] == ["shop"]
    (one,) = test["tests"]
    assert one["input_series"] == [{"series": 'shop_orders_total{job="web"}', "values": "0 120+120x9"}]
    quiet, firing = one["alert_rule_test"]
    assert (quiet["eval_time"], quiet["exp_alerts"]) == ("1m", [])
    assert firing["exp_alerts"][0]["exp_annotations"]["summary"] == "2 orders in web"
    assert firing["exp_alerts"][0]["exp_labels"] == {"job": "web", "severity": "page", "owner": "shop"}


def test_the_same_rules_give_the_same_bytes(rules: CheckedRules) -> None:
    again = check_rules([GROUP], Catalogue.of_entries([ORDERS]).exposition())
    assert rule_files(rules, Path()) == rule_files(again, Path())
    assert unit_test_files(rules, Path()) == unit_test_files(again, Path())


def test_groups_of_one_file_stand_in_the_order_of_declaration() -> None:
    second = RuleGroup(
        "a-later-one",
        (RecordingRule("job:shop_orders:rate1m", rate(ORDERS, by=Job, window="1m"), "x"),),
        file="shop-rules",
    )
    both = check_rules([GROUP, second], Catalogue.of_entries([ORDERS]).exposition())
    (text,) = rule_files(both, Path()).values()
    assert [one["name"] for one in yaml.safe_load(text)["groups"]] == ["shop", "a-later-one"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a > 1", 1),
        ("a > 1 and b", 3),
        ("a and b and c", 5),
        ("a or b or c", 5),
        ("(a or b) and c", 3),
        ("a and (b or c)", 3),
        ("a or b and c", 3),
        ("a unless (b or c)", 3),
        ("a and (b and c)", 3),
        ("(a and b) unless c", 5),
        ("a unless b and c > 1", 5),
        ("a or b or c and d", 5),
        ("a and on (x) b", 1),
        ("(a and on (x) b) and c", 3),
        ("(a > 1 and b < 2) or absent(c)", 3),
        ("sum(a and b)", 1),
    ],
)
def test_an_expression_of_several_lines_means_the_same(text: str, lines: int) -> None:
    node = promql(text).node
    shown = expression_text(node)
    assert len(shown.splitlines()) == lines
    assert parse(shown) == node


@pytest.mark.parametrize(
    "data",
    [
        {"a": Block("one\ntwo"), "b": [1, {"c": "x: y"}]},
        {"text": Block('{\n  "a": 1\n}\n')},
        {"same": (shared := {"k": "v"}), "again": shared},
        {"empty": [], "none": {}, "true": "true", "number": "1.0", "unit": "µs ≤ 3", "long": "word " * 100},
    ],
)
def test_yaml_is_read_back_as_it_was_written(data: dict[str, Any]) -> None:
    text = to_yaml([data], ["A header."])
    assert text.startswith(b"# A header.\n")
    assert b"&id" not in text
    assert yaml.safe_load(text) == data
