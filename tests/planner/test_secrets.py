"""A planted key, and a planted password, are searched for in everything that was written."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import prometheus_client
import pytest
from tests.messages_api.control import LocalClaude

from ai_planner.commands import app
from hive.application.command_line import run

if TYPE_CHECKING:
    from tests.storage.databases import PostgreSQL

KEY = 'sk-ant-planted-"key"/0123456789'
PASSWORD = "planted-p/ass+word"  # it is planted

pytestmark = pytest.mark.usefixtures("logs_restored")


@pytest.fixture
def planner(
    sqlite_url: str, claude: LocalClaude, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, str]:
    """The environment of a planner that has the key."""
    environment = {
        "HIVE_DATABASE_URL": sqlite_url,
        "HIVE_METRICS_PORT": "0",
        "HIVE_LOG_LEVEL": "debug",
        "HIVE_PLANNER_RETRIES": "0",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": claude.url,
    }
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir(tmp_path)
    return environment


def command(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        run(app, arguments)
    return end.value.code


def written(folder: Path, captured: pytest.CaptureFixture[str]) -> str:
    """Return all that was written: output, logs, files, every cell of the database, the metrics."""
    said = captured.readouterr()
    files = b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    with sqlite3.connect(folder / "hive.db") as connection:
        cells = [
            str(cell)
            for (table,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).fetchall()
            for row in connection.execute(f"SELECT * FROM {table}").fetchall()
            for cell in row
        ]
    connection.close()
    metrics = prometheus_client.generate_latest().decode()
    return "\n".join([said.out, said.err, files.decode("latin-1"), *cells, metrics])


def forms(secret: str) -> list[str]:
    """Return the secret and its parts that no mask may leave over."""
    return [
        secret,
        *(part for part in ("planted-", "0123456789", "ass+word", "ass%2Bword") if part in secret),
    ]


@pytest.mark.parametrize("kind", ["run", "run-async"])
def test_the_key_is_nowhere_whatever_claude_does(
    kind: str,
    planner: dict[str, str],
    claude: LocalClaude,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repeated = {"do": "error", "message": f"the key {KEY} is not welcome"}
    claude.next(
        {**repeated, "status": 401},
        {**repeated, "status": 400},
        {**repeated, "status": 529},
        {"do": "say", "text": f"your key is {KEY}"},
        {"do": "break"},
    )
    for number in range(6):
        command("submit", f"task {number}")
    command(kind, "--once")
    command("show")
    for number in range(6):
        command("show", str(number + 1), "--json")
    assert {call["authorization"] for call in claude.calls} == {f"Bearer {KEY}"}
    found = written(tmp_path, capsys)
    assert "[secret]" in found, "nothing had to be masked: the test shows nothing"
    assert [form for form in forms(KEY) if form in found] == []


def test_the_password_of_the_database_is_nowhere_even_if_it_is_wrong(
    planner: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    postgresql: PostgreSQL,
) -> None:
    address = f"127.0.0.1:{postgresql.port}/no_such_database"
    monkeypatch.setenv("HIVE_DATABASE_URL", f"postgresql://ann:planted-p%2Fass%2Bword@{address}")
    codes = [command("show"), command("run", "--once")]
    said = capsys.readouterr()
    assert codes == [2, 2]
    assert [form for form in forms(PASSWORD) if form in said.out + said.err] == []


def test_a_key_in_a_file_is_kept_as_secret(
    planner: dict[str, str],
    claude: LocalClaude,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path_factory.mktemp("secrets") / "key"
    file.write_text(f"{KEY}\n")
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_API_KEY_FILE", str(file))
    claude.next({"do": "error", "status": 401, "message": f"the key {KEY} is not welcome"})
    command("submit", "one")
    command("run", "--once")
    assert claude.calls[0]["authorization"] == f"Bearer {KEY}"
    found = written(tmp_path, capsys)
    assert [form for form in forms(KEY) if form in found] == []
