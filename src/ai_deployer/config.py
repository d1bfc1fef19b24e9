"""The deployer's configuration: the one place that knows its environment variables."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from hive.application.config import Settings


class DeployerSettings(Settings):
    """What the deployer can be told, besides what every application can.

    Attributes:
        metrics_port: Port of ``/metrics``; 0 takes a free one, which the log names.
        concurrency: Most deployments at the same time, each to another target.
        retry_seconds: Seconds until a deployment that could not reach its target is tried again, doubled each time.
        rollback_seconds: Seconds within which a broken release must be rolled back.
        unapproved: Whether deployments are taken, and submitted, that nobody approved.
        releases: Folder that releases and build contexts are taken from.
        health_ca: Certificates that HTTPS health checks trust, as PEM; the system's when left out.
        ssh_known_hosts: Keys of the hosts that may be deployed to; any other host is refused.
        ssh_key: The private key that the deployer shows.
        ssh_passphrase: What the private key is encrypted with.
        docker_host: Address of the Docker Engine.
        registry_user: Name that images are pulled under; anonymously when left out.
        registry_password: Its password.
        kubeconfig: How to reach the Kubernetes API server.
        kubernetes_context: Context of that file; the current one when left out.
    """

    metrics_port: int = Field(9464, ge=0, le=65535, validation_alias="HIVE_METRICS_PORT")
    concurrency: int = Field(4, ge=1, le=64, validation_alias="HIVE_DEPLOYER_CONCURRENCY")
    retry_seconds: float = Field(5.0, gt=0, validation_alias="HIVE_DEPLOYER_RETRY_SECONDS")
    rollback_seconds: float = Field(120.0, gt=0, le=600, validation_alias="HIVE_DEPLOYER_ROLLBACK_SECONDS")
    unapproved: bool = Field(False, validation_alias="HIVE_DEPLOYER_UNAPPROVED")
    releases: Path = Field(Path("releases"), validation_alias="HIVE_RELEASES")
    health_ca: Path | None = Field(None, validation_alias="HIVE_HEALTH_CA")
    ssh_known_hosts: Path = Field(Path("~/.ssh/known_hosts"), validation_alias="HIVE_SSH_KNOWN_HOSTS")
    ssh_key: Path = Field(Path("~/.ssh/id_ed25519"), validation_alias="HIVE_SSH_KEY")
    ssh_passphrase: SecretStr | None = Field(None, validation_alias="HIVE_SSH_PASSPHRASE")
    docker_host: str = Field("unix:///var/run/docker.sock", validation_alias="HIVE_DOCKER_HOST")
    registry_user: str | None = Field(None, validation_alias="HIVE_REGISTRY_USER")
    registry_password: SecretStr | None = Field(None, validation_alias="HIVE_REGISTRY_PASSWORD")
    kubeconfig: Path = Field(Path("~/.kube/config"), validation_alias="HIVE_KUBECONFIG")
    kubernetes_context: str | None = Field(None, validation_alias="HIVE_KUBERNETES_CONTEXT")

    @field_validator("releases", "health_ca", "ssh_known_hosts", "ssh_key", "kubeconfig")
    @classmethod
    def _at_home(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser()
