"""Who calls: as the operating system says, not as somebody claims."""

from __future__ import annotations

import os
import pwd
import socket

_LONGEST = 200
"""Characters of the columns that it is stored in."""


def identity() -> str:
    """Return the user of this process, with the number that the kernel knows and the host: ``ann (uid 1000) on web-1``.

    The environment (``USER``, ``LOGNAME``) is not asked. A number without an account, as containers have it, is its own
    name: ``uid 10001 on 4f2a``.
    """
    number = os.getuid()
    try:
        who = f"{pwd.getpwuid(number).pw_name} (uid {number})"
    except KeyError:
        who = f"uid {number}"
    return f"{who} on {socket.gethostname()}"[:_LONGEST]
