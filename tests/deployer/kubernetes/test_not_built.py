"""A Kubernetes that is not built is a reason to skip, and a failure where it is required."""

from __future__ import annotations

import pytest
from tests.conftest import CHECKOUT
from tests.deployer.kubernetes.cluster import REQUIRED, not_built


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_it_its_tests_are_skipped_with_the_command_that_builds_it(
    monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.skip.Exception) as skipped:
        not_built()
    command = "tests/deployer/kubernetes/build.sh"
    assert f"run sh {command}" in str(skipped.value)
    assert (CHECKOUT / command).is_file()


def test_where_it_is_required_it_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "required")
    with pytest.raises(pytest.fail.Exception, match="Kubernetes is not built"):
        not_built()
