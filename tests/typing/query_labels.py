"""Type-checked, never run: a wrong label or value in a query is an error in the editor.

Every line that must be refused carries an ignore and says why; both checkers report an ignore that is not needed, so a line that
comes to be accepted fails the check.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false

from __future__ import annotations

from typing import assert_type

from hive.catalogue.deployer import DEPLOYER_LOOP, DEPLOYMENT_EXECUTION
from hive.catalogue.labels import Component, DeploymentError, Direction, PlanningError, Strategy
from hive.catalogue.planner import CLAUDE_PLANNING, CLAUDE_TOKENS
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Status
from signalproof.promql.build import increase, quantile, rate, value
from signalproof.promql.operations import ended, error_rate, success_ratio, throughput

# what an operation expands to
assert_type(DEPLOYMENT_EXECUTION.duration, Histogram[Component | Strategy])
assert_type(DEPLOYMENT_EXECUTION.calls, Counter[Component | Strategy | Status])
assert_type(DEPLOYMENT_EXECUTION.failures, Counter[Component | Strategy | DeploymentError])
assert_type(DEPLOYMENT_EXECUTION.last_ended, Gauge[Component | Strategy | Status])

# right
rate(DEPLOYMENT_EXECUTION.calls, where=Status.SUCCESS, by=Strategy)
rate(DEPLOYMENT_EXECUTION.calls, where=(Status.SUCCESS, Strategy.SSH, Job("x")), by=(Strategy, Instance))
quantile(0.95, DEPLOYMENT_EXECUTION.duration, by=Strategy)
value(DEPLOYER_LOOP.running, "max", by=Instance)
error_rate(CLAUDE_PLANNING, by=PlanningError)
success_ratio(CLAUDE_PLANNING)
ended(DEPLOYMENT_EXECUTION, where=Status.FAILURE, by=(Strategy, Instance))

# a metric without labels of its own still has the target labels
success_ratio(CLAUDE_PLANNING, by=Instance)
rate(CLAUDE_PLANNING.duration, by=(Job, Instance))

# a label that the metric does not have
rate(CLAUDE_TOKENS, by=Strategy)  # type: ignore[misc]  # a label that the metric does not have
rate(CLAUDE_TOKENS, where=Status.SUCCESS)  # type: ignore[misc]  # a label that the metric does not have
quantile(0.95, DEPLOYMENT_EXECUTION.duration, by=Status)  # type: ignore[misc]  # a label that the metric does not have
success_ratio(CLAUDE_PLANNING, by=Strategy)  # type: ignore[misc]  # a label that the metric does not have
throughput(CLAUDE_PLANNING, where=Direction.INPUT)  # type: ignore[misc]  # a label that the metric does not have
error_rate(CLAUDE_PLANNING, by=DeploymentError)  # type: ignore[misc]  # a label that the metric does not have
ended(CLAUDE_PLANNING, by=Strategy)  # type: ignore[misc]  # a label that the metric does not have
ended(DEPLOYMENT_EXECUTION, where=Direction.INPUT)  # type: ignore[misc]  # a label that the metric does not have

# text instead of a label or a value
rate(CLAUDE_TOKENS, by="direction")  # type: ignore[arg-type]  # text instead of a label or a value
rate(CLAUDE_TOKENS, where="input")  # type: ignore[arg-type]  # text instead of a label or a value

# a metric of the wrong kind
rate(DEPLOYER_LOOP.running)  # type: ignore[arg-type]  # a metric of the wrong kind
increase(DEPLOYER_LOOP.last_iteration)  # type: ignore[arg-type]  # a metric of the wrong kind
quantile(0.95, CLAUDE_TOKENS)  # type: ignore[arg-type]  # a metric of the wrong kind
value(CLAUDE_TOKENS)  # type: ignore[arg-type]  # a metric of the wrong kind
