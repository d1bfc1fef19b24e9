"""Certificates for tests, made by the openssl of the machine."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path


def self_signed(folder: Path, name: str, *, days: int = 2) -> Pair:
    """Return a certificate of *name* that signs itself, and so is its own authority."""
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"),
        *(
            "-keyout",
            str(pair.key),
            "-out",
            str(pair.certificate),
            "-days",
            str(days),
            "-subj",
            f"/CN={name}",
        ),
        *("-addext", f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return pair
