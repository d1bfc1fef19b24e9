"""Run a small Java program with artifacts of Maven Central."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tools.knowledge.recipes._exposed import run

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>scrape</groupId><artifactId>scrape</artifactId><version>1</version>
  <dependencies>{}</dependencies>
</project>
"""
_DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


def java(artifacts: Sequence[str], program: str, place: Path, *arguments: str) -> str:
    """Return what the class `Main` of the Java *program* prints with these *artifacts* (`group:name:version`)."""
    place.mkdir(parents=True, exist_ok=True)
    wanted = "".join(_DEPENDENCY.format(*one.split(":")) for one in artifacts)
    (place / "pom.xml").write_text(_POM.format(wanted), encoding="utf-8")
    (place / "Main.java").write_text(program, encoding="utf-8")
    run(["mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath"], place)
    path = (place / "classpath").read_text(encoding="utf-8").strip()
    return run(["java", "-cp", path, "Main.java", *arguments], place)
