"""``signalproof convert dashboard``: read all, check all, then write all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from signalproof.cli.project import Project, known_in
from signalproof.cli.round_trip import lost
from signalproof.config import load_config
from signalproof.convert.dashboards.package import Package, package_of
from signalproof.convert.dashboards.reading import dashboards_in
from signalproof.errors import Location, SignalproofError
from signalproof.render.files import apply
from signalproof.text import shown

_MOST = 10
"""Places of a dashboard that are named as lost."""


def convert(files: Sequence[Path], out: Path, folder: str, *, force: bool) -> None:
    """Write a package for each dashboard in *files* into *out*, and say what became of its panels.

    Raises:
        SignalproofError: A file holds none that can be read, two have one uid, a package is there already, or something
            of a dashboard would be lost; nothing is written then.
    """
    found: list[tuple[Path, dict[str, Any], Package]] = []
    names: Counter[str] = Counter()
    known = known_in(Project(load_config(None)))
    uids: dict[str, Path] = {}
    for file in files:
        for spec in dashboards_in(file):
            package = package_of(spec, file.stem, folder, known)
            names[package.name] += 1
            if names[package.name] > 1:
                package = Package(f"{package.name}_{names[package.name]}", package.files, package.kinds)
            _check_free(package, out, file, force=force)
            uid = str(spec.get("uid") or "")
            if uid and uids.setdefault(uid, file) != file:
                raise SignalproofError(
                    f"the uid {uid!r} is taken: {shown(str(uids[uid]))} has it, too",
                    "give one of the dashboards another uid, or leave one file out",
                    where=Location(str(file)),
                )
            found.append((file, spec, package))
    for file, spec, package in found:
        if missing := lost(package, spec):
            listed = ", ".join(missing[:_MOST])
            raise SignalproofError(
                f"{len(missing)} {'thing' if len(missing) == 1 else 'things'} of it would be lost: {listed}",
                "please report it, with the dashboard; leave this file out to convert the others",
                where=Location(str(file)),
            )
    written = {f"{one.name}/{name}": text.encode() for _, _, one in found for name, text in one.files.items()}
    out.mkdir(parents=True, exist_ok=True)
    apply(out, written)
    _say(found, out)


def _check_free(package: Package, out: Path, file: Path, *, force: bool) -> None:
    place = out / package.name
    if not force and place.exists():
        raise SignalproofError(
            f"{shown(str(place))} is there already",
            "give another folder with -o, or --force to write over it",
            where=Location(str(file)),
        )


def _say(found: Sequence[tuple[Path, dict[str, Any], Package]], out: Path) -> None:
    width = max(len("package"), *(len(shown(package.name)) for _, _, package in found))
    typer.echo(f"{'package':{width}}  panels  typed  as they are  lost")
    total: Counter[str] = Counter()
    for _, _, package in found:
        raw = sum(count for (kind, _), count in package.kinds.items() if kind == "raw")
        typed = sum(package.kinds.values()) - raw
        total.update(typed=typed, raw=raw)
        typer.echo(f"{shown(package.name):{width}}  {typed + raw:6}  {typed:5}  {raw:11}  {0:4}")
    kinds = Counter(
        kind
        for _, _, package in found
        for (one, kind), count in package.kinds.items()
        if one == "raw"
        for _ in range(count)
    )
    if kinds:
        typer.echo(
            f"as they are: {', '.join(f'{count} {shown(kind)}' for kind, count in kinds.most_common())}"
        )
    everything = total["typed"] + total["raw"]
    typer.echo(
        f"wrote {len(found)} package{'' if len(found) == 1 else 's'} into {shown(str(out))}: {total['typed']} of {everything} panels typed, nothing lost",
        err=True,
    )
