"""``signalproof lint``: every query against the catalogue."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signalproof.cli.complaint import complain
from signalproof.errors import Location, SignalproofError, did_you_mean

if TYPE_CHECKING:
    from signalproof.catalogue.exposition import Exposition
    from signalproof.cli.project import Project
    from signalproof.lint.finding import Report
    from signalproof.lint.report import Format


class FailOn(StrEnum):
    """The mildest severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Dashboard JSON, rule YAML, ConfigMaps, or folders of them; none: the project itself."
        ),
    ] = None,
    catalogue: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REF", help="module[:attribute], exposition file, metadata JSON or URL of /metrics."
        ),
    ] = None,
    no_catalogue: Annotated[
        bool,
        typer.Option(
            "--no-catalogue", help="Say nothing about names: only what is wrong with any catalogue."
        ),
    ] = False,
    expressions: Annotated[
        Path | None,
        typer.Option(help="Lint bare queries: one per line, or JSON lines with expr, legend, unit, title."),
    ] = None,
    format: Annotated[  # noqa: A002  # the option's name
        str, typer.Option(help="full, concise, json, sarif, github, gitlab or junit.")
    ] = "full",
    emitted: Annotated[
        str,
        typer.Option(
            metavar="REF", help="What a program really exposed, a dump or a URL: is that what is declared?"
        ),
    ] = "",
    select: Annotated[str, typer.Option(help="Codes or their beginnings, with commas between.")] = "",
    ignore: Annotated[str, typer.Option(help="Codes or their beginnings to leave out.")] = "",
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the safe fixes into the files, and report what is left.")
    ] = False,
    skip_others: Annotated[
        bool,
        typer.Option("--skip-others", help="Pass over named files that are neither dashboards nor rules."),
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Leave out the findings of this file; written from this run where it is missing."),
    ] = None,
    fail_on: Annotated[FailOn | None, typer.Option(help="The mildest severity that fails.")] = None,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Prove every query against the catalogue; exit 1 when something is wrong."""
    from signalproof.cli.project import load_project
    from signalproof.cli.references import exposed
    from signalproof.lint.baseline import baseline_of, read_baseline
    from signalproof.lint.expressions import read_expressions
    from signalproof.lint.project import lint
    from signalproof.lint.sources import read
    from signalproof.render.files import apply

    writer = _format(format)
    project = load_project(config)
    foreign = bool(paths) or expressions is not None
    exposition = _exposition(project, catalogue or [], no_catalogue=no_catalogue, foreign=foreign)
    found = read(paths or [], skip_others=skip_others)
    if paths and not (found.files or found.broken or skip_others):
        raise SignalproofError(
            "neither a dashboard nor a rule file in there",
            "give dashboard JSON, rule YAML, or a folder of them",
            where=Location(" ".join(map(str, paths))),
        )
    queries = [*found.queries, *(read_expressions(expressions) if expressions else ())]
    report = lint(
        queries if foreign else project.queries(),
        exposition,
        select=_codes(select),
        ignore=_codes(ignore),
        config=project.config,
        dashboards=found.dashboards,
        baseline=read_baseline(baseline) if baseline and baseline.exists() else frozenset(),
        catalogue=None if foreign or no_catalogue else project.catalogue,
        emitted=exposed(emitted) if emitted else None,
    )
    if baseline and not baseline.exists():
        apply(baseline.resolve().parent, {baseline.name: baseline_of(report.findings).encode()})
        typer.echo(f"wrote {baseline}: {len(report.findings)} findings are known from now on", err=True)
        return
    if fix:
        report = _fixed(report)
    typer.echo(writer(report.findings), nl=False)
    for broken in found.broken:
        complain(broken)
    typer.echo(_summary(report), err=True)
    if report.fails(fail_on or project.config.lint.fail_on) or found.broken:
        raise typer.Exit(1)


def _exposition(
    project: "Project", references: list[str], *, no_catalogue: bool, foreign: bool
) -> "Exposition":
    """Return what exists: the given catalogues together, or the project's own, or nothing that anything is said about."""
    from signalproof.catalogue.exposition import Exposition
    from signalproof.cli.references import exposition_of

    if no_catalogue:
        return Exposition({}, complete=False)
    if references:
        labels = project.config.target_labels
        first, *rest = (exposition_of(reference, labels) for reference in references)
        for one in rest:
            first = first.with_series(one.series.values())
        return first
    if foreign and not project.config.catalogue:
        return Exposition({}, complete=False)
    return project.exposition


def _fixed(report: "Report") -> "Report":
    """Write the safe fixes, and return the report without what they mended."""
    from signalproof.lint.fixes import fixes
    from signalproof.render.files import apply

    found = fixes(report.findings)
    for file, data in found.files.items():
        apply(file.resolve().parent, {file.name: data})
        typer.echo(f"fixed {file}", err=True)
    return replace(report, findings=tuple(one for one in report.findings if one not in found.applied))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (code.strip() for code in text.split(","))))


def _format(name: str) -> "Format":
    from signalproof.lint.report import FORMATS

    if name not in FORMATS:
        raise SignalproofError(
            f"no format is called {name!r}",
            did_you_mean(name, FORMATS, f"formats: {', '.join(FORMATS)}"),
            where=Location("--format"),
        )
    return FORMATS[name]


def _summary(report: "Report") -> str:
    counts = ", ".join(
        f"{count} {severity}{'s' * (count != 1)}" for severity, count in report.counts.items() if count
    )
    text = f"{report.queries} queries: {counts or 'nothing wrong'}"
    text += f"; {report.suppressed} suppressed with a reason" if report.suppressed else ""
    return text + (f"; {report.baselined} in the baseline" if report.baselined else "")
