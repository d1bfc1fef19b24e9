"""``[tool.signalproof]`` in ``pyproject.toml``: the one source of configuration."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from signalproof.config_values import LONGEST, Written, shortened
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.presets import preset, with_presets
from signalproof.text_files import read_text
from signalproof.versions import check_version

Seconds: TypeAlias = float
"""Written as a duration: ``"15s"``."""
Names: TypeAlias = tuple[str, ...]
"""Written as a list, or as the only one of them."""
_MAX_BYTES: Final = 1_000_000
"""Most bytes of a configuration file; large ones of real projects have 50,000."""


_MANY_PARTS: Final = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){60}")
"""A dotted key that takes the reader of TOML time that grows with the square of its parts."""


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
    job: Names = ()
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
    scrape_interval: Seconds = 15.0
    retention: Seconds = 15 * 86400.0
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
    if (long := _MANY_PARTS.search(text)) is not None:
        line = text.count("\n", 0, long.start()) + 1
        raise SignalproofError(
            "not read: a key of very many parts", "give it fewer dots", where=Location(str(file), line)
        )
    try:
        whole = tomllib.loads(text)
    except RecursionError:
        raise SignalproofError("not read: nested too deep", "flatten it", where=Location(str(file))) from None
    except ValueError as error:  # TOMLDecodeError, or a whole number of more digits than Python reads
        line = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else 0
        raise SignalproofError(
            f"not valid TOML: {error}", "mend the line", where=Location(str(file), line)
        ) from None
    written = Written(file, text)
    if "signalproof" not in written.table(whole, "tool", "write a table: [tool.signalproof]", keep=True):
        return None
    table = written.table(whole["tool"], "signalproof", "write a table: [tool.signalproof]")
    linting = written.table(table, "lint", "write a table: [tool.signalproof.lint]")
    allow = _allowed(linting.pop("allow", {}), written)
    lint = LintConfig(allow=allow, **written.values(linting, LintConfig, {"allow"}))
    _one_of("fail_on", lint.fail_on, ("error", "warning", "info"), written)
    if isinstance(said := table.get("target_labels"), str):
        table["target_labels"] = [preset(said[:LONGEST], written.line_of("target_labels"))]
    services, metrics = (
        written.tables(table, key, f"write one table for each: [tool.signalproof.{key}.{example}]")
        for key, example in (("services", "planner"), ("metrics", '"shop_orders_total"'))
    )
    values = written.values(table, Config, {"root", "lint", "services", "metrics", "said"})
    check_version(values.get("prometheus", Config.prometheus), written.line_of("prometheus"))
    _one_of("dialect", values.get("dialect", Config.dialect), ("prometheus", "metricsql"), written)
    for key in ("scrape_interval", "retention"):
        if values.get(key) == 0:
            raise SignalproofError(f"{key} is no time at all", 'write "15s"', where=written.line_of(key))
    if "target_labels" in values:
        values["target_labels"], possible = with_presets(values["target_labels"])
        values["possible_labels"] = (*possible, *values.get("possible_labels", ()))
    return Config(
        root=file.resolve().parent,
        lint=lint,
        services={name: _service(name, one, written) for name, one in services.items()},
        metrics={
            name: MetricConfig(
                **written.values(one, MetricConfig, {"line"}), line=written.head("metrics", name)
            )
            for name, one in metrics.items()
        },
        said=frozenset(key.replace("-", "_") for key in table),
        **values,
    )


def _one_of(key: str, value: str, known: tuple[str, ...], written: Written) -> None:
    if value not in known:
        where = written.line_of(key) if written.line_of(key).line else written.line_of(key.replace("_", "-"))
        raise SignalproofError(
            f"{key} = {shortened(value)} is none",
            did_you_mean(value, known, f"give one of {', '.join(known)}"),
            where=where,
        )


def _allowed(table: object, written: Written) -> dict[str, dict[str, str]]:
    places: dict[str, Any] = table if isinstance(table, dict) else {"": table}
    for place, reasons in places.items():
        if not isinstance(reasons, dict) or not all(isinstance(one, str) for one in reasons.values()):
            raise SignalproofError(
                f"what is allowed at {shortened(place)} is of the wrong type",
                'write [tool.signalproof.lint.allow."dashboard.json"] and below it R001 = "the reason"',
                where=written.line_of("allow"),
            )
        for part in ([place], reasons, list(reasons.values())):
            written.check_size(part, "allow")
    return dict(places)


def _service(name: str, table: dict[str, Any], written: Written) -> Service:
    line = written.head("services", name)
    service = Service(**written.values(table, Service, ()))
    problem = ""
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", name):
        problem = "is no host name: write lower-case letters, digits and hyphens"
    elif not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", service.job) or not 0 < service.port < 65536:
        problem = 'must say which job it belongs to and its port: job = "ai_planner", port = 9464'
    elif wrong := [one for one in (service.database or "A", *service.environment) if not one.isidentifier()]:
        problem = f"names {shortened(wrong[0])}, which is no environment variable: give names, never values"
    if problem:
        said, _, remedy = problem.partition(": ")
        raise SignalproofError(
            f"service {shortened(name)} {said}", remedy, where=Location(str(written.file), line)
        )
    return service
