"""A thin server with Ollama's protocol before a GGUF model, to try written answers where there is no Ollama.

    pip install '.[trial]'
    python -m eval.llama_server model.gguf --port 11434

One conversation at a time, on the processor, with llama-cpp-python; it stops when its client hangs up, also while it
still reads. Only what our own client uses is there: ``/api/tags`` and ``/api/chat``, streamed.
"""

import argparse
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Chat = Callable[[Sequence[Mapping[str, str]], Mapping[str, Any], threading.Event], Iterator[str]]
_LOOK = 0.1  # seconds between looks at whether the client is still there


class Server(ThreadingHTTPServer):
    """Serves one model under one name.

    ``chat`` yields an answer to messages piece by piece, given Ollama's options, until the event: nobody listens now.
    """

    daemon_threads = True

    def __init__(self, port: int, name: str, chat: Chat, told: Callable[[str], None] = lambda line: None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.name, self.chat, self.told = name, chat, told
        self.turn = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet; every answer is told by itself."""

    def do_GET(self) -> None:
        if self.path == "/api/tags":
            self._whole({"models": [{"name": self.server.name, "model": self.server.name}]})
        else:
            self._whole({"error": "not found"}, 404)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path != "/api/chat":
            self._whole({"error": "not found"}, 404)
        elif asked.get("model") not in (self.server.name, self.server.name.removesuffix(":latest")):
            self._whole({"error": f"model '{asked.get('model')}' not found"}, 404)
        elif self._has_turn():
            gone, done = threading.Event(), threading.Event()
            threading.Thread(target=self._watch, args=(gone, done), daemon=True).start()
            try:
                self._answer(asked, gone)
            finally:
                done.set()
                self.server.turn.release()

    def _has_turn(self) -> bool:
        """Wait until the model is free; give up when the client does."""
        while not self.server.turn.acquire(timeout=_LOOK):
            if hung_up(self.connection):
                break
        else:
            if not hung_up(self.connection):
                return True
            self.server.turn.release()
        self.close_connection = True
        return False

    def _watch(self, gone: threading.Event, done: threading.Event) -> None:
        while not done.wait(_LOOK):
            if hung_up(self.connection):
                gone.set()
                return

    def _answer(self, asked: Mapping[str, Any], gone: threading.Event) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        started, first, count = time.perf_counter(), 0.0, 0
        try:
            for piece in self.server.chat(asked["messages"], asked.get("options") or {}, gone):
                first = first or time.perf_counter() - started
                count += 1
                self._line({"message": {"role": "assistant", "content": piece}, "done": False})
            self._line({"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"})
            self._chunk(b"")
        except OSError:  # the client hung up, and with it the model stops
            self.close_connection = True
        spent = time.perf_counter() - started
        pace = (count - 1) / (spent - first) if count > 1 and spent > first else 0.0
        self.server.told(f"first token {first:.1f} s, {count} tokens, {pace:.1f} tokens/s")

    def _line(self, line: Mapping[str, Any]) -> None:
        self._chunk(
            json.dumps({"model": self.server.name, "created_at": "1970-01-01T00:00:00Z", **line}).encode() + b"\n"
        )

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _whole(self, value: Mapping[str, Any], code: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def hung_up(connection: socket.socket) -> bool:
    """Say whether the other side closed a connection on which it has nothing more to say."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def llama(path: Path, context: int, threads: int) -> Chat:
    """Return the conversation of a GGUF file; its context is fixed, whatever a request asks for."""
    from llama_cpp import Llama, ggml_abort_callback, llama_set_abort_callback

    model = Llama(str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)

    def chat(messages: Sequence[Mapping[str, str]], options: Mapping[str, Any], gone: threading.Event) -> Iterator[str]:
        # Asked by llama.cpp between its steps: reading a long question takes many seconds, with no word to stop at.
        stops = ggml_abort_callback(lambda data: gone.is_set())
        llama_set_abort_callback(model.ctx, stops, None)
        try:
            for part in model.create_chat_completion(
                list(messages),
                temperature=options.get("temperature", 0.0),
                seed=options.get("seed"),
                max_tokens=options.get("num_predict"),
                stream=True,
            ):
                piece = part["choices"][0]["delta"].get("content")
                if piece:
                    yield piece
        except RuntimeError:  # llama.cpp says only that a step did not end
            if not gone.is_set():
                raise

    return chat


def main(arguments: Sequence[str]) -> None:
    """Serve until broken off."""
    parser = argparse.ArgumentParser(prog="python -m eval.llama_server", description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--name", default="proef")
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(arguments)
    chat = llama(given.gguf, given.context, given.threads)
    server = Server(given.port, given.name, chat, lambda line: _tell(line))
    _tell(f"http://127.0.0.1:{server.server_address[1]} serves {given.name}")
    server.serve_forever()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
