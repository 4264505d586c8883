"""The server of the trial speaks Ollama's protocol as our own client understands it."""

import threading

import pytest

from eval.llama_server import Server
from ingest.errors import LanguageModelError
from qa.llm import check_present, ollama

ASKED = [("user", "Wat is een Kindlint?")]


class Model:
    """Says some words at once; a long question it reads for a long time first, as a real model does."""

    def __init__(self):
        self.reading, self.stopped = threading.Event(), threading.Event()

    def __call__(self, messages, options, gone):
        if "lang" in messages[0]["content"]:
            self.reading.set()
            if gone.wait(60):
                self.stopped.set()
            return
        yield from ("Een ", "veilige ", f"route van {options['num_ctx']}.")


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def server(model):
    made = Server(0, "proef", model)
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def reached(settings, server):
    url = f"http://127.0.0.1:{server.server_address[1]}"
    return settings.model_copy(update={"ollama_url": url, "llm_model": "proef"})


def test_the_words_of_the_model_arrive(reached):
    check_present(reached.ollama_url, "proef")
    assert "".join(ollama(reached).stream(ASKED)) == f"Een veilige route van {reached.llm_context}."


def test_another_model_is_not_there(reached):
    with pytest.raises(LanguageModelError, match="ollama pull anders"):
        list(ollama(reached.model_copy(update={"llm_model": "anders"})).stream(ASKED))


def test_a_client_that_hangs_up_stops_a_model_that_is_still_reading(reached, model):
    stop = threading.Event()
    asked = threading.Thread(target=lambda: list(ollama(reached).stream([("user", "lang")], stop)))
    asked.start()
    assert model.reading.wait(30)
    stop.set()
    assert model.stopped.wait(1)
    asked.join(5)
    assert "".join(ollama(reached).stream(ASKED)).startswith("Een veilige")  # it is free for the next one


def test_one_who_hangs_up_while_waiting_for_a_turn_is_passed_over(reached, server, model):
    with server.turn:
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        assert list(ollama(reached).stream([("user", "lang")], stop)) == []
    assert "".join(ollama(reached).stream(ASKED)).startswith("Een veilige") and not model.reading.is_set()
