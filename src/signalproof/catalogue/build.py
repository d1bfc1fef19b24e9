"""What runs: the version, the revision and the Python of a process, as labels of a metric that is always 1."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from signalproof.catalogue.family import Family
from signalproof.catalogue.labels import BoundedLabel, LabelDomain, LabelSet, labels
from signalproof.catalogue.metric import Metric
from signalproof.catalogue.units import COUNT, Unit


class Version(BoundedLabel, at_most=1):
    """The version of the package that runs."""


class Revision(BoundedLabel, at_most=1):
    """The revision of the source that it was built from."""


class PythonVersion(BoundedLabel, at_most=1):
    """The version of the Python that runs it."""


@dataclass(frozen=True, eq=False)
class BuildInfo(Metric[Version | Revision | PythonVersion]):
    """What runs, as ``X_build_info{version, revision, python_version}`` with the value 1; whoever installs it exposes it.

    Example: ``BuildInfo("ai_planner", package="signalproof", revision="HIVE_REVISION")``.

    Attributes:
        name: What is said of: ``ai_planner``; from then on the name of the metric, ``ai_planner_build_info``.
        package: The installed distribution whose version it is.
        revision: Environment variable with the revision; unset or empty, and the revision is ``unknown``.
    """

    kind = "info"

    help: str = "What runs: version and revision of the application, version of Python; always 1."
    labels: LabelSet[Version | Revision | PythonVersion] = field(
        default_factory=lambda: labels(Version, Revision, PythonVersion), init=False
    )
    unit: Unit = field(default=COUNT, init=False)
    package: str = field(kw_only=True)
    revision: str = field(kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.name}_build_info")
        super().__post_init__()

    @property
    def exposed_as(self) -> str:
        """A gauge: the format that every Prometheus reads has no other word, and only gauges are shared by processes."""
        return "gauge"

    @cached_property
    def family(self) -> Family:
        """What prometheus_client exposes for it: one series for each process."""
        own = {name: LabelDomain(name, None, 1) for name in self.labels}
        return replace(super().family, labels=own, unit=self.unit.dimension, initialised=True, presence="")
