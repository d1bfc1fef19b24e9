"""Gives atheris some time with one target: ``python -m tests.fuzz.run promql --seconds 150``.

It ends at the first broken promise; `tests.fuzz.campaign` begins it again, and keeps the figures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fuzz.tally import Tally

SLOW_SECONDS = 1.0
"""Processor time after which an answer comes too late."""


class TooSlowError(AssertionError):
    """An input took longer than any may."""


def _run(name: str, seconds: int, corpus: Path, folder: Path, tally: Tally) -> None:
    atheris: Any = import_module("atheris")  # only `make fuzz` installs it
    with atheris.instrument_imports(include=["signalproof"]):
        from tests.fuzz.seeds import SEEDS
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.words import WORDS

    target = TARGETS[name]

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        started = time.thread_time()
        target(text)
        took = time.thread_time() - started
        tally.count(took)
        # what counts the branches costs several times as much as what is counted: ask again without
        if took > SLOW_SECONDS and (took := _alone(name, data)) > SLOW_SECONDS:
            raise TooSlowError(f"{took:.1f} s")

    for at, text in enumerate(SEEDS[name]):
        (corpus / f"seed{at}").write_bytes(text.encode())
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(one)}"\n' for one in WORDS[name]), encoding="utf-8")
    # four kilobytes hold every shape, and keep a run of one input short; a hang is an input that takes thirty seconds
    options = [
        *(f"-max_total_time={seconds}", "-timeout=30", "-max_len=4096", "-rss_limit_mb=4096"),
        *(f"-dict={words}", f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=1"),
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    """Return *word* as libFuzzer wants it."""
    return "".join(f"\\x{ord(one):02x}" if one in '"\\\n\r' else one for one in word)


def _alone(name: str, data: bytes) -> float:
    """Return the seconds of processor time that an input takes in an interpreter of its own, where nothing is counted."""
    import subprocess

    program = (
        "import sys, time; from tests.fuzz.targets import TARGETS; text = sys.stdin.buffer.read().decode('utf-8', 'replace')\n"
        f"target = TARGETS[{name!r}]; target(''); start = time.thread_time(); target(text); print(time.thread_time() - start)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
    return float(done.stdout)


def main(arguments: Any = None) -> None:
    """Run one target for some time; exits with another code than 0 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=150)
    parser.add_argument("--corpus", type=Path, help="folder of inputs to begin with, which grows")
    parser.add_argument("--folder", type=Path, help="where what broke a promise is written")
    parser.add_argument("--tally", type=Path, help="file that counts the inputs")
    given = parser.parse_args(arguments)
    folder = given.folder or Path(tempfile.mkdtemp(prefix=f"fuzz-{given.target}-"))
    corpus = given.corpus or folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    _run(given.target, given.seconds, corpus, folder, Tally(given.tally or folder / "tally"))


if __name__ == "__main__":
    main()
