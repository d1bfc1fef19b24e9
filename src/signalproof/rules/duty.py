"""Whose alerts they are: what every alert of one application has in common."""

from __future__ import annotations

from dataclasses import dataclass

from signalproof.catalogue.labels import Job


@dataclass(frozen=True, slots=True)
class Duty:
    """The alerts of one application.

    Attributes:
        job: The job that Prometheus scrapes the application under.
        owner: Who acts on its alerts.
        runbook: Page with the next steps; each kind of alert has a section of its own there.
        file: Name of the rule file, without ending.
    """

    job: Job
    owner: str
    runbook: str
    file: str

    def section(self, anchor: str) -> str:
        """Return the place in the runbook."""
        return f"{self.runbook}#{anchor}"


def camel(name: str) -> str:
    """Return a snake_case name as part of an alert's name: ``planner_agent_loop`` is ``PlannerAgentLoop``."""
    return "".join(word.capitalize() for word in name.split("_"))
