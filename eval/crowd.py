"""Many people at once: the served page in a process of its own, asked as a browser asks it.

Every visitor has a session, and all ask at the same moment; what counts is the time until the answer is in the browser.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

from ingest.errors import CharterwijzerError

PATIENCE = 180.0  # seconds for the server to start, and for an answer


@dataclass(frozen=True)
class Page:
    """A page that is being served on this machine: its port, and by what numbers Gradio calls asking."""

    port: int
    function: int
    component: int

    @classmethod
    def at(cls, port: int) -> "Page":
        """Read from the server how the page asks; raises OSError where there is none."""
        config = _json(port, "GET", "/config")
        asking = next(one for one in config["dependencies"] if one["api_name"] == "page_ask")
        return cls(port, asking["id"], asking["targets"][0][0])

    def seconds(self, question: str) -> float:
        """Ask as a visitor who just came, and return how long the answer took to come; raises where none comes."""
        session, began = uuid4().hex[:11], time.perf_counter()
        asked = {
            "data": [None],
            "event_data": {"question": question, "request": 1, "fresh": True, "charters": [], "actor": None},
            "fn_index": self.function,
            "trigger_id": self.component,
            "session_hash": session,
        }
        _json(self.port, "POST", "/gradio_api/queue/join", asked)
        took = 0.0
        for message in _messages(self.port, f"/gradio_api/queue/data?session_hash={session}"):
            if not took and '"antwoord"' in message:
                took = time.perf_counter() - began
        if not took:
            raise CharterwijzerError(f"Op {question!r} kwam geen antwoord", "", "Stel die vraag op de pagina")
        return took


def _json(port: int, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
    link = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        link.request(method, path, json.dumps(body) if body else None, {"content-type": "application/json"})
        return json.load(link.getresponse())
    finally:
        link.close()


def _messages(port: int, path: str) -> Iterator[str]:
    """What the server sends of a session, until it has said all."""
    link = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        link.request("GET", path)
        for line in link.getresponse():
            if line.startswith(b"data: "):
                yield line.decode()
            if b'"close_stream"' in line[:60]:
                return
    finally:
        link.close()


def together(page: Page, questions: Sequence[str]) -> list[float]:
    """Have a visitor for each question ask it at the same moment; return the seconds that each waited."""
    took = [0.0] * len(questions)
    start = threading.Barrier(len(questions))

    def visit(i: int) -> None:
        start.wait()
        took[i] = page.seconds(questions[i])

    visitors = [threading.Thread(target=visit, args=(i,)) for i in range(len(questions))]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    if not all(took):
        raise CharterwijzerError(f"{took.count(0.0)} van de {len(took)} vragen bleven zonder antwoord")
    return took


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[Page]:
    """Serve the page, without a language model, in another process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "ui", "--port", str(port), "--llm", "off"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield _started(process, port)
    finally:
        process.terminate()
        process.communicate()


def _started(process: "subprocess.Popen[str]", port: int) -> Page:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            return Page.at(port)
        except OSError:
            time.sleep(0.2)
    said = (process.communicate()[1] or "").strip().splitlines() if process.poll() is not None else []
    raise CharterwijzerError(f"De pagina start niet: {said[-1] if said else 'geen melding'}")
