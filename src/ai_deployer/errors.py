"""Why a deployment failed; the class names, or those of their bases, are the values of ``error_type`` in the catalogue."""

from __future__ import annotations

from hive.catalogue.labels import DeploymentError


class InvalidDeploymentError(ValueError):
    """What was asked for makes no sense, or is not there: trying again does not help."""


class UnreachableError(ConnectionError):
    """The target did not answer, or stopped to: trying again may help."""


class RefusedError(PermissionError):
    """The target, or our own caution, refused: an unknown host key, a wrong key, a missing right."""


class OwnedError(RefusedError):
    """What is to be deployed to belongs to another target, or to nobody we know of: a person must say so."""


class BuildError(Exception):
    """The image could not be built."""


class RolloutError(Exception):
    """The release did not come up on the target."""


class UnhealthyError(Exception):
    """The release came up and does not do what it should."""


def error_type(error: BaseException) -> DeploymentError:
    """Return the type under which *error* is counted, as the instrumentation finds it."""
    names = {one.value: one for one in DeploymentError}
    found = next((names[one.__name__] for one in type(error).__mro__ if one.__name__ in names), None)
    return DeploymentError.OTHER if found is None else found
