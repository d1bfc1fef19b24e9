"""Get the source of a Python package from the package index through pip, without building or installing it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def source(package: str, version: str, work: Path) -> Iterator[Path]:
    """Yield the unpacked source distribution of one version.

    pip wants the package's metadata after it has unpacked the source, for which a package may need its build
    requirements. They are not here, so pip stops there; it is asked not to clean up, and the source is read.
    """
    with tempfile.TemporaryDirectory(dir=work) as folder:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--no-build-isolation",
        ]
        command += ["--no-clean", "--no-cache-dir", "--dest", folder, f"{package}=={version}"]
        environment = {**os.environ, "TMPDIR": folder}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - a list of words, no shell
        found = [path.parent for path in Path(folder).glob("pip-*/*/PKG-INFO")]
        if not found:
            raise FileNotFoundError(
                f"{package} {version}: no source distribution; pip said\n{done.stderr[-2000:]}"
            )
        yield found[0]
