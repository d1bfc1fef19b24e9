"""A local server of Anthropic's Messages API that plans: what the planner's tests, and its demo, talk to.

    python -m tests.messages_api.server --port 8099 --seconds 0.2 --fail 0.05

It asks for what the API asks for (key, version, model, messages), answers with its headers, error bodies, events and
stop reasons, and plans whatever it is told to plan. How it misbehaves is told on its command line, or by posting to
``/control``; what it was asked, and how often, is read there. It is bound to loopback.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.messages_api.planning import made_plan
from tests.messages_api.state import State

ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""Status → type in the error's body, as documented for the API."""

_CHARACTERS_PER_TOKEN = 4
_CHUNK = 400


class Server(ThreadingHTTPServer):
    """Serves the Messages API on loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, state: State) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = state


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an event is sent when it is written
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]  # narrowed: only our server makes handlers

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name in the base class
        """Log nothing: a call carries a key."""

    def handle(self) -> None:
        """Answer until the caller closes the connection, or is gone."""
        with suppress(ConnectionResetError, BrokenPipeError):
            super().handle()

    def do_GET(self) -> None:  # the name that http.server calls
        if self.path == "/control":
            self._json(200, self.server.state.control({}))
        else:
            self._error(404, f"there is no {self.path}")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        if self.path == "/control":
            self._json(200, self.server.state.control(body))
            return
        state = self.server.state
        with state.lock:
            number = len(state.calls) + 1
            state.calls.append(
                {
                    "path": self.path,
                    "authorization": self.headers.get("authorization", ""),
                    "retry": self.headers.get("x-stainless-retry-count", ""),
                    "body": body,
                    "at": time.time(),
                }
            )
        self._request_id = f"req_{number:06d}"
        told = state.next()
        time.sleep(told.get("seconds", state.seconds))
        state.done()  # before the answer is out: who has it may call again at once
        try:
            self._answer(body, told)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller has gone: its deadline came first

    def _answer(self, body: dict[str, Any], told: dict[str, Any]) -> None:
        problem = self._problem(body)
        if problem is not None:
            self._error(*problem)
            return
        match told.get("do", "plan"):
            case "error":
                self._error(told["status"], told.get("message", "as told"), told.get("headers", {}))
            case "drop":  # the connection is gone before there is an answer
                self.close_connection = True
                self.connection.close()
            case "refuse":
                self._message(body, told.get("text", ""), "refusal", told)
            case "say":
                self._message(body, told["text"], told.get("stop", "end_turn"), told)
            case _:
                text = json.dumps(made_plan(body, **told.get("plan", {})))
                limit = told.get("tokens", body["max_tokens"]) * _CHARACTERS_PER_TOKEN
                self._message(body, text[:limit], "max_tokens" if len(text) > limit else "end_turn", told)

    def _problem(self, body: dict[str, Any]) -> tuple[int, str] | None:
        """Return status and message of what the API would refuse, if anything."""
        given = self.headers.get("authorization", "").removeprefix("Bearer ") or self.headers.get(
            "x-api-key", ""
        )
        if not given or (self.server.state.key and given != self.server.state.key):
            return 401, "invalid bearer token" if given else "x-api-key header is required"
        if not self.headers.get("anthropic-version"):
            return 400, "anthropic-version: header is required"
        if self.path.partition("?")[0] != "/v1/messages":
            return 404, f"there is no {self.path}"
        for name in ("model", "max_tokens", "messages"):
            if name not in body:
                return 400, f"{name}: Field required"
        if not str(body["model"]).startswith("claude-"):
            return 404, f"model: {body['model']}"
        if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
            return 400, "max_tokens: must be at least 1"
        wanted = body.get("output_config", {}).get("format")
        if wanted is not None and (
            wanted.get("type") != "json_schema" or not _is_strict(wanted.get("schema"))
        ):
            return 400, "output_config.format.schema: every object needs additionalProperties false"
        return None

    def _message(self, body: dict[str, Any], text: str, stop: str, told: dict[str, Any]) -> None:
        usage = {
            "input_tokens": len(json.dumps(body["messages"])) // _CHARACTERS_PER_TOKEN,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": max(1, len(text) // _CHARACTERS_PER_TOKEN),
            "service_tier": "standard",
        }
        message = {
            "id": f"msg_{self._request_id[4:]}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": text}] if text else [],
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": usage,
        }
        if not body.get("stream"):
            self._json(200, message)
            return
        self.send_response(200)
        for name, value in (
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("request-id", self._request_id),
            ("transfer-encoding", "chunked"),
        ):
            self.send_header(name, value)
        self.end_headers()
        for number, event in enumerate(_events(message, text)):
            if told.get("do") in {"break", "cut", "stall"} and number == told.get("after", 3):
                if told["do"] == "cut":  # the connection is gone in the middle of the answer
                    self.close_connection = True
                    self.connection.close()
                    return
                if told["do"] == "stall":  # nothing more comes, and the connection stays
                    time.sleep(told["stall"])
                    self.close_connection = True
                    return
                kind = told.get("error", "overloaded_error")
                self._chunk({"type": "error", "error": {"type": kind, "message": "as told"}})
                break
            self._chunk(event)
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, event: dict[str, Any]) -> None:
        data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        number = getattr(self, "_request_id", "req_000000")
        error = {"type": ERRORS.get(status, "api_error"), "message": message}
        self._json(status, {"type": "error", "error": error, "request_id": number}, headers or {})

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        own = {
            "content-type": "application/json",
            "content-length": str(len(data)),
            "request-id": getattr(self, "_request_id", "req_000000"),
        }
        for name, text in (own | (headers or {})).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)


def _events(message: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a streamed *message*, in the order of the API."""
    usage = message["usage"]
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    if text:
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "ping"}
    for begin in range(0, len(text), _CHUNK):
        delta = {"type": "text_delta", "text": text[begin : begin + _CHUNK]}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    if text:
        yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": usage["output_tokens"]},
    }
    yield {"type": "message_stop"}


def _is_strict(schema: Any) -> bool:
    """Return whether every object in the *schema* forbids properties that it does not name, as the API demands."""
    if isinstance(schema, list):
        return all(_is_strict(one) for one in schema)
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return False
    return all(_is_strict(one) for one in schema.values())


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="A local server of the Messages API that plans.")
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long an answer takes")
    parser.add_argument("--fail", type=float, default=0.0, help="share of the calls that end as overloaded")
    parser.add_argument("--port-file", type=Path, help="where to write the port once it listens")
    told = parser.parse_args()
    server = Server(told.port, State(seconds=told.seconds, fail=told.fail))
    port = server.server_address[1]
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    if told.port_file is not None:
        told.port_file.write_text(str(port))
    server.serve_forever()


if __name__ == "__main__":
    main()
