"""What the tests of the page share."""

import gc
import json
import socket
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FLAGSHIP = "Welke steden nemen deel aan experiment gezonde wijk?"
SINGLE = "Wat doet het rijk in Deventer aan gezondheid?"


def ask(page, question):
    """Ask as a user does, and wait until the answer is complete; return its element."""
    turns = page.locator(".beurt").count()
    page.fill("#vraag", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('.beurt').length > count"
        " && document.querySelector('.beurt').getAttribute('aria-busy') === 'false'",
        arg=turns,
    )
    return page.locator(".beurt").first


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@dataclass
class Site:
    """A page that is being served."""

    url: str
    service: object
    feedback: Path


@contextmanager
def serving(engine, feedback, access=None, model=None):
    from ui.web.app import Service, build_page
    from ui.web.guard import Access
    from ui.web.server import Address, application, listening, server

    service = Service(engine, feedback)
    with warnings.catch_warnings():  # Gradio leaves event loops behind, with their sockets
        warnings.simplefilter("ignore", ResourceWarning)
        made = server(application(build_page(service, model), access or Access()))
        gc.collect()
    listener = listening(Address("127.0.0.1", free_port()))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    thread = threading.Thread(target=made.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not made.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.05)
    try:
        yield Site(url, service, feedback)
    finally:
        made.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server does not stop"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
