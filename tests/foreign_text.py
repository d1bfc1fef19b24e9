"""Text as strangers write it, for properties that hold of all of it; and what a person may be shown of it."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import strategies as st

HALF = "\ud800"
HOSTILE = (
    "\0",
    "\x1b[2J\x1b]0;owned\x07",
    "\n::error file=x::gotcha",
    "::add-mask::x",
    "##[group]x",
    "##vso[task.setvariable variable=x]y",
    "\r\n",
    "\r",
    "\t",
    "\x85",
    "\x9b31m",
    "\u2028",
    "\u202egnp.exe",
    "\u2066",
    "\ufeff",
    "\uffff",
    HALF,
    "\udcff",
    "\ud83d\ude00",
    "\U000e0041",
    "]]>",
    "--><script>",
    '"}, {"',
    "%0A::error::",
    "|",
    "`",
    "x" * 20_000,
)

TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=()), max_size=40),  # halves of characters among them
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), min_size=1, max_size=4).map("".join),
)
"""Any text, mostly a bad one."""

_OBEYED = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
_LAYOUT = "\n\t"
_JOINERS = "\u200c\u200d"


def harm(text: str) -> list[str]:
    """Return what a terminal or a log of continuous integration would obey in *text*, and what nobody can see in it."""
    found = [
        f"U+{ord(one):04X}"
        for one in set(text)
        if one not in _LAYOUT + _JOINERS
        and (
            unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}
            or one in "\u202e\u2066\u200b\ufeff\uffff\U000e0041"
        )
    ]
    return sorted(found) + _OBEYED.findall(text)
