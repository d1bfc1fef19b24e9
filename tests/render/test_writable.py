"""Own definitions whose text no file can hold: refused with the text, before anything is written."""

from __future__ import annotations

from typing import Any

import pytest
from tests.foreign_text import HALF

from signalproof.errors import SignalproofError
from signalproof.render.json_text import json_text
from signalproof.render.yaml_text import to_yaml


@pytest.mark.parametrize("text", ["Jobs\0", f"Jobs{HALF}"])
@pytest.mark.parametrize("write", [json_text, lambda model: to_yaml([model])], ids=["json", "yaml"])
def test_a_text_that_no_file_can_hold_is_refused_and_shown(write: Any, text: str) -> None:
    with pytest.raises(SignalproofError, match=r"nothing can show 'Jobs\\(x00|ud800)'") as caught:
        write({"title": text, "panels": []})
    assert caught.value.help == "write whole characters"


def test_a_backslash_before_zeroes_is_no_nul() -> None:
    assert rb"a\\u0000" in json_text({"title": r"a\u0000", "panels": []})
