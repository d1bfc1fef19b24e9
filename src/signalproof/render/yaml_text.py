"""YAML out: stable, readable, and the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from signalproof.render.writable import check_writable


class Block(str):
    """A text that is written as a literal block, as it is: an expression, a JSON file."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper with indented lists, literal blocks, and no aliases, which few readers expect."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value that occurs twice in full, twice."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        del indentless
        super().increase_indent(flow, False)


def _block(dumper: yaml.SafeDumper, text: Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(Block, _block)


def to_yaml(documents: Iterable[Mapping[str, Any]], header: Iterable[str] = ()) -> bytes:
    """Return *documents* as one YAML file, keys in the given order.

    Args:
        documents: At least one; several are parted by ``---``.
        header: Lines of the comment on top.

    Raises:
        SignalproofError: A text has a NUL, or half a character.
    """
    documents = list(documents)
    check_writable(documents)
    texts = [
        yaml.dump(
            document,
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=10_000,
            default_flow_style=False,
        )
        for document in documents
    ]
    return (comment(header) + "---\n".join(texts)).encode()


def comment(lines: Iterable[str]) -> str:
    """Return *lines* as a YAML comment."""
    return "".join(f"# {line}\n" for line in lines)
