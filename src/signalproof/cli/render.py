"""``signalproof render``: definitions to files."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.text import shown

if TYPE_CHECKING:
    from signalproof.cli.project import Project

_LONGEST_DIFF = 1_000_000
PARTS = ("grafana", "prometheus", "kubernetes", "docs")


class Form(StrEnum):
    """The form of a dashboard file: only the classic one is read by Grafana's file provisioning everywhere.

    ``k8s`` is the same model as a resource of Grafana's API, ``v2`` a resource in schema v2, for Grafana 13 and later.
    """

    CLASSIC = "classic"
    K8S = "k8s"
    V2 = "v2"


def run(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; show what would change; exit 1 if anything.")
    ] = False,
    only: Annotated[str, typer.Option(help=f"Parts to render, with commas between: {','.join(PARTS)}.")] = "",
    form: Annotated[
        Form,
        typer.Option(
            help="Form of the dashboard files: classic for file provisioning, k8s and v2 for Grafana's API."
        ),
    ] = Form.CLASSIC,
    out: Annotated[Path | None, typer.Option(help="Folder to write instead of the configured one.")] = None,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Render dashboards, rules, provisioning files and reference pages; refuse if a query is wrong."""
    from signalproof.cli.project import load_project
    from signalproof.lint.finding import Severity
    from signalproof.lint.project import lint
    from signalproof.lint.report.full import full
    from signalproof.render.files import apply, compare

    project = load_project(config)
    parts = _parts(only)
    report = lint(project.queries(), project.exposition, config=project.config)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        typer.echo(full(errors), err=True, nl=False)
        raise SignalproofError(
            f"{len(errors)} {'query is' if len(errors) == 1 else 'queries are'} wrong; nothing was written",
            "correct the lines above, or see `signalproof explain CODE`",
        )
    root = project.config.root
    tree = rendered(project, parts, form, out)
    files, gone = tree.files, tree.gone
    if check:
        changes = compare(root, files, gone)
        for change in changes:
            typer.echo(shown(change.diff, lines=True, at_most=_LONGEST_DIFF), nl=False)
        if changes:
            typer.echo(
                f"{len(changes)} of {len(files)} files are stale; run `signalproof render` and commit",
                err=True,
            )
            raise typer.Exit(1)
        typer.echo(f"{len(files)} files are up to date", err=True)
        return
    changes = apply(root, files, gone, tree.announced)
    for change in changes:
        typer.echo(f"{'removed' if change.new is None else 'wrote'} {shown(change.path)}", err=True)
    typer.echo(f"{len(files)} files, {len(changes)} changed", err=True)


@dataclass(frozen=True)
class Tree:
    """What `render` makes of a project.

    Attributes:
        files: Path below the project's root → content.
        gone: Paths of files that were written once and should be there no more.
        announced: The manifest as it is while the files are written.
    """

    files: Mapping[str, bytes]
    gone: tuple[str, ...]
    announced: Mapping[str, bytes]


def rendered(
    project: "Project", parts: frozenset[str], form: Form = Form.CLASSIC, out: Path | None = None
) -> Tree:
    """Return the files of a project.

    Raises:
        SignalproofError: A definition is broken, or the output folder does not lie in the project.
    """
    from signalproof.cli.pages import pages
    from signalproof.dashboard.model import check_together
    from signalproof.render.grafana import dashboard_json
    from signalproof.render.manifest import NAME, everything, manifest
    from signalproof.render.places import places_of
    from signalproof.render.provisioning import provisioning_files

    check_together(project.dashboards)
    config = project.config
    folder = _folder(project, out)
    made: dict[str, bytes] = {}
    if "grafana" in parts:
        for path, dashboard in places_of(project.dashboards).items():
            made[path] = dashboard_json(
                dashboard, project.exposition, form=form.value, scrape_interval=config.scrape_interval
            )
    others = provisioning_files(config, project.dashboards, project.rules)
    made |= {path: data for path, data in others.items() if _part(path) in parts}
    listed, gone = manifest(config.root / folder, made, lambda path: _part(path) in parts)
    files = {f"{folder}/{path}": data for path, data in {**made, NAME: listed}.items()}
    if "docs" in parts:
        files |= pages(project)
    _check_apart(files)
    return Tree(
        files,
        tuple(f"{folder}/{path}" for path in gone),
        {f"{folder}/{NAME}": everything(config.root / folder, made)},
    )


def _check_apart(files: Mapping[str, bytes]) -> None:
    """Raise where two of *files* are one on a file system that does not tell capital letters from small ones."""
    taken: dict[str, str] = {}
    for path in files:
        other = taken.setdefault(path.casefold(), path)
        if other != path:
            raise SignalproofError(
                f"{other} and {path} are one file where capital letters do not count",
                "give one of them a name that differs in more than that",
                where=Location(path),
            )


def _parts(only: str) -> frozenset[str]:
    chosen = frozenset(filter(None, only.split(","))) or frozenset(PARTS)
    for part in chosen - frozenset(PARTS):
        raise SignalproofError(
            f"no part is called {part!r}",
            did_you_mean(part, PARTS, f"parts: {', '.join(PARTS)}"),
            where=Location("--only"),
        )
    return chosen


def _part(path: str) -> str:
    """Return the part a provisioning file belongs to; compose.yaml starts the Prometheus that the rules are for."""
    first = path.partition("/")[0]
    return first if first in PARTS else "prometheus"


def _folder(project: "Project", out: Path | None) -> str:
    root = project.config.root.resolve()
    folder = (root / (out or project.config.out)).resolve()
    if not folder.is_relative_to(root) or folder == root:
        raise SignalproofError(
            f"the output folder {folder} does not lie inside the project {root}",
            "choose a folder below the one of the pyproject.toml",
            where=Location("--out" if out else str(root / "pyproject.toml")),
        )
    return folder.relative_to(root).as_posix()
