"""The trust boundary: what runs is what was approved, to the last value, or it does not run."""

from __future__ import annotations

from ai_deployer.errors import RefusedError
from hive.storage import Deployment


class NotApprovedError(RefusedError):
    """Nobody approved this, or something else was approved: it is not run."""


def check_approval(deployment: Deployment, *, unapproved: bool, begun: bool) -> None:
    """Return if *deployment* may run.

    Args:
        deployment: As it was read; what is checked is what is run afterwards.
        unapproved: Whether this deployer was told to take what nobody approved.
        begun: Whether the target was touched already: what was begun is brought to an end by every deployer.

    Raises:
        NotApprovedError: It was changed since, or nobody approved it.
    """
    check_unchanged(deployment)
    if deployment.approved_by is None and not unapproved and not begun:
        raise NotApprovedError(
            "nobody approved it: approve a plan of ai_planner, or set HIVE_DEPLOYER_UNAPPROVED=true on this deployer"
        )


def check_unchanged(deployment: Deployment) -> None:
    """Return if the specification of *deployment* is the one that was approved, or submitted without an approval.

    Raises:
        NotApprovedError: It was changed since.
    """
    stored = deployment.request.digest
    if deployment.digest != stored:
        raise NotApprovedError(
            f"deployment {deployment.id} was changed after it was approved: approved was {deployment.digest}, "
            f"stored is {stored}"
        )
