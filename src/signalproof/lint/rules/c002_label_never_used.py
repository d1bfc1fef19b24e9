"""C002: a label that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.lint.coverage import declaration, own_families, read_families, used_labels
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import panel
from signalproof.promql.ast import Span

_LABELS = {"region": LabelDomain("region"), "version": LabelDomain("version")}
_WORLD = Exposition({"workers": Series("workers", "workers", Role.GAUGE, _LABELS)})


class LabelNeverUsed(Rule[Everything]):
    """A metric is read, and one of its labels by no query: neither matched, grouped by, nor shown.

    Every value of a label is a series of its own. A label that nobody asks for multiplies the cost of the metric.
    """

    code = "C002"
    slug = "label-never-used"
    severity = "info"
    visits = (Everything,)
    closed = True
    default = False
    bad = ((Setting((panel("sum by (region) (workers)"),), _WORLD), "version"),)
    good = (Setting((panel("sum by (region, version) (workers)"),), _WORLD),)

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every label of a metric that is read by queries of which none names it or leaves it."""
        read = read_families(seen)
        for name, series in own_families(seen):
            if name not in read:
                continue  # C001 speaks of the whole metric
            used = set().union(*(used_labels(one) for one in read[name]))
            own = {label: domain for one in series for label, domain in one.labels.items()}
            for label, domain in sorted(own.items()):
                if label not in used | {"le", "quantile"} and domain.at_most != 1:
                    yield Problem(
                        f"no query asks for the label {label!r} of {name}",
                        "group by it or filter by it somewhere, or take it out",
                        Span(0, len(label)),
                        text=label,
                        part="label",
                        query=declaration(series[0]),
                    )
