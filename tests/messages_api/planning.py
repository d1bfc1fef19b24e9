"""The plans that the local Messages API makes: right ones, and ones that are wrong in a way it was told."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_STEPS = ("Look at what is there", "Design the change", "Build it", "Test it", "Release it", "Watch it")


def made_plan(body: dict[str, Any], *, steps: int = 4, wrong: str = "") -> Any:
    """Return the plan for what *body* asks, always the same for the same request.

    Args:
        body: The request.
        steps: How many sub-tasks it has.
        wrong: What is wrong with it: ``cycle``, ``unknown`` (a dependency), ``twice`` (an id), ``estimate`` (the
            likely time is above the longest), ``empty`` (no sub-task), ``shape`` (not the object that was asked for).
    """
    asked = json.dumps(body["messages"], sort_keys=True)
    mark = int(hashlib.sha256(asked.encode()).hexdigest(), 16)
    subtasks: list[dict[str, Any]] = [
        {
            "id": f"step-{number}",
            "title": _STEPS[number % len(_STEPS)],
            "description": f"{_STEPS[number % len(_STEPS)]}, and write down what was found.",
            "depends_on": [f"step-{number - 1}"] if number else [],
            "estimate": {"shortest": 10, "likely": 20 + mark % 17, "longest": 60 + mark % 31},
        }
        for number in range(steps)
    ]
    match wrong:
        case "cycle":
            subtasks[0]["depends_on"] = [subtasks[-1]["id"]]
        case "unknown":
            subtasks[0]["depends_on"] = ["step-99"]
        case "twice":
            subtasks[-1]["id"] = subtasks[0]["id"]
        case "estimate":
            subtasks[0]["estimate"] = {"shortest": 10, "likely": 90, "longest": 30}
        case "empty":
            subtasks = []
        case "shape":
            return {"steps": [one["title"] for one in subtasks]}
        case _:
            pass
    return {
        "summary": f"{len(subtasks)} steps, one after the other.",
        "subtasks": subtasks,
        "risks": [
            {
                "description": "The change breaks what depends on it.",
                "likelihood": "low",
                "impact": "high",
                "mitigation": "Release it to one target first and watch it there.",
            }
        ],
    }
