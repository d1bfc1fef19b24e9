"""How urgent an alert is: the only two answers an operator can act on."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Whom an alert wakes; written into its ``severity`` label, which Alertmanager routes by.

    Source: Google, "The Site Reliability Workbook" (2018), chapter 5: a burn that would spend the budget within days
    pages, a slower one opens a ticket.
    """

    PAGE = "page"
    """Somebody acts now, at night too."""
    TICKET = "ticket"
    """Somebody acts within the next working days."""
