"""Prometheus' query API, as far as a dashboard uses it.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any
from urllib.parse import quote, urlencode

from signalproof.errors import SignalproofError
from signalproof.live.address import address
from signalproof.live.client import Client

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class QueryError(SignalproofError):
    """Prometheus understood the request and refused or failed it; the message is in its words."""


@dataclass(frozen=True, slots=True)
class Data:
    """How much a query returned.

    Attributes:
        series: Series with at least one sample that is a number; a string is one, too.
        samples: Samples that are a number.
        not_numbers: Samples that are NaN.
    """

    series: int
    samples: int
    not_numbers: int = 0


@dataclass(frozen=True)
class Prometheus:
    """A server that answers PromQL.

    Attributes:
        client: The connection to it.
    """

    client: Client

    @classmethod
    def at(cls, url: str, timeout: float = 30.0) -> Prometheus:
        """Return the server at *url*, after it has answered a first query.

        Raises:
            SignalproofError: The URL is none, nobody answers there, or it is no Prometheus.
        """
        server = cls(Client(address(url, "http://127.0.0.1:9090"), timeout))
        try:
            server.instant("vector(1)", None)
        except SignalproofError as error:
            server.client.close()
            if not isinstance(error, QueryError):
                raise
            raise SignalproofError(
                f"{server.client.address.shown} answers, but not to a query: {error}", "check the URL"
            ) from None
        return server

    def instant(self, expr: str, time: float | None) -> Data:
        """Evaluate *expr* at Unix time *time*, or now.

        Raises:
            SignalproofError: It cannot be evaluated (`QueryError`), or the server cannot be asked.
        """
        moment = {} if time is None else {"time": f"{time:.3f}"}
        return self._counted(self._asked("POST", "/api/v1/query", {"query": expr, **moment}))

    def over(self, expr: str, start: float, end: float, step: float) -> Data:
        """Evaluate *expr* every *step* seconds from *start* to *end*; raises as `instant` does."""
        asked = {"query": expr, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        return self._counted(self._asked("POST", "/api/v1/query_range", asked))

    def label_values(self, label: str, selector: str, start: float, end: float) -> list[str]:
        """Return the values of *label* on the series of *selector*, or of any series when it is empty; raises as `instant` does."""
        asked = {"start": f"{start:.3f}", "end": f"{end:.3f}"}
        if selector:
            asked["match[]"] = selector
        found = self._asked("GET", f"/api/v1/label/{quote(label, safe='')}/values", asked)
        return [str(value) for value in found] if isinstance(found, list) else []

    def metadata(self) -> dict[str, Any]:
        """Return what scraped programs say of their metrics: name → list of type, help, unit; raises as `instant` does."""
        found = self._asked("GET", "/api/v1/metadata", {})
        return found if isinstance(found, dict) else {}

    def series(self, names: Iterable[str], start: float, end: float, limit: int) -> list[dict[str, str]]:
        """Return the label sets of the series of these *names*, at most *limit*; raises as `instant` does."""
        pattern = "|".join(map(re.escape, names)).replace("\\", "\\\\")
        asked = {
            "match[]": f'{{__name__=~"{pattern}"}}', "start": f"{start:.3f}", "end": f"{end:.3f}", "limit": str(limit)
        }  # fmt: skip
        found = self._asked("POST", "/api/v1/series", asked)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def targets(self) -> list[dict[str, Any]]:
        """Return the targets that are scraped, with their labels and intervals; raises as `instant` does."""
        found = self._asked("GET", "/api/v1/targets", {"state": "active"})
        active = found.get("activeTargets") if isinstance(found, dict) else None
        return [one for one in active if isinstance(one, dict)] if isinstance(active, list) else []

    def version(self) -> str:
        """Return its version, ``3.5.0``; raises as `instant` does."""
        found = self._asked("GET", "/api/v1/status/buildinfo", {})
        return str(found.get("version", "")) if isinstance(found, dict) else ""

    def _asked(self, method: str, path: str, parameters: dict[str, str]) -> Any:
        form = urlencode(parameters)
        if method == "GET":
            answer = self.client.request("GET", f"{path}?{form}", b"", _FORM)
        else:
            answer = self.client.request("POST", path, form.encode(), _FORM)
        try:
            said = json.loads(answer.body)
            status = said["status"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._strange(answer.status) from None
        if status != "success":
            raise QueryError(str(said.get("error") or f"status {answer.status}"))
        return said.get("data")

    def _counted(self, data: Any) -> Data:
        try:
            kind, result = data["resultType"], data["result"]
            if kind == "string":
                return Data(1, 1)
            return _sum([[result[1]]] if kind == "scalar" else map(_values, result))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise self._strange(200) from None

    def _strange(self, status: int) -> SignalproofError:
        return SignalproofError(
            f"{self.client.address.shown} answered {status}, and not as Prometheus does",
            "give the URL in front of /api/v1, and what it needs to let you in",
        )


def _values(series: Any) -> list[str]:
    """Return the values of one series; a native histogram counts as the number of its observations."""
    pairs = series.get("values") or ([series["value"]] if "value" in series else [])
    histograms = series.get("histograms") or ([series["histogram"]] if "histogram" in series else [])
    return [*(value for _, value in pairs), *(one["count"] for _, one in histograms)]


def _sum(rows: Iterable[list[str]]) -> Data:
    series = samples = not_numbers = 0
    for row in rows:
        strange = sum(isnan(float(value)) for value in row)
        samples += len(row) - strange
        not_numbers += strange
        series += len(row) > strange
    return Data(series, samples, not_numbers)
