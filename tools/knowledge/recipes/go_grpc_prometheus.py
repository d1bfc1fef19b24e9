"""go-grpc-prometheus and its successor in go-grpc-middleware: the metrics of gRPC servers and clients written in Go."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import catalogue, releases
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family

NAME = "go_grpc_prometheus"
OLD = "grpc-ecosystem/go-grpc-prometheus"
NEW = "grpc-ecosystem/go-grpc-middleware"
_KINDS = ["bidi_stream", "client_stream", "server_stream", "unary"]


def _judged(family: Family) -> Family:
    """Return a family to which a program may add labels, and whose bounds a program may choose."""
    result = {**family, "open": True}
    result["labels"] = {
        label: {"values": _KINDS} if label == "grpc_type" else facts
        for label, facts in family["labels"].items()
    }
    result.pop("buckets", None)
    if family["type"] == "histogram":
        result["presence"] = "lazy"
    return result


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is a folder that holds a checkout of both repositories."""
    read = releases(repository(source, OLD), ("1.2.0",), work, skip=("examples",), tag="v{}")
    newer = releases(
        repository(source, NEW),
        ("1.0.1", "1.1.0"),
        work,
        skip=("examples",),
        naming="prometheus",
        tag="providers/prometheus/v{}",
    )
    joined = {
        "1.2.0 of go-grpc-prometheus": read["1.2.0"],
        **{f"2.{version} of the provider": newer[version] for version in newer},
    }
    result = catalogue(
        NAME,
        NEW,
        {
            release: [_judged(family) for family in found if family["name"].startswith("grpc_")]
            for release, found in joined.items()
        },
        {"grpc_client_": "open", "grpc_server_": "open"},
    )
    for family in result["families"]:
        family.pop("since", None)  # two libraries, not two ages of one
        family.pop("until", None)
    return {
        **result,
        "version": "1.1.0",
        "oldest": "1.0.1",
        "how": "declarations in the source of both libraries",
    }
