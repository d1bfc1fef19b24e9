"""``signalproof lint``: every query against the catalogue."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signalproof.cli.complaint import complain
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.files import is_there
from signalproof.text import shown as shown_as
from signalproof.text_files import STDIN

if TYPE_CHECKING:
    from signalproof.cli.project import Project
    from signalproof.lint.finding import Report
    from signalproof.lint.sources import Sources
    from signalproof.promql.query import Query


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
            metavar="REF",
            help="Catalogue file, dump or URL of /metrics, metadata or series JSON, EXPORTER[@VERSION], module[:attribute]; "
            "several are taken together.",
        ),
    ] = None,
    prometheus: Annotated[
        str,
        typer.Option(
            metavar="URL", help="A running Prometheus: what it has of the metrics that are queried."
        ),
    ] = "",
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="What no source lists does not exist: dumps show everything there is."
        ),
    ] = False,
    external: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Names of metrics that somebody else emits.")
    ] = None,
    target_labels: Annotated[
        str,
        typer.Option(
            help="Labels that the scrape adds, with commas between, or kubernetes; by default what is usual may be there."
        ),
    ] = "",
    no_catalogue: Annotated[
        bool,
        typer.Option(
            "--no-catalogue", help="Say nothing about names: only what is wrong with any catalogue."
        ),
    ] = False,
    no_bundled: Annotated[
        bool, typer.Option("--no-bundled", help="Do not use what is known of public exporters.")
    ] = False,
    expressions: Annotated[
        Path | None,
        typer.Option(help="Lint bare queries: one per line, or JSON lines with expr, legend, unit, title."),
    ] = None,
    format: Annotated[  # noqa: A002  # the option's name
        str,
        typer.Option(
            help="full, concise, json, json-summary (with what was proven), sarif, github, gitlab or junit."
        ),
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
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Names or paths of files and folders that are not read."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Leave out the findings of this file; written from this run where it is missing."),
    ] = None,
    fail_on: Annotated[FailOn | None, typer.Option(help="The mildest severity that fails.")] = None,
    dialect: Annotated[
        str,
        typer.Option(
            help="prometheus or metricsql; by default what the configuration and the data source say."
        ),
    ] = "",
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Say panel by panel what could be proven, and name what nobody knows and what was not read.",
        ),
    ] = False,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Prove every query against the catalogue; exit 1 when something is wrong."""
    from signalproof.cli.fixing import fixed, folders_of, write
    from signalproof.cli.project import load_project
    from signalproof.cli.summary import nothing_read, reading, summary, unread
    from signalproof.cli.targets import labels_of_targets
    from signalproof.cli.world import Wish, evaluated, told, world
    from signalproof.lint.baseline import baseline_of, fingerprint, read_baseline
    from signalproof.lint.expressions import read_expressions
    from signalproof.lint.project import lint
    from signalproof.lint.sources import read

    writer = _format(format)
    shown = None
    if emitted:
        from signalproof.cli.references import exposed

        shown = exposed(emitted)
    project = told(load_project(config), external or (), _codes(target_labels), dialect)
    foreign = bool(paths) or expressions is not None
    root = project.config.root
    wish = Wish(catalogue or (), no_catalogue, no_bundled, complete, foreign, prometheus)
    excluded = (*project.config.lint.exclude, *(exclude or ()))

    def collected(instead: "Mapping[Path, bytes]") -> "tuple[Sources, list[Query]]":
        files = [one for one in paths or () if not instead or one != STDIN]  # which is read once
        bare = read_expressions(expressions) if expressions and not (instead and expressions == STDIN) else ()
        found = read(files, skip_others=skip_others, exclude=excluded, instead=instead)
        queries = [*found.queries, *bare]
        return found, evaluated(queries, found.setup) if found.setup.scrapings else queries

    found, queries = collected({})
    if paths and not (found.files or found.broken or skip_others):
        raise nothing_read(paths, found)
    known = read_baseline(baseline) if baseline and is_there(baseline) else frozenset[str]()

    def linted(
        wish: Wish, found: "Sources", queries: "list[Query]", *, whole: bool = False
    ) -> "tuple[Report, Project]":
        exposition, knowledge, here = world(
            project, wish, lambda: queries if foreign else project.queries(), found.setup
        )
        report = lint(
            queries if foreign else here.queries(),
            exposition,
            select=() if whole else _codes(select),
            ignore=() if whole else _codes(ignore),
            config=here.config,
            dashboards=found.dashboards,
            baseline=frozenset() if whole else known,
            catalogue=None if foreign or no_catalogue else here.catalogue,
            emitted=shown,
            knowledge=knowledge,
            foreign=foreign,
            rule_files=found.rules,
            setup=found.setup,
        )
        return report, here

    report, project = linted(wish, found, queries)
    of_targets = frozenset[str]()
    if foreign and "target_labels" not in project.config.said:
        of_targets = labels_of_targets(report.findings, project.config.dialect)
        if of_targets:
            wish = replace(wish, assumed=of_targets)
            report, project = linted(wish, found, queries)
    if baseline and not is_there(baseline):
        write(baseline, baseline_of(report.findings, found.broken).encode(), folders_of([baseline], root))
        count = len(report.findings) + len(found.broken)
        typer.echo(f"wrote {shown_as(baseline)}: {count} findings are known from now on", err=True)
        return
    new = [one for one in found.broken if fingerprint(one) not in known]
    report = replace(
        report,
        baselined=report.baselined + len(found.broken) - len(new),
        reading=found.figures() if paths else {},
    )
    if fix:
        report = fixed(
            report,
            lambda files: linted(wish, *(collected(files) if files else (found, queries)), whole=True)[0],
            folders_of(paths or (), root),
        )
    typer.echo(writer(report), nl=False)
    for broken in new:
        complain(broken)
    for line in (*unread(found), *reading(found, verbose=verbose)):
        typer.echo(line, err=True)
    typer.echo(
        summary(
            report,
            foreign=foreign,
            sources=bool(catalogue or project.config.catalogue),
            verbose=verbose,
            labels_said="target_labels" in project.config.said,
            assumed=sorted(of_targets),
        ),
        err=True,
    )
    if report.fails(fail_on or project.config.lint.fail_on) or new:
        raise typer.Exit(1)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (code.strip() for code in text.split(","))))


def _format(name: str) -> "Callable[[Report], str]":
    from signalproof.lint.report import FORMATS, WHOLE

    if name in WHOLE:
        return WHOLE[name]
    if name not in FORMATS:
        known = (*FORMATS, *WHOLE)
        raise SignalproofError(
            f"no format is called {name!r}",
            did_you_mean(name, known, f"formats: {', '.join(known)}"),
            where=Location("--format"),
        )
    return lambda report: FORMATS[name](report.findings)
