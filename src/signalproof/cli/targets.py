"""Labels that no source has and that queries of several programs ask for: the scrape adds them, in all likelihood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from signalproof.infer.names import names_read
from signalproof.knowledge.site import first_word
from signalproof.lint.finding import Finding
from signalproof.lint.project import names_of_variables, tree_of
from signalproof.promql.parser import PromQLSyntaxError

_PROGRAMS = 3
"""Metrics of so many programs share no label but one of the target: ``node_load1``, ``mysql_up`` and ``go_threads``."""
_UNKNOWN_LABEL = "L001"


def labels_of_targets(findings: Iterable[Finding], dialect: str) -> frozenset[str]:
    """Return the labels that metrics of several programs are asked for and that none of them has, near misses apart.

    Args:
        findings: Of a lint that took no label for one of the target but the usual ones.
        dialect: Of queries that do not say theirs.
    """
    programs: dict[str, set[str]] = defaultdict(set)
    for one in findings:
        if one.code != _UNKNOWN_LABEL or one.help.startswith("did you mean"):
            continue
        tree = tree_of(one.query.text, names_of_variables(one.query), one.query.dialect or dialect)
        if not isinstance(tree, PromQLSyntaxError):
            programs[one.culprit].update(map(first_word, names_read(tree)))
    return frozenset(
        label for label, names in programs.items() if len(names) >= _PROGRAMS and label.isidentifier()
    )
