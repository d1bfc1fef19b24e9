"""Who calls is what the kernel says, whatever the environment claims."""

from __future__ import annotations

import os
import pwd
import socket
import sys
from typing import NoReturn

import pytest

from hive.application.identity import identity


def test_the_caller_is_named_with_number_and_host() -> None:
    name = pwd.getpwuid(os.getuid()).pw_name
    assert identity() == f"{name} (uid {os.getuid()}) on {socket.gethostname()}"


@pytest.mark.parametrize("variable", ["USER", "LOGNAME", "LNAME", "USERNAME", "SUDO_USER"])
def test_the_environment_does_not_say_who_calls(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity()
    monkeypatch.setenv(variable, "mallory")
    assert identity() == before


def test_a_user_without_an_account_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> NoReturn:
        raise KeyError(number)

    monkeypatch.setattr(sys.modules["pwd"], "getpwuid", unknown)
    assert identity() == f"uid {os.getuid()} on {socket.gethostname()}"
