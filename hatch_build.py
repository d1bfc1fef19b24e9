"""Builds a wheel whose parser and inference are compiled by mypyc, where SIGNALPROOF_COMPILE=1 asks for it.

The same modules, interpreted, are what everybody else gets: a checkout, an editable installation, the plain wheel. There
is one source and no second implementation. The published plugin, hatch-mypyc, builds inside of the source folder, where
a library that stayed behind would hide every later change of its module; this one builds a copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SETUP = """
from mypyc.build import mypycify
from setuptools import setup

modules = mypycify({modules!r}, opt_level="2", debug_level="0", group_name="signalproof")
setup(name="signalproof", packages=[], ext_modules=modules)
"""


def prepare(root: Path, folder: Path, compiled: Iterable[str], interpreted: Collection[str]) -> Path:
    """Copy the package to *folder*, and return the script there that compiles some of its modules in place.

    Args:
        root: The checkout.
        folder: An empty folder.
        compiled: Patterns of the modules to compile, below the package.
        interpreted: Modules of these that are not.
    """
    copy = folder / "signalproof"
    shutil.copytree(root / "src" / "signalproof", copy, ignore=shutil.ignore_patterns("__pycache__"))
    modules = [
        str(path.relative_to(folder))
        for pattern in compiled
        for path in sorted(copy.glob(pattern))
        if path.relative_to(copy).as_posix() not in interpreted and path.name != "__init__.py"
    ]
    script = folder / "setup.py"
    script.write_text(_SETUP.format(modules=modules), encoding="utf-8")
    return script


class CompilingHook(BuildHookInterface[Any]):
    """Adds the compiled modules to the wheel."""

    @property
    def enabled(self) -> bool:
        """Whether a compiled wheel was asked for."""
        return self.target_name == "wheel" and os.environ.get("SIGNALPROOF_COMPILE") == "1"

    def dependencies(self) -> list[str]:
        """Return what the compilation needs, beside a C compiler and the headers of Python."""
        return ["mypy[mypyc]>=2,<3"] if self.enabled else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless this is an editable installation, whose modules are meant to be edited."""
        if not self.enabled or version == "editable":
            return
        self._copy = tempfile.TemporaryDirectory(
            prefix="signalproof-"
        )  # goes at the latest with the interpreter
        folder = Path(self._copy.name)
        script = prepare(
            Path(self.root), folder, self.config["compiled"], frozenset(self.config["interpreted"])
        )
        command = [sys.executable, str(script), "build_ext", "--inplace"]
        self.app.display_info("compiling the parser and the inference, which takes minutes")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # this interpreter, and a script written above
        if done.returncode:
            self.app.abort(f"the modules cannot be compiled:\n{done.stdout}{done.stderr}")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        libraries = [*folder.glob(f"*{suffix}"), *folder.glob(f"signalproof/**/*{suffix}")]
        if not libraries:
            self.app.abort(f"the compiler has left no library that ends in {suffix}")
        for library in libraries:
            build_data["force_include"][str(library)] = library.relative_to(folder).as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copy."""
        if hasattr(self, "_copy"):
            self._copy.cleanup()
