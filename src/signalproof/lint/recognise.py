"""What a file looks like that is neither a dashboard nor rules: named, with what to do about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A kind of file that is not read as it is.

    Attributes:
        name: What it is, with its article.
        remedy: What to do.
        template: Whether dashboards or rules come out of it: worth a word in a folder, too.
    """

    name: str
    remedy: str
    template: bool = False


HELM: Final = Kind("a Helm template", "render it first: helm template CHART | signalproof lint -", True)
JINJA: Final = Kind("a template", "render it first, and lint what comes out: … | signalproof lint -", True)
JSONNET: Final = Kind("jsonnet", "evaluate it first: jsonnet FILE | signalproof lint -", True)
DUMP: Final = Kind("a dump of /metrics", "give it with --catalogue, and the dashboards or rules as paths")
CATALOGUE: Final = Kind("a catalogue file", "give it with --catalogue, and the dashboards or rules as paths")
PYTHON: Final = Kind("Python", "definitions are linted without a path, in the folder of their pyproject.toml")
PAGE: Final = Kind("a web page", "save the JSON or YAML itself")
OTHER: Final = Kind(
    "neither a Grafana dashboard nor Prometheus rules",
    "give dashboard JSON, a rule file, a PrometheusRule, Grafana-managed alert rules, a ConfigMap of these, or a folder",
)

# each is searched once, in linear time: nothing in them can match in more than one way
_MARKS: Final = (
    (
        HELM,
        re.compile(
            r"\{\{-?\s*(?:\.Values|\.Release|\.Chart|include|template|toYaml|if|range|with|define|end)\b"
        ),
    ),
    (JINJA, re.compile(r"\{%-?\s*\w|\{\{-")),
    (CATALOGUE, re.compile(r'\A\s*\{\s*"signalproof"\s*:')),
    (DUMP, re.compile(r"^# (?:TYPE|HELP) \S+ \S", re.MULTILINE)),
    (PAGE, re.compile(r"\A\s*<(?:!DOCTYPE|html|\?xml)", re.IGNORECASE)),
)
_BY_SUFFIX: Final = {".jsonnet": JSONNET, ".libsonnet": JSONNET, ".py": PYTHON, ".tpl": HELM}
_JSONNET: Final = re.compile(r"^[ \t]*local [A-Za-z_]\w* ?=|\bimport '[^'\n]*\.libsonnet'", re.MULTILINE)


def looks_like(text: str, file: str) -> Kind:
    """Return what the *text* of a *file* is that could not be read."""
    by_suffix = _BY_SUFFIX.get(Path(file).suffix)
    if by_suffix is not None:
        return by_suffix
    if _JSONNET.search(text):
        return JSONNET
    return next((kind for kind, mark in _MARKS if mark.search(text)), OTHER)
