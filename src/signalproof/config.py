"""``[tool.signalproof]`` in ``pyproject.toml``: the one source of configuration."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from signalproof.durations import parse_duration
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.presets import preset, with_presets
from signalproof.text_files import read_text
from signalproof.toml_lines import line_of, table_line
from signalproof.versions import check_version

_MAX_BYTES: Final = 1_000_000
"""Most bytes of a configuration file; large ones of real projects have 50,000."""


@dataclass(frozen=True)
class LintConfig:
    """``[tool.signalproof.lint]``: what the lint looks for, and what is allowed in files that are not ours to change.

    Attributes:
        select: Codes or their prefixes; empty for those that are in force by default.
        ignore: Codes or their prefixes.
        fail_on: The mildest severity that fails.
        allow: Place → code → reason, from tables such as ``[tool.signalproof.lint.allow."nodes.json"]``. A place is a
            path, a file name, a dashboard's uid or rule group, or one of these with ``/`` and the panel's or rule's
            name; ``*`` stands for anything.
        required_matchers: Labels that every selector has to narrow down, where its series have them: ``job``.
        kept_labels: Labels that no aggregation and no join may lose: ``cluster``.
        exclude: Globs of names and paths of files that are not read: ``testdata``, ``charts/*/templates``.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"
    allow: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required_matchers: tuple[str, ...] = ()
    kept_labels: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """``[tool.signalproof.services.NAME]``: a process that is scraped; NAME is its host name in compose and Kubernetes.

    Attributes:
        job: Value of the label ``job``; services of one application share it.
        port: Where it serves ``/metrics``.
        command: What the container runs; empty for what the image runs by itself.
        database: Environment variable that takes the URL of the database; with one, compose.yaml brings PostgreSQL. The URL
            has no password: the file with it is named by ``SHOP_DATABASE_PASSWORD_FILE``, of ``SHOP_DATABASE_URL``.
        environment: Names of environment variables that are handed through from whoever starts it; never values.
    """

    job: str = ""
    port: int = 0
    command: tuple[str, ...] = ()
    database: str = ""
    environment: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetricConfig:
    """``[tool.signalproof.metrics."NAME"]``: a metric that another program emits; NAME may be a glob, ``shop_*``.

    What is said here is believed before any other source; what is not said is left to them.

    Attributes:
        type: ``counter``, ``gauge``, ``histogram``, ``summary``, ``info``, ``stateset`` or ``unknown``.
        unit: ``seconds``, ``bytes`` …, or a scaled one: ``milliseconds``, ``percent``.
        labels: Its own labels; with ``?`` behind one that some series lack. Without this key any label may exist.
        totals: Labels for which a series without the label holds the total of those with it.
        values: Label → every value it can have.
        buckets: Bounds as they stand in ``le``: ``"0.5"``.
        job: The jobs that emit it.
        monotonic: Whether it never falls except by a restart, though it is no counter.
        low: Smallest value it can have.
        high: Largest value it can have.
        line: Where the file says so; 0 when it was not read from one.
    """

    type: str = ""
    unit: str = ""
    labels: tuple[str, ...] | None = None
    totals: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    buckets: tuple[str, ...] = ()
    job: tuple[str, ...] = ()
    monotonic: bool = False
    low: float | None = None
    high: float | None = None
    line: int = 0


@dataclass(frozen=True)
class Config:
    """The configuration of a project; see docs/cli.md for each key.

    Attributes:
        root: Folder of the pyproject.toml; every path is relative to it.
        catalogue: ``module[:attribute]`` of the catalogue.
        dashboards: Folder of the dashboard definitions.
        rules: Module of the recording rules and alerts, or empty.
        out: Folder that `render` writes.
        docs: Folder that generated documentation pages are written to.
        scrape_interval: Seconds between two scrapes.
        retention: Seconds that Prometheus keeps samples.
        prometheus: Oldest Prometheus version that the queries must run on.
        dialect: ``prometheus``, or ``metricsql`` where VictoriaMetrics answers.
        target_labels: Labels that the scrape adds to every series. ``"kubernetes"``, alone or in the list, stands for
            ``job`` and ``instance`` and makes the labels of its service discovery possible ones: ``namespace``, ``pod``,
            ``container``, ``node``, ``service``, ``endpoint``.
        possible_labels: Labels that the scrape adds to some series; where there are any, no other one is.
        honor_labels: Names and globs of metrics whose own labels win over those of the target, as ``honor_labels``
            in the scrape configuration has it; of all others a label that the target has too is ``exported_…``.
        external: Names and globs of metrics that others emit: known, with open labels.
        metrics: Name or glob → what is known of a metric that others emit.
        services: Name → process that is scraped.
        lint: What the lint selects.
    """

    root: Path
    catalogue: str = ""
    dashboards: str = "dashboards"
    rules: str = ""
    out: str = "provisioning"
    docs: str = "docs"
    scrape_interval: float = 15.0
    retention: float = 15 * 86400.0
    prometheus: str = "2.42"
    dialect: str = "prometheus"
    target_labels: tuple[str, ...] = ("job", "instance")
    possible_labels: tuple[str, ...] = ()
    honor_labels: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    metrics: Mapping[str, MetricConfig] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    lint: LintConfig = field(default_factory=LintConfig)
    said: frozenset[str] = field(default=frozenset(), compare=False)
    """The keys that the file has; everything else is a default, and nobody's word."""


def load_config(file: Path | None = None) -> Config:
    """Return the configuration from *file*, or from the nearest ``pyproject.toml`` upwards that has one.

    Without any, the defaults hold, with the working directory as root.

    Raises:
        SignalproofError: The file is missing or no TOML, or a key or value in it is unknown or of the wrong type.
    """
    if file is None:
        here = Path.cwd()
        for folder in (here, *here.parents):
            candidate = folder / "pyproject.toml"
            if candidate.is_file() and (found := _read(candidate)) is not None:
                return found
        return Config(here)
    if not file.is_file():
        raise SignalproofError(
            f"no configuration file {file}", "give the path of a pyproject.toml", where=Location(str(file))
        )
    return _read(file) or Config(file.resolve().parent)


def _read(file: Path) -> Config | None:
    text = read_text(file, most=_MAX_BYTES)
    try:
        table = tomllib.loads(text).get("tool", {}).get("signalproof")
    except tomllib.TOMLDecodeError as error:
        line = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else 0
        raise SignalproofError(
            f"not valid TOML: {error}", "mend the line", where=Location(str(file), line)
        ) from None
    if table is None:
        return None
    found = table.pop("lint", {})
    allow = _allowed(found.pop("allow", {}), file, text)
    lint = LintConfig(allow=allow, **_checked(found, LintConfig, file, text))
    if isinstance(said := table.get("target_labels"), str):
        table["target_labels"] = [preset(said, line_of("target_labels", file, text))]
    services = table.pop("services", {})
    metrics = table.pop("metrics", {})
    for key, tables, example in (
        ("services", services, "planner"),
        ("metrics", metrics, '"shop_orders_total"'),
    ):
        if not isinstance(tables, dict) or not all(isinstance(one, dict) for one in tables.values()):
            raise SignalproofError(
                f"{key} is of the wrong type",
                f"write one table for each: [tool.signalproof.{key}.{example}]",
                where=line_of(key, file, text),
            )
    values = _checked(table, Config, file, text)
    check_version(values.get("prometheus", Config.prometheus), line_of("prometheus", file, text))
    if "target_labels" in values:
        values["target_labels"], possible = with_presets(values["target_labels"])
        values["possible_labels"] = (*possible, *values.get("possible_labels", ()))
    return Config(
        root=file.resolve().parent,
        lint=lint,
        services={name: _service(name, one, file, text) for name, one in services.items()},
        metrics={
            name: MetricConfig(
                **_checked(one, MetricConfig, file, text), line=table_line("metrics", name, text)
            )
            for name, one in metrics.items()
        },
        said=frozenset(key.replace("-", "_") for key in table),
        **values,
    )


def _allowed(table: object, file: Path, text: str) -> dict[str, dict[str, str]]:
    places: dict[str, Any] = table if isinstance(table, dict) else {"": table}
    for place, reasons in places.items():
        if not isinstance(reasons, dict) or not all(isinstance(one, str) for one in reasons.values()):
            raise SignalproofError(
                f"what is allowed at {place!r} is of the wrong type",
                'write [tool.signalproof.lint.allow."dashboard.json"] and below it R001 = "the reason"',
                where=line_of("allow", file, text),
            )
    return dict(places)


def _service(name: str, table: dict[str, Any], file: Path, text: str) -> Service:
    line = table_line("services", name, text)
    service = Service(**_checked(table, Service, file, text))
    problem = ""
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", name):
        problem = "is no host name: write lower-case letters, digits and hyphens"
    elif not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", service.job) or not 0 < service.port < 65536:
        problem = 'must say which job it belongs to and its port: job = "ai_planner", port = 9464'
    elif wrong := [one for one in (service.database or "A", *service.environment) if not one.isidentifier()]:
        problem = f"names {wrong[0]!r}, which is no environment variable: give names, never values"
    if problem:
        said, _, remedy = problem.partition(": ")
        raise SignalproofError(f"service {name!r} {said}", remedy, where=Location(str(file), line))
    return service


def _checked(
    table: dict[str, Any], shape: type[Config | LintConfig | Service | MetricConfig], file: Path, text: str
) -> dict[str, Any]:
    elsewhere = {"root", "lint", "services", "metrics", "said", "allow", "line"}
    known = {
        one.name: str(one.type).removesuffix(" | None") for one in fields(shape) if one.name not in elsewhere
    }
    values: dict[str, Any] = {}
    for key, value in table.items():
        name, where = key.replace("-", "_"), line_of(key, file, text)
        if name not in known:
            raise SignalproofError(
                f"unknown key {key!r} in [tool.signalproof]",
                did_you_mean(name, known, f"keys: {', '.join(known)}"),
                where=where,
            )
        if known[name] == "float" and shape is not MetricConfig:
            values[name] = parse_duration(value, where)
        elif known[name] == "float" and type(value) in (int, float):
            values[name] = float(value)
        elif (
            known[name].startswith("Mapping")
            and isinstance(value, dict)
            and all(map(_is_list, value.values()))
        ):
            values[name] = {key: tuple(one) for key, one in value.items()}
        elif name == "job" and shape is MetricConfig and isinstance(value, str):
            values[name] = (value,)
        elif known[name] in {"str", "int", "bool"} and type(value).__name__ == known[name]:
            values[name] = value
        elif known[name] == "tuple[str, ...]" and _is_list(value):
            values[name] = tuple(value)
        else:
            wanted = _WANTED.get(known[name], "a string")
            raise SignalproofError(f"{key} = {value!r} is of the wrong type", f"give {wanted}", where=where)
    return values


_WANTED = {
    "tuple[str, ...]": "a list of strings",
    "Mapping[str, tuple[str, ...]]": 'lists of strings by label: { status = ["ok", "failed"] }',
    "int": "a whole number",
    "bool": "true or false",
    "float": "a number",
}


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
