"""A small server that speaks Ollama's protocol as the client does, and says what a test tells it to."""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "proefmodel:latest"


@dataclass(frozen=True)
class Say:
    """Words of the answer, a few at a time."""

    text: str
    pause: float = 0.0
    at_once: int = 4


@dataclass(frozen=True)
class Think:
    """Thinking aloud, which is no answer."""

    text: str


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Raw:
    """Bytes instead of a line of JSON."""

    line: bytes


@dataclass(frozen=True)
class Drop:
    """The connection breaks off."""


@dataclass(frozen=True)
class Status:
    """An error instead of an answer."""

    code: int
    message: str


@dataclass(frozen=True)
class Forever:
    """The same words over and over."""

    text: str
    pause: float = 0.001


@dataclass
class Server:
    """The server's address, what it was asked, and when its client hung up."""

    steps: list = field(default_factory=list)
    models: tuple = (MODEL,)
    done_reason: str = "stop"
    asked: list = field(default_factory=list)
    talking: int = 0
    hung_up: threading.Event = field(default_factory=threading.Event)
    reply: object = None  # a function of the request that returns steps, instead of ``steps``
    url: str = ""

    def says(self, *steps, done_reason="stop"):
        self.steps = [Say(step) if isinstance(step, str) else step for step in steps]
        self.done_reason = done_reason
        return self


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *given):
        pass

    @property
    def state(self):
        return self.server.state

    def do_GET(self):
        if self.path == "/api/tags":
            self._json({"models": [{"name": name, "model": name} for name in self.state.models]})
        else:
            self._json({"error": "not found"}, 404)

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            self._json({"model_info": {"proef.context_length": 131072}, "capabilities": ["completion"]})
            return
        self.state.asked.append(request)
        steps = self.state.reply(request) if self.state.reply else self.state.steps
        first = next((step for step in steps if isinstance(step, Status)), None)
        if first is not None:
            self._json({"error": first.message}, first.code)
            return
        self.state.talking += 1
        try:
            self._talk(steps)
        except OSError:
            self.state.hung_up.set()
            self.close_connection = True
        finally:
            self.state.talking -= 1

    def _talk(self, steps):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for step in steps:
            match step:
                case Say():
                    words = step.text.split(" ")
                    for start in range(0, len(words), step.at_once):
                        said = " ".join(words[start : start + step.at_once])
                        self._line(said if start == 0 else f" {said}")
                        self._wait(step.pause)
                case Think():
                    self._line("", thinking=step.text)
                case Wait():
                    self._wait(step.seconds)
                case Raw():
                    self._chunk(step.line + b"\n")
                case Drop():
                    self.close_connection = True
                    with suppress(OSError):
                        self.connection.shutdown(2)
                    return
                case Forever():
                    while True:
                        self._line(step.text)
                        self._wait(step.pause)
        self._chunk(self._message("", done=True, done_reason=self.state.done_reason))
        self._chunk(b"")

    def _wait(self, seconds):
        """Wait, but hear it when the client hangs up: nothing comes from it while it listens."""
        end = time.monotonic() + seconds
        self.connection.settimeout(max(0.001, min(0.02, seconds)))
        while time.monotonic() < end:
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
        self.connection.settimeout(None)

    def _line(self, content, thinking=None):
        self._chunk(self._message(content, thinking=thinking))

    def _message(self, content, thinking=None, **more):
        message = {"role": "assistant", "content": content} | ({"thinking": thinking} if thinking else {})
        line = {"model": MODEL, "created_at": "2026-11-24T00:00:00Z", "message": message, "done": False} | more
        return json.dumps(line).encode() + b"\n"

    def _chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, value, code=200):
        data = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what some tests are about


def serve():
    """Start a server; returns (state, function that ends it)."""
    server = _Listening(("127.0.0.1", 0), Handler)
    server.state = Server(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()

    def end():
        server.shutdown()
        server.server_close()

    return server.state, end
