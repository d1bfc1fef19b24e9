"""What ai_deployer emits: deployments by strategy, health checks, rollbacks, its queue, its loop."""

from __future__ import annotations

from hive.catalogue.labels import Component, DatabaseError, DeploymentError, Strategy
from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.labels import labels
from signalproof.catalogue.operation import Adapter, Loop, Objective, Priority, Request

DEPLOYMENT_EXECUTION = Request(
    "deployment_execution",
    "a deployment, from taken up to healthy or rolled back",
    labels(Component.DEPLOYER, Strategy),
    DeploymentError,
    owner="ai_deployer.deployer.DeploymentOrchestrator.execute_deployment",
    noun="deployments",
    per_hour=10,
    priority=Priority.P0,
    buckets="deployment",
    objective=Objective(latency=300.0, success=0.95),
    last_ended=True,
)
SSH_DEPLOYMENT = Request(
    "ssh_deployment",
    "a release uploaded and switched to over SSH",
    labels(Strategy.SSH),
    DeploymentError,
    owner="ai_deployer.strategies.ssh.SSHStrategy.deploy",
    noun="deployments",
    per_hour=5,
    priority=Priority.P0,
    buckets="deployment",
    objective=Objective(success=0.95),
)
DOCKER_DEPLOYMENT = Request(
    "docker_deployment",
    "a container started, found healthy and swapped in",
    labels(Strategy.DOCKER),
    DeploymentError,
    owner="ai_deployer.strategies.docker.DockerStrategy.deploy",
    noun="deployments",
    per_hour=3,
    priority=Priority.P0,
    buckets="deployment",
    objective=Objective(success=0.95),
)
HEALTH_CHECK = Request(
    "deployment_health_check",
    "a health check of a fresh release, its retries included",
    labels(Component.DEPLOYER),
    DeploymentError,
    owner="ai_deployer.deployer.DeploymentOrchestrator.verify_deployment_health",
    noun="checks",
    per_hour=10,
    priority=Priority.P0,
    buckets="deployment",
    objective=Objective(latency=60.0, success=0.95),
)
ROLLBACK = Request(
    "deployment_rollback",
    "a return to the last good release",
    labels(Component.DEPLOYER),
    DeploymentError,
    owner="ai_deployer.deployer.DeploymentOrchestrator.rollback_deployment",
    noun="rollbacks",
    per_hour=0.4,
    priority=Priority.P0,
    buckets="deployment",
    objective=Objective(latency=120.0, success=0.99),
    last_ended=True,
)
DEPLOYER_LOOP = Loop(
    "deployer_agent_loop",
    "one turn of the deployment agent's loop, which handles one batch",
    labels(Component.DEPLOYMENT_AGENT),
    DeploymentError,
    owner="ai_deployer.agent.DeploymentAgent.run",
    noun="turns",
    per_hour=1200,
)
PROCESS_QUEUE = Request(
    "process_deployment_queue",
    "a batch of deployments handled: free places filled from the queue until a deployment ended",
    labels(Component.DEPLOYMENT_AGENT),
    DeploymentError,
    owner="ai_deployer.agent.DeploymentAgent.process_deployment_queue",
    noun="batches",
    per_hour=10,
    buckets="deployment",
)
HANDLE_TASK = Request(
    "handle_deployment_task",
    "a pending deployment, from claimed to stored result",
    labels(Component.DEPLOYMENT_AGENT),
    DeploymentError,
    owner="ai_deployer.agent.DeploymentAgent.handle_deployment_task",
    noun="tasks",
    per_hour=10,
    buckets="deployment",
    objective=Objective(latency=600.0),
)
DEPLOYMENT_QUEUE_POLL = Adapter(
    "database_deployment_queue_poll",
    "a look into the queue for pending deployments",
    labels(),
    DatabaseError,
    owner="ai_deployer.database_adapter.DatabaseAdapter.get_pending_deployments",
    noun="polls",
    per_hour=1200,
    buckets="database",
    objective=Objective(latency=0.1, quantile=0.99),
)
UPDATE_STATUS = Adapter(
    "database_update_deployment",
    "a deployment's status written to the database",
    labels(),
    DatabaseError,
    owner="ai_deployer.database_adapter.DatabaseAdapter.update_deployment_status",
    noun="writes",
    per_hour=40,
    buckets="database",
    objective=Objective(latency=0.25, quantile=0.99),
)
STORE_RESULT = Adapter(
    "database_store_deployment",
    "a deployment's result written to the database",
    labels(),
    DatabaseError,
    owner="ai_deployer.database_adapter.DatabaseAdapter.store_deployment_result",
    noun="writes",
    per_hour=10,
    buckets="database",
    objective=Objective(latency=0.25, quantile=0.99),
)
KUBERNETES_DEPLOYMENT = Request(
    "kubernetes_deployment",
    "a rollout applied and waited for on Kubernetes",
    labels(Strategy.KUBERNETES),
    DeploymentError,
    owner="ai_deployer.strategies.kubernetes.KubernetesStrategy.deploy",
    noun="deployments",
    per_hour=2,
    priority=Priority.P2,
    buckets="deployment",
)
BUILD_IMAGE = Request(
    "docker_build_image",
    "an image built by the Docker Engine",
    labels(Strategy.DOCKER),
    DeploymentError,
    owner="ai_deployer.strategies.docker.DockerStrategy.build_image",
    noun="builds",
    per_hour=3,
    priority=Priority.P2,
    buckets="deployment",
)
VALIDATE_CONNECTION = Request(
    "ssh_validate_connection",
    "an SSH connection opened and its host key verified",
    labels(Strategy.SSH),
    DeploymentError,
    owner="ai_deployer.strategies.ssh.SSHStrategy.validate_connection",
    noun="connections",
    per_hour=5,
    priority=Priority.P2,
    buckets="http",
)
DEPLOYER_BUILD = BuildInfo("ai_deployer", package="signalproof", revision="HIVE_REVISION")
