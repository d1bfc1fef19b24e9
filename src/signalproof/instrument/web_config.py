"""Prometheus' file for TLS and basic authentication, as its exporters take it with ``--web.config.file``.

Format: https://prometheus.io/docs/prometheus/latest/configuration/https/. What Python's ssl cannot do is refused and not
passed over: nobody is to believe that something is locked that is not.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from signalproof.documents import Table, read_yaml
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.text_files import read_text

_TOP: Final = ("tls_server_config", "http_server_config", "basic_auth_users")
_TLS: Final = (
    "cert_file", "key_file", "client_auth_type", "client_ca_file", "client_allowed_sans", "min_version", "max_version",
    "cipher_suites", "prefer_server_cipher_suites",
)  # fmt: skip
_HEADERS: Final = (
    "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection",
    "Strict-Transport-Security",
)  # fmt: skip
_ELSEWHERE: Final = {
    "cert": "put it into a file, and name that: cert_file",
    "key": "put it into a file, and name that: key_file",
    "client_ca": "put it into a file, and name that: client_ca_file",
    "curve_preferences": "leave it out: OpenSSL chooses among the curves that are safe",
    "rate_limit": "leave it out: the number of connections and of pages made at once is bounded anyway",
}
_VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_CLIENTS: Final = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_UNVERIFIED: Final = ("RequestClientCert", "RequireAnyClientCert", "RequireClientCert")
_BCRYPT: Final = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


@dataclass(frozen=True)
class Tls:
    """``tls_server_config``.

    Attributes:
        cert_file: The certificate, with those that lead to its root.
        key_file: Its key.
        client_ca_file: Who signs the certificates of clients; None where they need none.
        clients: Whether a client has to have a certificate.
        allowed_sans: Names of which a certificate of a client has to have one; empty for any.
        oldest: Version of TLS.
        newest: Version of TLS.
        ciphers: Of TLS 1.2, as OpenSSL writes them; empty for those of Python.
        own_order: Whether the order of *ciphers* counts, and not the client's.
        where: The table.
    """

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None
    clients: ssl.VerifyMode
    allowed_sans: tuple[str, ...]
    oldest: ssl.TLSVersion
    newest: ssl.TLSVersion
    ciphers: str
    own_order: bool
    where: Location

    @property
    def files(self) -> tuple[Path, ...]:
        """What it names."""
        return tuple(one for one in (self.cert_file, self.key_file, self.client_ca_file) if one is not None)


@dataclass(frozen=True)
class WebConfig:
    """What such a file says.

    Attributes:
        tls: None where it is not to be spoken.
        users: Name → hash of the password by bcrypt; empty where everybody may ask.
        headers: Of every answer.
    """

    tls: Tls | None = None
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def read_web_config(file: Path) -> WebConfig:
    """Return what *file* says; paths in it are relative to its folder.

    Raises:
        SignalproofError: It cannot be read, has a key or value that is unknown, or asks for what Python's ssl cannot do.
    """
    trees = list(read_yaml(read_text(file, "name a web configuration that can be read"), str(file)))
    top = trees[0] if trees else None
    if len(trees) > 1 or not (top is None or isinstance(top, Table)):
        raise SignalproofError(
            "a web configuration is one table", f"write keys: {', '.join(_TOP)}", where=Location(str(file))
        )
    whole = _Part(Table() if top is None else top, "", file, _TOP)
    users, tls = whole.part("basic_auth_users", None), whole.part("tls_server_config", _TLS)
    http = whole.part("http_server_config", ("http2", "headers"))
    http.flag("http2", otherwise=True)  # which no client insists on
    headers = http.part("headers", _HEADERS)
    return WebConfig(
        _tls(tls) if tls.table else None,
        {name: _hash(users, name) for name in users.table},
        {name: text for name in headers.table if (text := _header(headers, name))},
    )


class _Part:
    """A table of the file, and how its values are asked for."""

    def __init__(self, table: Table, name: str, file: Path, known: tuple[str, ...] | None) -> None:
        self.table, self.name, self.file = table, name, file
        if table.repeated:
            key, line = table.repeated[0]
            raise SignalproofError(
                f"{key!r} stands there twice", "leave one of the two out", where=Location(str(file), line)
            )
        for key in table:
            if known is not None and key not in known:
                otherwise = f"keys: {', '.join(known)}"
                if key in _ELSEWHERE:
                    raise self.error(key, f"{key} cannot be served with", _ELSEWHERE[key])
                place = f" in {name}" if name else ""
                raise self.error(key, f"unknown key {key!r}{place}", did_you_mean(key, known, otherwise))

    def error(self, key: str, what: str, remedy: str) -> SignalproofError:
        value = self.table.get(key)
        line = getattr(value, "line", 0) or self.table.line
        return SignalproofError(what, remedy, where=Location(str(self.file), line))

    def part(self, key: str, known: tuple[str, ...] | None) -> _Part:
        value = self.table.get(key)
        if value is not None and not isinstance(value, Table):
            raise self.error(key, f"{key} is no table", "write its keys below it")
        return _Part(Table(self.table.line) if value is None else value, key, self.file, known)

    def text(self, key: str) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str) or "\0" in value:
            raise self.error(
                key, f"{key} is no text", "give a text, in quotes where it could be something else"
            )
        return str(value)

    def texts(self, key: str) -> list[str]:
        value = self.table.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.error(
                key, f"{key} is no list of texts", "write one below the other, with a dash before each"
            )
        return [str(one) for one in value]

    def flag(self, key: str, *, otherwise: bool) -> bool:
        value: Any = self.table.get(key, otherwise)
        if not isinstance(value, bool):
            raise self.error(key, f"{key} is neither true nor false", "say true or false")
        return value

    def path(self, key: str) -> Path | None:
        text = self.text(key)
        return self.file.parent / text if text else None

    def one_of(self, key: str, known: Mapping[str, Any], otherwise: str) -> Any:
        text = self.text(key) or otherwise
        if text not in known:
            raise self.error(
                key, f"{key} is {text!r:.60}", did_you_mean(text, known, f"one of {', '.join(known)}")
            )
        return known[text]


def _tls(part: _Part) -> Tls:
    cert, key = part.path("cert_file"), part.path("key_file")
    if cert is None or key is None:
        missing = "cert_file" if cert is None else "key_file"
        raise part.error(
            missing, f"tls_server_config has no {missing}", "name the files of the certificate and its key"
        )
    said = part.text("client_auth_type")
    if said in _UNVERIFIED:
        raise part.error(
            "client_auth_type",
            f"client_auth_type is {said}, which takes a certificate that nobody verified",
            "write RequireAndVerifyClientCert",
        )
    clients, authority = (
        part.one_of("client_auth_type", _CLIENTS, "NoClientCert"),
        part.path("client_ca_file"),
    )
    if (clients == ssl.CERT_NONE) != (authority is None):
        raise part.error(
            "client_auth_type",
            "client_auth_type and client_ca_file need each other",
            "give both, RequireAndVerifyClientCert and the file of who signs, or neither",
        )
    names = part.texts("client_allowed_sans")
    if names and clients != ssl.CERT_REQUIRED:
        raise part.error(
            "client_allowed_sans",
            "client_allowed_sans looks at certificates that no client has to have",
            "write client_auth_type: RequireAndVerifyClientCert",
        )
    oldest, newest = (
        part.one_of(f"{end}_version", _VERSIONS, other) for end, other in (("min", "TLS12"), ("max", "TLS13"))
    )
    if oldest > newest:
        raise part.error("min_version", "min_version is above max_version", "exchange the two")
    ciphers = ":".join(_of_openssl(one) for one in part.texts("cipher_suites"))
    own_order = part.flag("prefer_server_cipher_suites", otherwise=True)
    where = Location(str(part.file), part.table.line)
    return Tls(cert, key, authority, clients, tuple(names), oldest, newest, ciphers, own_order, where)


def _of_openssl(name: str) -> str:
    """Return how OpenSSL calls a cipher suite of TLS 1.2 that Go, and so such a file, calls by its name in the standard."""
    keys, _, cipher = name.removeprefix("TLS_").partition("_WITH_")
    keys = "" if keys == "RSA" else keys.replace("_", "-") + "-"
    cipher = re.sub(r"AES_(\d+)", r"AES\1", cipher).replace("_CBC", "").replace("POLY1305_SHA256", "POLY1305")
    return (keys + cipher).replace("_", "-")


def _hash(users: _Part, name: str) -> str:
    text = users.text(name)
    if not name or ":" in name or not _BCRYPT.fullmatch(text):
        what = "no hash by bcrypt" if name and ":" not in name else "a name that nobody can give"
        raise users.error(
            name,
            f"the user {name!r:.60} has {what}",
            "write one: htpasswd -nBC 10 \"\" | tr -d ':\\n'; a name has no colon",
        )
    return text


def _header(headers: _Part, name: str) -> str:
    text = headers.text(name)
    if not text.isascii() or not text.isprintable():
        raise headers.error(name, f"{name} cannot be sent", "write it on one line, in ASCII")
    return text
