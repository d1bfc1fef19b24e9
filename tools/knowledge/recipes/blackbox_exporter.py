"""blackbox_exporter: declarations in the source of its releases. Pass a clone of its repository: no registry has it."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._go_exporter import GoProgram

NAME = "blackbox_exporter"
_VERSIONS = (
    *(
        "0.12.0",
        "0.13.0",
        "0.14.0",
        "0.15.1",
        "0.16.0",
        "0.17.0",
        "0.18.0",
        "0.19.0",
        "0.20.0",
        "0.21.1",
        "0.22.0",
        "0.23.0",
    ),
    *("0.24.0", "0.25.0", "0.26.0", "0.27.0", "0.28.0"),
)
_FLAGS = (
    *(
        "probe_success",
        "probe_http_ssl",
        "probe_grpc_ssl",
        "probe_failed_due_to_regex",
        "probe_failed_due_to_cel",
    ),
    *(
        "probe_failed_due_to_bytes",
        "probe_dns_query_succeeded",
        "blackbox_exporter_config_last_reload_successful",
    ),
)

PROGRAM = GoProgram(
    name=NAME,
    module="github.com/prometheus/blackbox_exporter",
    repository="https://github.com/prometheus/blackbox_exporter",
    versions={version: f"v{version}" for version in _VERSIONS},
    only=("config", "prober", "main.go", "go.mod"),
    prefixes={
        # probe_ alone is open: other programs that probe use it too
        "probe_": "open",
        **dict.fromkeys(
            ("probe_dns_", "probe_grpc_", "probe_http_", "probe_icmp_", "probe_ip_", "probe_tls_"), "complete"
        ),
        "probe_ssl_": "complete",
        "blackbox_": "open",
        "blackbox_exporter_": "complete",
    },
    closed=("phase",),
    units={
        "probe_ssl_earliest_cert_expiry": "timestamp_seconds",
        "probe_dns_lookup_time_seconds": "seconds",
        "probe_http_content_length": "bytes",
        "probe_http_uncompressed_body_length": "bytes",
        "probe_http_redirects": "count",
    },
    flags=_FLAGS,
    facts={
        "probe_duration_seconds": {"low": 0},
        "probe_http_duration_seconds": {"low": 0},
        "probe_dns_lookup_time_seconds": {"low": 0},
        "probe_ip_protocol": {"low": 0, "high": 6},  # 0 when the name could not be resolved
        "probe_success": {"low": 0, "high": 1, "presence": "always"},
        "probe_failed_due_to_bytes": {"unit": None},
    },
    more=[build_info("blackbox_exporter")],
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file."""
    return PROGRAM.build(work, source)
