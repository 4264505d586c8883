"""The server of the trial speaks Ollama's protocol as our own client understands it."""

import threading

import pytest

from eval.llama_server import Server
from ingest.errors import LanguageModelError
from qa.llm import check_present, ollama

ASKED = [("user", "Wat is een Kindlint?")]


@pytest.fixture
def server():
    made = Server(0, "proef", lambda messages, options: iter(["Een ", "veilige ", f"route van {options['num_ctx']}."]))
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
