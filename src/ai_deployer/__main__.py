"""``python -m ai_deployer``: run, submit, show, rollback."""

from __future__ import annotations

from ai_deployer.commands import APPLICATION
from hive.application.command_line import run

if __name__ == "__main__":
    run(APPLICATION)
