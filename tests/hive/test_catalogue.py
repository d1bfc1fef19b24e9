"""The Hive's catalogue against the plan of Project Signal."""

from __future__ import annotations

from collections import Counter

import pytest

from hive.catalogue import CATALOGUE
from signalproof.catalogue.operation import Adapter, Loop, Priority

# number, priority, tracked function, kind, operation, fixed labels: the plan's table, P0 before P1 before P2
PLAN = """
1 P0 ai_planner.claude_bridge.RobustClaudePlannerBridge.generate_execution_plan adapter claude_planning
2 P0 ai_planner.async_agent.AsyncClaudeService.generate_execution_plan_async adapter async_claude_planning
3 P0 ai_planner.agent.AIPlanner.get_next_task adapter database_planning_queue_poll
4 P0 ai_planner.agent.AIPlanner.save_execution_plan adapter database_save_plan
5 P1 ai_planner.agent.AIPlanner.run loop planner_agent_loop component=ai_planner
6 P1 ai_planner.agent.AIPlanner.process_task request planning_process_task component=ai_planner
7 P1 ai_planner.async_agent.AsyncAIPlanner.generate_plan_async request async_plan_generation component=async_ai_planner
8 P1 ai_planner.async_agent.AsyncAIPlanner.run_forever_async loop async_planner_loop component=async_ai_planner
9 P1 ai_planner.async_agent.AsyncAIPlanner.process_planning_queue_async request async_process_queue component=async_ai_planner
10 P0 ai_deployer.deployer.DeploymentOrchestrator.execute_deployment request deployment_execution component=deployer
11 P0 ai_deployer.strategies.ssh.SSHStrategy.deploy request ssh_deployment strategy=ssh
12 P0 ai_deployer.strategies.docker.DockerStrategy.deploy request docker_deployment strategy=docker
13 P0 ai_deployer.deployer.DeploymentOrchestrator.verify_deployment_health request deployment_health_check component=deployer
14 P0 ai_deployer.deployer.DeploymentOrchestrator.rollback_deployment request deployment_rollback component=deployer
15 P1 ai_deployer.agent.DeploymentAgent.run loop deployer_agent_loop component=deployment_agent
16 P1 ai_deployer.agent.DeploymentAgent.process_deployment_queue request process_deployment_queue component=deployment_agent
17 P1 ai_deployer.agent.DeploymentAgent.handle_deployment_task request handle_deployment_task component=deployment_agent
18 P1 ai_deployer.database_adapter.DatabaseAdapter.get_pending_deployments adapter database_deployment_queue_poll
19 P1 ai_deployer.database_adapter.DatabaseAdapter.update_deployment_status adapter database_update_deployment
20 P1 ai_deployer.database_adapter.DatabaseAdapter.store_deployment_result adapter database_store_deployment
21 P2 ai_deployer.strategies.kubernetes.KubernetesStrategy.deploy request kubernetes_deployment strategy=kubernetes
22 P2 ai_deployer.strategies.docker.DockerStrategy.build_image request docker_build_image strategy=docker
23 P2 ai_deployer.strategies.ssh.SSHStrategy.validate_connection request ssh_validate_connection strategy=ssh
"""
ROWS = [line.split() for line in PLAN.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[4])
def test_a_tracked_function_is_declared_as_planned(row: list[str]) -> None:
    _, priority, owner, kind, name, *fixed = row
    operation = CATALOGUE.operations[("adapter_" if kind == "adapter" else "") + name]
    labels = [f"{label}={value}" for label, value in operation.labels.fixed.items()]
    assert (operation.owner, operation.priority, operation.kind, labels) == (owner, priority, kind, fixed)


def test_nothing_is_declared_beyond_the_plan() -> None:
    assert len(CATALOGUE.operations) == len(ROWS) == 23


def test_a_deployment_tells_its_strategy() -> None:
    assert list(CATALOGUE.operations["deployment_execution"].labels) == ["component", "strategy"]


def test_every_p0_operation_has_an_objective() -> None:
    without = [
        one.name
        for one in CATALOGUE.operations.values()
        if one.priority is Priority.P0 and one.objective is None
    ]
    assert without == []


def test_no_function_is_tracked_twice() -> None:
    owners = Counter(operation.owner for operation in CATALOGUE.operations.values())
    assert [owner for owner, count in owners.items() if count > 1] == []


def test_a_plan_of_ninety_two_seconds_lies_below_the_top_bucket() -> None:
    assert CATALOGUE.operations["planning_process_task"].duration.buckets.bounds[-1] > 92


def test_concurrent_plans_are_the_calls_in_flight_of_plan_generation() -> None:
    gauge = CATALOGUE.operations["async_plan_generation"].in_flight
    assert gauge is not None
    assert gauge.name == "async_planner_concurrent_plans"


def test_adapters_and_loops_keep_their_kind() -> None:
    kinds = Counter(type(one) for one in CATALOGUE.operations.values())
    assert (kinds[Adapter], kinds[Loop]) == (7, 3)
