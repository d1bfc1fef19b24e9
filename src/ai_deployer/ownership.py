"""Whose it is: what a release goes to carries a mark with the name of its target, and no other target touches it.

On a host the mark is a file in the target's folder, on a container it is a label, on an object of Kubernetes an annotation.
What is there without a mark is taken over if this target is known to have deployed it, or if the specification says so
(``"adopt": true``). What carries the mark of another target is left alone, whatever the specification says.
"""

from __future__ import annotations

from ai_deployer.errors import OwnedError


def of_another(place: str, owner: str, target: str) -> OwnedError:
    """Return the refusal of *place*, which belongs to the target *owner*."""
    return OwnedError(
        f"{place} belongs to the target {owner!r}, not to {target!r}: nothing of it is touched; give {target!r} a place of "
        "its own"
    )


def of_nobody(place: str, target: str) -> OwnedError:
    """Return the refusal of *place*, which is there and carries no mark."""
    return OwnedError(
        f"{place} is there and carries no mark of a target: nothing of it is touched; if it is to belong to {target!r}, "
        'write "adopt": true into the spec'
    )
