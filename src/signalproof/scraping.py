"""What the configuration of Prometheus and Grafana's data sources say of how often there is a sample.

Read are prometheus.yml and the provisioning of data sources, as files or in ConfigMaps:
https://prometheus.io/docs/prometheus/latest/configuration/configuration/,
https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from signalproof.documents import Table, Text
from signalproof.durations import duration

DEFAULT_SECONDS: Final = 60.0
"""How often Prometheus scrapes and evaluates where its configuration does not say."""
DEFAULT_TIME_INTERVAL: Final = 15.0
"""What Grafana takes for the scrape interval where a data source does not say."""

_GLOBAL: Final = frozenset({"scrape_interval", "evaluation_interval"})
_DURATIONS: Final = ("scrape_interval", "scrape_timeout", "evaluation_interval")
_FILLED_IN: Final = frozenset("${")
"""Beginnings of what is filled in before Prometheus reads a configuration."""
_PLUGINS: Final = frozenset(
    {
        "prometheus",
        "grafana-amazonprometheus-datasource",
        "victoriametrics-metrics-datasource",
        "victoriametrics-datasource",
    }
)


@dataclass(frozen=True)
class Job:
    """One entry of ``scrape_configs``.

    Attributes:
        name: Its ``job_name``.
        interval: Seconds between two scrapes.
        honors: Whether the labels of its metrics win over those of the target.
    """

    name: str
    interval: float
    honors: bool = False


@dataclass(frozen=True)
class Scraping:
    """What one prometheus.yml says.

    Attributes:
        file: Where it stands.
        jobs: What is scraped; none where the targets stand elsewhere.
        scrape: Seconds between two scrapes where a job does not say.
        evaluation: Seconds between two evaluations of a rule group that does not say.
        rule_files: The globs of the rule files that it loads.
        refused: Durations that are none, each after its key.
    """

    file: str
    jobs: tuple[Job, ...]
    scrape: float
    evaluation: float
    rule_files: tuple[str, ...]
    refused: tuple[tuple[str, Text], ...] = ()

    def loads(self, file: str) -> bool:
        """Whether a rule file of that name is one that it loads; where its folder ends up nobody knows."""
        return any(fnmatchcase(PurePosixPath(file).name, PurePosixPath(one).name) for one in self.rule_files)

    @property
    def intervals(self) -> Mapping[str, float]:
        """Job → seconds between two scrapes."""
        return {one.name: one.interval for one in self.jobs}


@dataclass(frozen=True)
class DataSource:
    """A data source of Grafana that asks Prometheus.

    Attributes:
        name: Its name.
        file: Where it stands.
        line: On which line: that of ``timeInterval``, where it has one.
        interval: ``timeInterval`` in seconds; None where it has none.
        text: ``timeInterval`` as it is written.
    """

    name: str
    file: str
    line: int
    interval: float | None
    text: str


@dataclass(frozen=True)
class Setup:
    """What was read of how Prometheus and Grafana are set up.

    Attributes:
        scrapings: What configurations of Prometheus say.
        data_sources: Grafana's data sources that ask Prometheus.
    """

    scrapings: tuple[Scraping, ...] = ()
    data_sources: tuple[DataSource, ...] = ()

    @property
    def intervals(self) -> Mapping[str, float]:
        """Job → seconds between two scrapes; the shorter where two configurations have the job."""
        found: dict[str, float] = {}
        for one in self.scrapings:
            for job, interval in one.intervals.items():
                found[job] = min(interval, found.get(job, interval))
        return found

    @property
    def honoring(self) -> frozenset[str]:
        """The jobs whose metrics win with their own labels."""
        return frozenset(job.name for one in self.scrapings for job in one.jobs if job.honors)

    def evaluation(self, file: str) -> float | None:
        """Return how often a rule group of *file* is evaluated that does not say; None where that is not known."""
        found = {one.evaluation for one in self.scrapings if one.loads(file)}
        return found.pop() if len(found) == 1 else None


NO_SETUP: Final = Setup()


def scrapings(trees: Iterable[Table], file: str) -> Iterator[Scraping]:
    """Yield what the configurations of Prometheus among *trees* say."""
    for tree in trees:
        common = tree.table("global")
        if not isinstance(tree.get("scrape_configs"), list) and not _GLOBAL.intersection(common):
            continue
        scrape = _seconds(common, "scrape_interval") or DEFAULT_SECONDS
        yield Scraping(
            file,
            tuple(
                Job(
                    one.text("job_name"),
                    _seconds(one, "scrape_interval") or scrape,
                    one.get("honor_labels") is True,
                )
                for one in tree.tables("scrape_configs")
                if one.text("job_name")
            ),
            scrape,
            _seconds(common, "evaluation_interval") or DEFAULT_SECONDS,
            _texts(tree.get("rule_files")),
            tuple(_refused(tree)),
        )


def data_sources(trees: Iterable[Table], file: str) -> Iterator[DataSource]:
    """Yield the data sources among *trees* that ask Prometheus."""
    for tree in trees:
        if tree.get("kind") == "GrafanaDatasource":
            listed = [tree.table("spec").table("datasource")]
        else:
            listed = tree.tables("datasources") if "apiVersion" in tree else []
        for one in listed:
            if one.text("type") not in _PLUGINS:
                continue
            said = one.table("jsonData").text("timeInterval")
            yield DataSource(
                str(one.text("name")), file, said.line if said else one.line, duration(said), str(said)
            )


def _refused(tree: Table) -> Iterator[tuple[str, Text]]:
    """Yield the durations of a configuration that Prometheus cannot read, those that somebody fills in later apart."""
    for table in (tree.table("global"), *tree.tables("scrape_configs")):
        for key in _DURATIONS:
            text = table.text(key)
            if text and text != "0" and duration(text) is None and not _FILLED_IN.intersection(text):
                yield key, text


def _seconds(table: Table, key: str) -> float | None:
    return duration(table.text(key))


def _texts(listed: object) -> tuple[str, ...]:
    return tuple(str(one) for one in listed if isinstance(one, Text)) if isinstance(listed, list) else ()
