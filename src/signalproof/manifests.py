"""What dashboards and rules are wrapped in: lists, ConfigMaps, GrafanaDashboard resources, and the looks of a text.

A text is looked at before it is read. Every expression here runs over whole files, so none can match in more than one
way from one place: time grows with the length of the file, whatever stands in it.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from signalproof.documents import Table, Text, Tree, read_json, read_yaml
from signalproof.errors import Location, SignalproofError

MAX_BYTES = 20_000_000
"""Largest file that is read, and most that a compressed dashboard may unfold to."""
_MOST_LEVELS = 4
"""How deep ConfigMaps may stand within each other: each level is read once more."""
FILLED = "__filled"
"""Key of a dashboard for what the resource around it fills in: the data sources of its inputs."""

# quoted or not, in a string of JSON or not, at any place of a line
_MAY_BE = re.compile(
    r"(?<![\w.$-])(?:panels|rows|targets|schemaVersion|elements|expr|record|alert|datasourceUid|gzipJson|binaryData"
    r"|scrape_configs|scrape_interval|datasources|timeInterval)\\?[\"']?\s*:"
)
_BY_KEY = re.compile(r'"(?:panels|schemaVersion|elements|expr|gzipJson|datasourceUid)"\s*:')
_RULE = re.compile(r"^[ \t]*(?:-[ \t]*)?(?:record|alert|datasourceUid|groups|spec):(?=\s)", re.MULTILINE)
_EXPRESSION = re.compile(
    r"^[ \t]*(?:-[ \t]*)?(?:expr|record|alert|datasourceUid|gzipJson):(?=\s)", re.MULTILINE
)


def may_hold(text: str) -> bool:
    """Whether reading *text* is worth the time: without these words there is neither a dashboard nor a rule in it."""
    return bool(_MAY_BE.search(text))


def looks_ours(text: str) -> bool:
    """Whether *text* is a dashboard or a rule file by its looks, so that it is a mistake when it cannot be read."""
    return bool(_BY_KEY.search(text) or (_RULE.search(text) and _EXPRESSION.search(text)))


def is_json(text: str) -> bool:
    """Whether *text* begins as JSON does, and not as a template."""
    return text.lstrip()[:2].startswith(("{", "[")) and not text.lstrip().startswith(("{{", "{%"))


def unpacked(trees: list[Tree], file: str, level: int = 0) -> Iterator[Table]:
    """Yield every table among *trees* and in what wraps them; a bare list of rules as a group, one of groups as a rule file.

    Raises:
        SignalproofError: Something wrapped is a dashboard or a rule file by its looks, and cannot be read.
    """
    for tree in trees:
        if isinstance(tree, list):
            yield from _of_list(tree, file, level)
        elif not isinstance(tree, Table):
            continue
        elif isinstance(tree.get("items"), list) and str(tree.get("kind")).endswith("List"):
            yield from unpacked(tree["items"], file, level)
        elif tree.get("kind") == "ConfigMap":
            if level >= _MOST_LEVELS:
                raise SignalproofError(
                    f"not read: ConfigMaps within ConfigMaps, more than {_MOST_LEVELS} levels deep",
                    "give what they hold",
                    where=Location(file, tree.line),
                )
            inner = [one for text in _texts(tree, file) for one in _read(text, file)]
            yield from unpacked(inner, file, level + 1)
        elif tree.get("kind") == "GrafanaDashboard" and isinstance(tree.get("spec"), Table):
            yield from _of_resource(tree["spec"], file, level)
        else:
            yield tree


def is_rule(tree: object) -> bool:
    """Whether *tree* is a rule of Prometheus."""
    return isinstance(tree, Table) and "expr" in tree and ("alert" in tree or "record" in tree)


def _of_list(trees: list[Tree], file: str, level: int) -> Iterator[Table]:
    tables = [one for one in trees if isinstance(one, Table)]
    if any(map(is_rule, tables)):
        group = Table(tables[0].line)
        group["name"] = Text.at("", group.line)
        group["rules"] = tables
        yield group
    elif any(isinstance(one.get("rules"), list) for one in tables):
        body = Table(tables[0].line)
        body["groups"] = tables
        yield body
    else:
        yield from unpacked([*tables], file, level)


def _of_resource(spec: Table, file: str, level: int) -> Iterator[Table]:
    if spec.text("json").strip():
        trees = [read_json(spec.text("json"), file)]
    elif spec.text("gzipJson").strip():
        packed = spec.text("gzipJson")
        trees = [read_json(_unzipped(packed, file), file)]
    else:
        return
    for tree in unpacked(trees, file, level):
        if "datasources" in spec:
            tree[FILLED] = spec["datasources"]
        yield tree


def _texts(config_map: Table, file: str) -> Iterator[Text]:
    for text in config_map.table("data").values():
        if isinstance(text, Text):
            yield text
    for packed in config_map.table("binaryData").values():
        if isinstance(packed, Text):
            yield _decoded(packed, _bytes(packed), file, "binaryData")


def _read(text: Text, file: str) -> Iterator[Tree]:
    if not may_hold(text):
        return
    try:
        yield from [read_json(text, file)] if is_json(text) else list(read_yaml(text, file))
    except SignalproofError:
        if looks_ours(text):
            raise


def _unzipped(packed: Text, file: str) -> Text:
    unfolding = zlib.decompressobj(wbits=31)
    try:
        data = unfolding.decompress(_bytes(packed) or b"", MAX_BYTES)
    except zlib.error:
        return _decoded(packed, None, file, "gzipJson")
    if unfolding.unconsumed_tail:
        raise SignalproofError(
            f"gzipJson unfolds to more than {MAX_BYTES:,} bytes",
            "give the dashboard itself",
            where=Location(file, packed.line),
        )
    return _decoded(packed, data if unfolding.eof else None, file, "gzipJson")


def _bytes(packed: Text) -> bytes | None:
    try:
        return base64.b64decode("".join(packed.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _decoded(packed: Text, data: bytes | None, file: str, key: str) -> Text:
    try:
        if data is not None:
            return Text.at(data.decode("utf-8-sig"), packed.line)
    except UnicodeDecodeError:
        if key == "binaryData":  # a picture, an archive: none of ours
            return Text.at("", packed.line)
    raise SignalproofError(
        f"{key} is not what its name says",
        "write it as base64" + (" of gzip: gzip -c dashboard.json | base64" if key == "gzipJson" else ""),
        where=Location(file, packed.line),
    )
