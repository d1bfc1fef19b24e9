"""kubernetes_mixin: names that the recording rules of the Kubernetes mixin record, read from a git checkout.

Its dashboards read them, and are often linted without the rules. What a rule records is known where the rules are linted, too.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.knowledge.recipes._repository import repository

NAME = "kubernetes_mixin"
REPOSITORY = "kubernetes-monitoring/kubernetes-mixin"
_RECORD = re.compile(r"\s*record: '([a-zA-Z_:][a-zA-Z0-9_:]*)',?$")


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    del work
    clone = repository(source, REPOSITORY)
    found: dict[str, dict[str, object]] = {}
    for path, text in clone.files("HEAD", r"rules/.*\.libsonnet$").items():
        for number, line in enumerate(text.splitlines(), 1):
            if (one := _RECORD.match(line)) is not None:
                family = {"name": one[1], "type": "recorded", "declared": f"{path}:{number}"}
                found.setdefault(one[1], family)
    return {
        "name": NAME,
        "version": "master",
        "source": f"https://github.com/{REPOSITORY}",
        "how": "names of the recording rules; what they mean is known where the rules are linted, too",
        "prefixes": {"node_namespace_pod_container:": "open"},
        "families": list(found.values()),
    }
