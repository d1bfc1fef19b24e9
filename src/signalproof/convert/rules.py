"""Rule files of Prometheus → rule groups in Python, which render the same file again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Final

from signalproof.convert.calls import Known
from signalproof.convert.expressions import expression
from signalproof.convert.found import Check, Converted
from signalproof.convert.source import Names, call, constant, docstring, literal
from signalproof.documents import Table, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.rules.foreign import RuleFile, rule_files
from signalproof.rules.refused import refusals
from signalproof.text_files import read_text, shown

_EXISTING: Final = "signalproof.rules.existing"
_GROUP: Final = "signalproof.rules.group"
_MORE: Final = """Written by `signalproof convert rules`: rules as they were found, which render as they stood. Nothing shows yet when they
fire; a `signalproof.rules.alert.Alert` with a `Scenario` does. What an alert does not say is marked `check:`."""
_FEW: Final = 3
_LONGEST: Final = 70
_WANTED: Final = ("summary", "description")
_IMPORTED: Final = frozenset({"Alert", "RecordingRule", "RuleGroup", "GROUPS", "promql", "annotations"})


def rules_module(files: Iterable[Path], known: Known | None = None) -> Converted:
    """Return a module with the rule groups of *files*.

    Args:
        files: Rule files, resources or ConfigMaps that hold them; ``-`` is standard input.
        known: What the metrics of the project are called in Python.

    Raises:
        SignalproofError: One cannot be read, holds no rules of Prometheus, or Prometheus would refuse it.
    """
    module = _Module(known)
    for file in files:
        module.take(file)
    return module.converted()


@dataclass(frozen=True)
class _Rule:
    """One rule, as source of a call."""

    source: str
    constant: str = ""


class _Module:
    def __init__(self, known: Known | None) -> None:
        self.known = known
        taken = {name for _, name in known.places.values()} if known is not None else set()
        self.names = Names(_IMPORTED | taken)
        self.imports: dict[str, set[str]] = {_GROUP: {"RuleGroup"}}
        self.body: list[str] = []
        self.groups: list[str] = []
        self.files: list[str] = []
        self.checks: list[Check] = []
        self.count = 0
        self._stems: set[str] = set()

    def take(self, file: Path) -> None:
        name = shown(file)
        found = list(rule_files(list(read_yaml(read_text(file), name)), name))
        if not found:
            raise SignalproofError(
                "no Prometheus rules in this file",
                "give a rule file with groups:, a PrometheusRule, or a ConfigMap that holds one",
                where=Location(name),
            )
        self.files.append(Path(name).name)
        for index, one in enumerate(found):
            _check_loadable(one, name)
            stem = self._stem(file, index)
            for group in one.groups:
                self._group(group, stem, name)

    def _stem(self, file: Path, index: int) -> str:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-._") or "rules"
        wanted = f"{plain}-{index + 1}" if index else plain
        number = 2
        while wanted in self._stems:
            wanted, number = f"{plain}-{number}", number + 1
        self._stems.add(wanted)
        return wanted

    def _group(self, group: Table, stem: str, file: str) -> None:
        rules = [self._rule(rule, file) for rule in group.tables("rules")]
        if not rules:
            return
        self.body += [f"{one.constant} = {one.source}" for one in rules if one.constant]
        inner = [one.constant or one.source for one in rules]
        listed = "\n".join(["(", *(f"{indent(one, '        ')}," for one in inner), "    )"])
        if len(inner) == 1 and len(inner[0]) <= _LONGEST and "\n" not in inner[0]:
            listed = f"({inner[0]},)"  # as a formatter has it
        arguments = [(literal(_said(group, "name")), ""), (listed, "")]
        said = {key: _said(group, key) for key in ("interval", "query_offset")}
        arguments += [(f"{key}={literal(text)}", "") for key, text in said.items() if text]
        if _said(group, "limit") not in ("", "0"):
            arguments.append((f"limit={int(_said(group, 'limit'))}", ""))
        if labels := _texts(group, "labels"):
            arguments.append((f"labels={_mapping(labels)}", ""))
        arguments.append((f"file={literal(stem)}", ""))
        name = self.names.take(constant(_said(group, "name")), f"{constant(_said(group, 'name'))}_GROUP")
        self.groups.append(name)
        self.body.append(call(f"{name} = RuleGroup", arguments))

    def _rule(self, rule: Table, file: str) -> _Rule:
        self.count += 1
        expr = rule.text("expr")
        try:
            made = expression(expr, self.known)
        except SignalproofError as error:
            raise SignalproofError(str(error), error.help, where=Location(file, expr.line)) from None
        for module, names in made.imports.items():
            self.imports.setdefault(module, set()).update(names)
        if record := _said(rule, "record"):
            self.imports.setdefault(_EXISTING, set()).add("RecordingRule")
            arguments = [(literal(record), ""), (_below(made.source), "")]
            if labels := _texts(rule, "labels"):
                arguments.append((f"labels={_mapping(labels)}", ""))
            return _Rule(call("RecordingRule", arguments), self.names.take(constant(record)))
        self.imports.setdefault(_EXISTING, set()).add("Alert")
        alert = _said(rule, "alert")
        labels, annotations = _texts(rule, "labels"), _texts(rule, "annotations")
        doubt = _missing(labels, annotations)
        if doubt:
            self.checks.append(Check(Location(file, rule.line), alert, doubt))
        arguments = [(literal(alert), doubt), (_below(made.source), "")]
        times = {"for_": _said(rule, "for"), "keep_firing_for": _said(rule, "keep_firing_for")}
        arguments += [(f"{key}={literal(text)}", "") for key, text in times.items() if text]
        tables = {"labels": labels, "annotations": annotations}
        arguments += [(f"{key}={_mapping(texts)}", "") for key, texts in tables.items() if texts]
        return _Rule(call("Alert", arguments))

    def converted(self) -> Converted:
        files = ", ".join(self.files) if len(self.files) <= _FEW else f"{len(self.files)} files"
        title = docstring(f"The rules of {files}.", more=_MORE)
        imports: list[str] = []
        library = _EXISTING.partition(".")[0]
        # the library stands before the modules of the project, as those who sort imports have it
        for module in sorted(self.imports, key=lambda one: (one.partition(".")[0] != library, one)):
            if imports and not module.startswith(library) and imports[-1].startswith(f"from {library}"):
                imports.append("")
            names = sorted(
                self.imports[module], key=lambda one: (not one.isupper(), not one[0].isupper(), one)
            )
            line = f"from {module} import {', '.join(names)}"
            if len(line) > 88:  # what most formatters take for a line
                line = "\n".join([f"from {module} import (", *(f"    {one}," for one in names), ")"])
            imports.append(line)
        listed = "\n".join(["GROUPS = (", *(f"    {one}," for one in self.groups), ")"])
        if len(self.groups) == 1 and len(self.groups[0]) <= _LONGEST:
            listed = f"GROUPS = ({self.groups[0]},)"
        parts = [
            title,
            "from __future__ import annotations",
            "\n".join(imports),
            "\n".join([*self.body, "", listed]),
        ]
        return Converted("\n\n".join(parts) + "\n", tuple(self.checks), {}, self.count)


def _check_loadable(found: RuleFile, file: str) -> None:
    """Raise for the first thing for which Prometheus would refuse the file."""
    if found.dialect or any(
        "data" in one or "grafana_alert" in one for group in found.groups for one in group.tables("rules")
    ):
        raise SignalproofError(
            "these rules are not Prometheus' own",
            "give rule files of Prometheus, or PrometheusRules",
            where=Location(file),
        )
    for refusal in refusals(found, utf8=True):
        raise SignalproofError(
            f"Prometheus refuses this: {refusal.message}", refusal.help, where=Location(file, refusal.line)
        )


def _missing(labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    missing = [] if "severity" in labels else ["severity"]
    missing += [
        one
        for one in _WANTED
        if one not in annotations and not (one == "description" and "message" in annotations)
    ]
    if not any("runbook" in one for one in annotations):
        missing.append("runbook_url")
    return f"says no {', '.join(missing)}" if missing else ""


def _said(table: Table, key: str) -> str:
    value = table.get(key)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _texts(table: Table, key: str) -> dict[str, str]:
    held = table.table(key)
    return {str(name): _said(held, name) for name in held}


def _mapping(texts: Mapping[str, str]) -> str:
    lines = [f"        {literal(name)}: {literal(value)}," for name, value in texts.items()]
    return "\n".join(["{", *lines, "    }"])


def _below(source: str) -> str:
    first, *rest = source.split("\n")
    return "\n".join([first, *(f"    {one}" if one else one for one in rest)])
