"""Regular expressions as Prometheus reads them (Go's RE2 syntax)."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def matches_empty(pattern: str) -> bool:
    """Whether *pattern* matches the empty text; raises ValueError when it is no regular expression."""
    try:
        return re.fullmatch(pattern, "") is not None
    except re.error as error:
        raise ValueError(str(error)) from error
