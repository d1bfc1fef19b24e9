from __future__ import annotations

import math
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, ONE, SECOND, Dimension
from signalproof.errors import SignalproofError
from signalproof.infer.value import Labels, Value
from signalproof.promql.build import promql
from signalproof.render.yaml_text import to_yaml
from signalproof.rules.alert import Alert
from signalproof.rules.annotations import (
    alert_annotations,
    expected_annotations,
    humanize,
    humanize_1024,
    humanize_duration,
    humanize_percentage,
    value_format,
)
from signalproof.rules.severity import Severity

BY_JOB = Labels({"job": LabelDomain("job")})
FORMATS: dict[str, Callable[[float], str]] = {
    "humanize": humanize,
    "humanize1024": humanize_1024,
    "humanizeDuration": humanize_duration,
    "humanizePercentage": humanize_percentage,
}
NUMBERS = [
    0.0, 1.0, -1.0, 0.5, 0.9999, 0.1234567, 0.000123, 1e-9, 3.2e-25, 12.0, 59.0, 60.0, 61.5, 999.0, 999.95, 1000.0,
    1023.0, 1024.0, 1025.0, 1536.0, 3599.0, 3600.0, 3661.0, 86399.0, 86400.0, 90061.0, 123456.0, 1234567.0,
    -1234567.0, 1e12, 1e27, 2e30, 0.0144, 0.65,
]  # fmt: skip


def alert(summary: str = "{value} in {job}", runbook: str = "docs/runbook.md#it") -> Alert:
    return Alert(
        "Something",
        promql("x > 1"),
        for_="5m",
        severity=Severity.PAGE,
        summary=summary,
        description="It is {value}.",
        runbook=runbook,
        owner="shop",
    )


def test_placeholders_become_templates() -> None:
    assert alert_annotations(alert(), Value(labels=BY_JOB)) == {
        "summary": "{{ $value | humanize }} in {{ $labels.job }}",
        "description": "It is {{ $value | humanize }}.",
        "runbook": "docs/runbook.md#it",
    }


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Value(unit=SECOND), "humanizeDuration"),
        (Value(unit=ONE, low=0.0, high=1.0), "humanizePercentage"),
        (Value(unit=ONE, low=0.0), "humanize"),
        (Value(unit=EVENT), "humanize"),
        (Value(unit=Dimension.of({"byte": 1})), "humanize1024"),
        (Value(), "humanize"),
    ],
)
def test_the_unit_chooses_the_format(value: Value, wanted: str) -> None:
    assert value_format(value) == wanted


def test_an_address_is_a_runbook_url() -> None:
    assert "runbook_url" in alert_annotations(alert(runbook="https://example.org/x"), Value(labels=BY_JOB))


def test_a_label_that_no_series_has_is_refused_with_the_closest_one() -> None:
    with pytest.raises(SignalproofError, match="name the label 'jobs'") as raised:
        alert_annotations(alert("{jobs} is sad"), Value(labels=BY_JOB))
    assert raised.value.help == "did you mean 'job'?"
    assert raised.value.where is not None
    assert raised.value.where.file == __file__


def test_a_label_is_accepted_where_the_labels_are_not_known() -> None:
    assert "{{ $labels.team }}" in alert_annotations(alert("{team}"), Value())["summary"]


def test_a_template_written_by_hand_is_refused() -> None:
    with pytest.raises(SignalproofError, match="hold a template") as raised:
        alert_annotations(alert("{{ $value }}"), Value())
    assert "{value}" in raised.value.help


def test_what_a_firing_alert_says_is_known_beforehand() -> None:
    value = Value(unit=ONE, low=0.0, high=1.0, labels=BY_JOB)
    assert expected_annotations(alert(), value, 0.125, {"job": "web"})["summary"] == "12.5% in web"


@pytest.mark.parametrize("name", FORMATS)
def test_infinity_and_nan_are_told_as_such(name: str) -> None:
    unit = "%" if name == "humanizePercentage" else ""
    assert [FORMATS[name](one) for one in (math.inf, -math.inf, math.nan)] == [
        f"+Inf{unit}",
        f"-Inf{unit}",
        f"NaN{unit}",
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_are_formatted_as_prometheus_formats_them(name: str, promtool: str, tmp_path: Path) -> None:
    # a duration is turned into a 64-bit integer there, which overflows above
    numbers = [one for one in NUMBERS if name != "humanizeDuration" or abs(one) < 2**63]
    rules = [
        {
            "alert": f"N{index}",
            "expr": f"vector({number!r})",
            "annotations": {"is": f"{{{{ $value | {name} }}}}"},
        }
        for index, number in enumerate(numbers)
    ]
    tests = [
        {
            "eval_time": "1m",
            "alertname": f"N{index}",
            "exp_alerts": [{"exp_labels": {}, "exp_annotations": {"is": FORMATS[name](number)}}],
        }
        for index, number in enumerate(numbers)
    ]
    (tmp_path / "rules.yml").write_bytes(to_yaml([{"groups": [{"name": "numbers", "rules": rules}]}]))
    (tmp_path / "test.yml").write_bytes(
        to_yaml([{"rule_files": ["rules.yml"], "tests": [{"interval": "1m", "alert_rule_test": tests}]}])
    )
    done = subprocess.run(
        [promtool, "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
