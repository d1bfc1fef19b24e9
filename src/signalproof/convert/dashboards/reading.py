"""The dashboards of a file, as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from signalproof.convert.dashboards.normal import check_version
from signalproof.dashboard.foreign import dashboards, read_trees
from signalproof.documents import Table
from signalproof.errors import Location, SignalproofError

Json: TypeAlias = dict[str, Any]


def dashboards_in(path: Path) -> Iterator[Json]:
    """Yield the classic models in the file *path*: bare, in the envelope of Grafana's API, or in a ConfigMap.

    Raises:
        SignalproofError: The file cannot be read, holds no dashboard, or one that is too old or of schema v2.
    """
    where, found = Location(str(path)), False
    trees = read_trees(path)
    for tree in trees:
        if isinstance(tree, Table) and ("elements" in tree or "elements" in tree.table("spec")):
            raise SignalproofError(
                "a dashboard of schema v2, whose layout is not read yet",
                "export it as classic: Share, Export, model Classic",
                where=where,
            )
    for one in dashboards(trees, str(path)):
        spec: Json = json.loads(json.dumps(one.spec))
        check_version(spec, where)
        found = True
        yield spec
    if not found:
        raise SignalproofError(
            "no dashboard in this file",
            "give the JSON that Grafana exports: Share, Export, Save to file",
            where=where,
        )
