"""The local Messages API as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.messages_api.control import LocalClaude, local_claude


@pytest.fixture(scope="session")
def claude_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClaude]:
    """The local Messages API, running for the whole session."""
    with local_claude(tmp_path_factory.mktemp("claude")) as claude:
        yield claude


@pytest.fixture
def claude(claude_process: LocalClaude) -> LocalClaude:
    """The local Messages API, with nothing told and nothing seen."""
    claude_process.forget()
    return claude_process
