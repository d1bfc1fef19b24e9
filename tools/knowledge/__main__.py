"""`python -m tools.knowledge NAME… [--source DIR] [--work DIR]`: build catalogue files by their recipes (all when none is named)."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from signalproof.knowledge.bundled import FOLDER, INDEX, index_text
from tools.knowledge import recipes
from tools.knowledge.write import write


def main() -> int:
    """Run the recipes named on the command line."""
    known = sorted(
        module.name for module in pkgutil.iter_modules(recipes.__path__) if not module.name.startswith("_")
    )
    parser = argparse.ArgumentParser(
        prog="python -m tools.knowledge", description="Build catalogue files of exporters."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="recipes to run; all when none is named")
    parser.add_argument(
        "--source", type=Path, help="a clone of the exporter's repository, for a recipe that reads one"
    )
    parser.add_argument("--work", type=Path, help="a folder for downloads and builds; kept")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the files go")
    options = parser.parse_args()
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no such recipe: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if options.source and len(options.names) != 1:
        parser.error("--source goes with one recipe")
    work = options.work or Path(tempfile.mkdtemp(prefix="knowledge-"))
    work.mkdir(parents=True, exist_ok=True)
    for name in options.names or known:
        started = time.monotonic()
        sys.stderr.write(f"{name}: reading\n")
        recipe = importlib.import_module(f"tools.knowledge.recipes.{name}")
        catalogue = {**recipe.build(work, options.source), "date": datetime.now(UTC).date().isoformat()}
        target = write(catalogue, options.out)
        took = time.monotonic() - started
        INDEX.write_text(index_text(), encoding="utf-8")
        sys.stderr.write(
            f"{name}: {len(catalogue['families'])} families into {target.name} in {took:.0f} s\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
