"""Find the metric generators in the Go source of kube-state-metrics, with the label keys that they write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.knowledge.recipes._gotext import STRING, closing

_GENERATOR = re.compile(r"New(?:OptIn)?FamilyGenerator\w*\(")
_ENTRY = re.compile(r"\{\s*\n\s*Name:\s*(\"?)(\w+)\"?,")
_KEYS = re.compile(r"abelKeys?\s*(?::=|=|:)\s*\[\]string\{([^}]*)\}")
_MORE = re.compile(
    r"append\(\s*\w*[lL]abelKeys\w*,\s*((?:\"\w+\",?\s*)+)|append\(\[\]string\{([^}]*)\},\s*labelKeys"
)
_NAMED = re.compile(r"abelKeys?\s*(?::=|=|:)\s*(\w+)\b")
_FROM_API = ("createPrometheusLabelKeysValues", "kubeMapToPrometheusLabels", "kubeLabelsToPrometheusLabels",
             "kubeAnnotationsToPrometheusLabels", "mapToPrometheusLabels", "mergeKeyValues")  # fmt: skip


@dataclass
class Release:
    """The generator files of one release and what they declare at their top."""

    files: dict[str, str]
    slices: dict[str, set[str]] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = "\n".join(self.files.values())
        for found in re.finditer(r"(\w+)\s*:?=\s*\[\]string\{([^}]*)\}", text):
            self.slices.setdefault(found[1], set()).update(STRING.findall(found[2]))
        self.strings = dict(re.findall(r'(\w+)\s*=\s*"(kube_\w+)"', text))
        for found in re.finditer(r"^func (\w+)\(", text, re.MULTILINE):
            body = text.find("{\n", found.end())
            self.functions[found[1]] = text[found.start() : closing(text, body)]

    def generators(self) -> Iterator[tuple[str, int, str, str]]:
        """Yield file, line, metric name and source text of every generator."""
        for path, text in self.files.items():
            for found in _GENERATOR.finditer(text):
                region = text[found.start() : closing(text, found.end() - 1)]
                first = re.match(r'\s*("?)(\w+)"?', region[found.end() - found.start() :])
                assert first is not None, path
                yield path, text[: found.start()].count("\n") + 1, self._name(first[1], first[2]), region
            for found in _ENTRY.finditer(text):
                if found[2].startswith("kube_") or found[2] in self.strings:
                    region = text[found.start() : closing(text, found.start())]
                    yield path, text[: found.start()].count("\n") + 2, self._name(found[1], found[2]), region

    def _name(self, quote: str, word: str) -> str:
        return word if quote else self.strings[word]

    def texts(self, region: str, depth: int = 0) -> Iterator[str]:
        """Yield a generator's text and that of the functions it gets label keys from."""
        yield region
        if depth < 2:
            for name in sorted(set(re.findall(r"\b(\w+)\(", region))):
                body = self.functions.get(name, "")
                if "abelKeys" in body and name not in _FROM_API and not name.startswith("wrap"):
                    yield from self.texts(body, depth + 1)

    def keys(self, region: str) -> set[str]:
        """Return the label keys that a generator fills itself."""
        result: set[str] = set()
        for text in self.texts(region):
            for found in _KEYS.finditer(text):
                result.update(STRING.findall(found[1]))
            for found in _MORE.finditer(text):
                result.update(STRING.findall(found[1] or found[2]))
            for found in _NAMED.finditer(text):
                if found[1].startswith("desc") or found[1].endswith("Labels"):
                    result |= self.slices.get(found[1], set())
        return result

    def identity(self, region: str) -> set[str]:
        """Return the label keys that the wrapper around a generator adds to every series."""
        result: set[str] = set()
        for wrapper in re.findall(r"\b(wrap\w+)\(", region):
            body = self.functions.get(wrapper, "")
            for name in re.findall(r"\b(desc\w+)\b", body):
                result |= self.slices.get(name, set())
            for found in re.finditer(r"(?:mergeKeyValues|append)\(\[\]string\{([^}]*)\}", body):
                result.update(STRING.findall(found[1]))
        return result
