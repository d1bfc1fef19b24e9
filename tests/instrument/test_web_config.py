"""Prometheus' web configuration: TLS and passwords as its exporters have them, and an error for whatever cannot be kept."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import bcrypt
import pytest
from tests.conftest import StartPrometheus
from tests.instrument.certificates import Pair, self_signed

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.errors import SignalproofError
from signalproof.instrument import serve, track_request
from signalproof.instrument.exposition import Server
from signalproof.instrument.web_config import read_web_config
from signalproof.testing import record

PASSWORD = "correct horse"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
USERS = f"basic_auth_users:\n  scraper: {HASH}\n"
TLS = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
MUTUAL = f"{TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.pem\n"


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CATALOGUE = Catalogue.of_entries([WORK])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    folder = tmp_path_factory.mktemp("certificates")
    return {name: self_signed(folder, name) for name in ("server", "client", "stranger")}


@pytest.fixture
def folder(tmp_path: Path, pairs: dict[str, Pair]) -> Path:
    for pair in pairs.values():
        shutil.copy(pair.certificate, tmp_path)
        shutil.copy(pair.key, tmp_path)
    return tmp_path


def _file(folder: Path, text: str) -> Path:
    file = folder / "web.yml"
    file.write_text(text)
    return file


def _served(folder: Path, text: str) -> Iterator[Server]:
    with record(CATALOGUE), serve(0, web_config=_file(folder, text)) as server:
        yield server


@pytest.fixture
def locked(folder: Path) -> Iterator[Server]:
    """A server that speaks TLS and wants a password."""
    yield from _served(folder, TLS + USERS)


@pytest.fixture
def mutual(folder: Path) -> Iterator[Server]:
    """A server that wants a certificate of the client."""
    yield from _served(folder, MUTUAL)


def _trusting(folder: Path, client: str = "") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "server.pem")
    if client:
        context.load_cert_chain(folder / f"{client}.pem", folder / f"{client}.key")
    return context


def _get(server: Server, folder: Path, user: str = "", password: str = PASSWORD, client: str = "") -> str:
    request = urllib.request.Request(server.url)
    if user:
        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        )
    context = _trusting(folder, client) if server.url.startswith("https") else None
    with urllib.request.urlopen(request, timeout=20, context=context) as answer:
        return str(answer.read().decode())


def _hangs_up(ask: Callable[[], object]) -> bool:
    """Return whether the server ends the connection without an answer: no page, and no status either."""
    try:
        ask()
    except urllib.error.HTTPError as answer:
        answer.close()
        return False
    except OSError:  # what a client calls it depends on when it notices
        return True
    return False


def _refusal(ask: Callable[[], object]) -> Message:
    """Return the headers of the answer to whoever has to give a name and a password, and did not."""
    with pytest.raises(urllib.error.HTTPError, match="401") as caught:
        ask()
    caught.value.close()  # it holds the connection
    return caught.value.headers


def test_the_page_is_served_over_tls(folder: Path, locked: Server) -> None:
    assert "work_calls_total" in _get(locked, folder, "scraper")


def test_the_address_says_that_tls_is_spoken(locked: Server) -> None:
    assert locked.url.startswith("https://")


def test_plain_text_is_not_answered_where_tls_is_spoken(locked: Server) -> None:
    plain = locked.url.replace("https", "http")
    assert _hangs_up(lambda: urllib.request.urlopen(plain, timeout=20).close())


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("", ""),
        ("scraper", "wrong"),
        ("nobody", PASSWORD),
        ("scraper", ""),
        ("scraper", PASSWORD + "x" * 80),
        ("scraper", "a\0"),
    ],
)
def test_nobody_without_the_right_password_sees_the_page(
    folder: Path, locked: Server, user: str, password: str
) -> None:
    assert _refusal(lambda: _get(locked, folder, user, password))["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Bearer eA==", "Basic //79", "Basic eA=="])
def test_a_header_that_is_none_is_refused_like_no_header(folder: Path, locked: Server, header: str) -> None:
    request = urllib.request.Request(locked.url, headers={"Authorization": header})
    refused = _refusal(lambda: urllib.request.urlopen(request, timeout=20, context=_trusting(folder)))
    assert refused["WWW-Authenticate"]


def test_whoever_is_refused_is_told_how_to_ask(folder: Path, locked: Server) -> None:
    assert str(_refusal(lambda: _get(locked, folder))["WWW-Authenticate"]).startswith("Basic realm=")


def test_a_password_is_hashed_once_and_not_for_every_scrape(
    folder: Path, locked: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _get(locked, folder, "scraper")
    monkeypatch.setattr("bcrypt.checkpw", lambda *_: pytest.fail("it was hashed again"))
    assert _get(locked, folder, "scraper")


def test_the_password_of_one_who_was_taken_away_is_refused_without_a_restart(
    folder: Path, locked: Server
) -> None:
    _get(locked, folder, "scraper")
    other = USERS.replace("scraper", "somebody")
    _file(folder, TLS + other)
    assert _refusal(lambda: _get(locked, folder, "scraper"))["WWW-Authenticate"]


def test_a_certificate_is_renewed_without_a_restart(folder: Path, locked: Server) -> None:
    _get(locked, folder, "scraper")
    for name in ("pem", "key"):
        shutil.copy(folder / f"client.{name}", folder / f"server.{name}")
    assert "work_calls_total" in _get(locked, folder, "scraper")


def test_nobody_is_served_while_the_file_is_broken_and_the_log_says_why(
    folder: Path, locked: Server, caplog: pytest.LogCaptureFixture
) -> None:
    _file(folder, TLS + USERS + "basic_auth_user: {}\n")
    assert [_hangs_up(lambda: _get(locked, folder, "scraper")) for _ in range(2)] == [True, True]
    assert [one for one in caplog.messages if "unknown key 'basic_auth_user'" in one] == caplog.messages[:1]


def test_a_file_that_was_mended_is_served_by_again(folder: Path, locked: Server) -> None:
    _file(folder, "broken")
    assert _hangs_up(lambda: _get(locked, folder, "scraper"))
    _file(folder, TLS + USERS)
    assert "work_calls_total" in _get(locked, folder, "scraper")


def test_a_client_with_the_certificate_sees_the_page(folder: Path, mutual: Server) -> None:
    assert "work_calls_total" in _get(mutual, folder, client="client")


@pytest.mark.parametrize("client", ["", "stranger"])
def test_a_client_without_the_certificate_does_not(folder: Path, mutual: Server, client: str) -> None:
    assert _hangs_up(lambda: _get(mutual, folder, client=client))


@pytest.mark.parametrize(("name", "admitted"), [("client", True), ("127.0.0.1", True), ("other", False)])
def test_a_certificate_needs_one_of_the_names(folder: Path, name: str, admitted: bool) -> None:
    for server in _served(folder, f"{MUTUAL}  client_allowed_sans: [{name}]\n"):
        try:
            assert ("work_calls_total" in _get(server, folder, client="client")) == admitted
        except OSError:
            assert not admitted


def test_the_oldest_version_of_tls_is_kept_to(folder: Path) -> None:
    for server in _served(folder, f"{TLS}  min_version: TLS13\n"):
        context = _trusting(folder)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(OSError, match=r"(?i)version|closed"):
            urllib.request.urlopen(server.url, timeout=20, context=context)


def test_a_cipher_suite_is_named_as_go_names_it(folder: Path) -> None:
    suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_RSA_WITH_AES_256_CBC_SHA"
    for server in _served(folder, f"{TLS}  max_version: TLS12\n  cipher_suites: [{suites}]\n"):
        assert "work_calls_total" in _get(server, folder)


def test_headers_are_sent_with_the_page(folder: Path) -> None:
    for server in _served(
        folder, "http_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: deny\n"
    ):
        with urllib.request.urlopen(server.url, timeout=20) as answer:
            assert answer.headers["X-Frame-Options"] == "deny"


def test_an_empty_file_locks_nothing(folder: Path) -> None:
    for server in _served(folder, ""):
        assert "work_calls_total" in _get(server, folder)


def test_a_real_prometheus_scrapes_over_tls_with_a_password(
    folder: Path, locked: Server, start_prometheus: StartPrometheus
) -> None:
    track_request(WORK)(lambda: 1)()
    prometheus = start_prometheus(
        f"""
global: {{scrape_interval: 1s}}
scrape_configs:
- job_name: work
  scheme: https
  tls_config: {{ca_file: {folder / "server.pem"}}}
  basic_auth: {{username: scraper, password: {PASSWORD}}}
  static_configs: [{{targets: ["127.0.0.1:{locked.port}"]}}]
"""
    )
    prometheus.until('work_calls_total{status="success"} == 1')
    assert prometheus.number('work_calls_total{status="success"}', time.time()) == 1.0


WRONG = {
    "unknown key": ("tls_server_conf: {}\n", "unknown key 'tls_server_conf'"),
    "unknown key within": (TLS + "  cert_fil: a\n", "unknown key 'cert_fil' in tls_server_config"),
    "key twice": (USERS + f"  scraper: {HASH}\n", "'scraper' stands there twice"),
    "no key": ("tls_server_config:\n  cert_file: server.pem\n", "has no key_file"),
    "no such file": (TLS.replace("server.key", "none.key"), "cannot be used: No such file"),
    "another key": (TLS.replace("server.key", "client.key"), "KEY_VALUES_MISMATCH"),
    "no certificate": (
        TLS.replace("server.pem", "web.yml"),
        "certificate of tls_server_config cannot be used",
    ),
    "inline key": ("tls_server_config:\n  cert: a\n  key: b\n", "cert cannot be served with"),
    "password in plain text": ("basic_auth_users:\n  scraper: secret\n", "no hash by bcrypt"),
    "user with a colon": (f'basic_auth_users:\n  "a:b": {HASH}\n', "a name that nobody can give"),
    "unverified": (TLS + "  client_auth_type: RequireAnyClientCert\n", "that nobody verified"),
    "no authority": (TLS + "  client_auth_type: RequireAndVerifyClientCert\n", "need each other"),
    "authority alone": (TLS + "  client_ca_file: client.pem\n", "need each other"),
    "names of nobody": (TLS + "  client_allowed_sans: [a]\n", "that no client has to have"),
    "old version": (TLS + "  min_version: TLS10\n", "min_version is 'TLS10'"),
    "versions exchanged": (TLS + "  min_version: TLS13\n  max_version: TLS12\n", "min_version is above"),
    "no cipher": (TLS + "  cipher_suites: [TLS_NONE]\n", "cipher_suites of tls_server_config cannot be used"),
    "curves": (TLS + "  curve_preferences: [X25519]\n", "curve_preferences cannot be served with"),
    "rate limit": ("rate_limit: {burst: 1}\n", "rate_limit cannot be served with"),
    "two lines in a header": (
        'http_server_config:\n  headers:\n    X-Frame-Options: "a\\nb"\n',
        "cannot be sent",
    ),
    "unknown header": ("http_server_config:\n  headers:\n    Server: a\n", "unknown key 'Server' in headers"),
    "a flag that is none": ("http_server_config:\n  http2: perhaps\n", "neither true nor false"),
    "a list": ("- a\n", "one table"),
    "two documents": ("{}\n---\n{}\n", "one table"),
    "a list for a text": (TLS.replace("server.pem", "[a]"), "cert_file is no text"),
    "a text for a table": ("tls_server_config: a\n", "tls_server_config is no table"),
    "a text for a list": (TLS + "  cipher_suites: a\n", "no list of texts"),
    "no YAML": ("{", "not valid YAML"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_when_the_server_starts(folder: Path, case: str) -> None:
    text, message = WRONG[case]
    with pytest.raises(SignalproofError) as caught:
        next(_served(folder, text))
    assert message in str(caught.value)
    assert caught.value.help


@pytest.mark.parametrize("case", sorted(set(WRONG) - {"no YAML"}))
def test_what_is_wrong_is_named_with_its_place(folder: Path, case: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        next(_served(folder, WRONG[case][0]))
    assert caught.value.where is not None
    assert caught.value.where.file == str(folder / "web.yml")


def test_no_hash_is_ever_shown(folder: Path) -> None:
    assert HASH not in repr(read_web_config(_file(folder, TLS + USERS)))


def test_a_file_that_is_not_there_is_a_mistake_with_a_remedy(folder: Path) -> None:
    with record(CATALOGUE), pytest.raises(SignalproofError, match="cannot read") as caught:
        serve(0, web_config=folder / "none.yml")
    assert "web configuration" in caught.value.help


def test_a_key_that_needs_a_password_is_refused_and_nobody_is_asked(folder: Path) -> None:
    command = ["openssl", "ec", "-in", "server.key", "-aes128", "-passout", "pass:x", "-out", "server.key"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with pytest.raises(SignalproofError, match="certificate of tls_server_config cannot be used"):
        next(_served(folder, TLS))


def test_without_bcrypt_the_remedy_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bcrypt", None)
    with pytest.raises(SignalproofError, match="bcrypt is not installed") as caught:
        next(_served(folder, USERS))
    assert "signalproof[auth]" in caught.value.help


def test_serving_in_plain_text_imports_neither_yaml_nor_bcrypt() -> None:
    program = (
        "import sys; from prometheus_client.registry import CollectorRegistry; from signalproof.instrument import serve\n"
        "serve(0, registry=CollectorRegistry()).close(); print([one for one in ('yaml', 'bcrypt') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
