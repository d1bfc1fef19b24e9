"""Variables in the address of a link: which of them there can be."""

from __future__ import annotations

from signalproof.dashboard.addresses import IN_LINKS, PARTS, Link, Used
from signalproof.documents import Table
from signalproof.errors import did_you_mean
from signalproof.lint.fields import queried
from signalproof.lint.rule import Everything
from signalproof.lint.transformations import after_all


def variables_of(spec: Table) -> set[str]:
    """Return the names of the variables of a dashboard."""
    return {str(one.get("name")) for one in spec.table("templating").tables("list")}


def unknown(used: Used, link: Link, declared: set[str], spec: Table) -> tuple[str, str] | None:
    """Return what is wrong with a name that nobody declares, and with a part that one of Grafana's own does not have."""
    name = used.name
    if name in PARTS:
        parts = PARTS[name]
        if used.path and used.path[0] not in parts:
            written = ".".join((name, *used.path))
            return f"Grafana has no ${{{written}}}", did_you_mean(
                used.path[0], parts, f"it has {', '.join(f'${{{name}.{one}}}' for one in sorted(parts))}"
            )
        return None
    if name in declared or name in IN_LINKS or name.startswith("__cell"):
        return None
    if name.startswith("__"):
        hint = did_you_mean(name, IN_LINKS)
        return (f"Grafana has no variable {name}", hint) if hint else None
    hint = did_you_mean(name, declared)
    if (used.bare and not hint) or "templating" not in spec:
        return None
    return f"there is no variable ${name}: it stays in the address", hint or "declare it, or write a value"


def not_there(used: Used, link: Link, seen: Everything) -> tuple[str, str] | None:
    """Return what is wrong with a label or a field that the panel cannot have."""
    if len(used.path) < 2 or used.name not in ("__field", "__data"):
        return None
    name, before = used.path[1], queried(link.owner, seen)
    if used.name == "__field" and used.path[0] == "labels":
        known = before.labels
        if known is None or name in known or link.owner.tables("transformations"):
            return None
        return f"no series of the panel has a label {name!r}", did_you_mean(
            name, known, f"it has {', '.join(sorted(known)) or 'none'}"
        )
    fields = after_all(link.owner, before)
    if (
        used.name == "__data"
        and not name.isdigit()
        and not fields.may_have(name)
        and not _renamed(link.owner, name)
    ):
        return f"the panel has no field {name!r}", did_you_mean(name, fields.names, f"it has {fields.shown}")
    return None


def _renamed(panel: Table, name: str) -> bool:
    """Whether an override or a default calls a field so."""
    config = panel.table("fieldConfig")
    given = [
        one.get("value") for override in config.tables("overrides") for one in override.tables("properties")
    ]
    return name in given or bool(config.table("defaults").get("displayName"))
