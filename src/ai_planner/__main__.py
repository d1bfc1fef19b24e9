"""``python -m ai_planner``."""

from __future__ import annotations

from ai_planner.commands import app
from hive.application.command_line import run

if __name__ == "__main__":
    run(app)
