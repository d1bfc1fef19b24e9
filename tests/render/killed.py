"""A run of `apply` that is ended at each of its steps on the disk by a real signal; run as a program by test_killed.py.

Arguments: an empty folder, a signal. Printed is JSON: how many runs were ended, and what was wrong after any of them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from signalproof.render.files import apply
from signalproof.render.manifest import NAME, everything, manifest

Files = Mapping[str, bytes]

OLD: Files = {
    "a.json": b"old\n",
    "deep/b.json": b"same\n",
    "gone/c.json": b"old\n",
    "gone/d/e.json": b"old\n",
}
NEW: Files = {
    "a.json": b"new\n",
    "deep/b.json": b"same\n",
    "deep/f.json": b"new\n",
    "fresh/g/h.json": b"new\n",
}
PAGES: Mapping[int, Files] = {id(OLD): {"docs/page.md": b"old\n"}, id(NEW): {"docs/page.md": b"new\n"}}
STEPS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"})


def write(root: Path, files: Files) -> None:
    """Write *files* as `signalproof render` does: those of the output folder, its manifest, and pages beside it."""
    listed, gone = manifest(root / "out", files, lambda _: True)
    apply(
        root,
        {f"out/{path}": data for path, data in {**files, NAME: listed}.items()} | dict(PAGES[id(files)]),
        tuple(f"out/{path}" for path in gone),
        {f"out/{NAME}": everything(root / "out", files)},
    )


def tree(root: Path) -> dict[str, bytes | None]:
    """Return everything below *root*: files with their content, folders with None."""
    return {
        one.relative_to(root).as_posix(): one.read_bytes() if one.is_file() else None
        for one in root.rglob("*")
    }


def ended_at(root: Path, step: int, number: int) -> bool:
    """Write the new tree in another process that gets the signal *number* at its *step*; return whether it came so far."""
    child = os.fork()
    if not child:
        left = step

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in STEPS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), number)

        sys.addaudithook(count)
        try:
            write(root, NEW)
        except KeyboardInterrupt:
            os._exit(130)
        os._exit(0 if left > 0 else 3)
    _, status = os.waitpid(child, 0)
    return status != 0


def main(folder: Path, number: int) -> dict[str, object]:
    """End a run at each step; see the module."""
    for name, files in (("old", OLD), ("new", NEW)):
        (folder / name).mkdir()
        write(folder / name, files)
    old, new = tree(folder / "old"), tree(folder / "new")
    wrong: list[str] = []
    seen = {"old": 0, "new": 0, "between": 0}
    step = 0
    ended = True
    while ended:
        step += 1
        for then, expected in ((NEW, new), (OLD, old)):
            root = folder / "tree"
            shutil.copytree(folder / "old", root)
            ended = ended_at(root, step, number)
            now = tree(root)
            seen["old" if now == old else "new" if now == new else "between"] += ended
            if number != signal.SIGKILL and now not in (old, new):
                wrong.append(f"step {step}: {sorted(now)}")
            write(root, then)
            if tree(root) != expected:
                wrong.append(f"step {step}, after the next run: {sorted(tree(root))}")
            shutil.rmtree(root)
    return {"kills": 2 * (step - 1), "seen": seen, "wrong": wrong}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
