"""The language model over real HTTP: what it says arrives as it comes, and whatever goes wrong is said in Dutch."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager

import pytest
from ollama_server import MODEL, Drop, Forever, Raw, Say, Status, Think, Wait

from ingest.errors import LanguageModelError
from qa.llm import LanguageModel, Limits, check_present, has_model, ollama, server_models

ASKED = [("system", "Wees kort."), ("user", "Wat is een Kindlint?")]


@pytest.fixture
def model(model_settings):
    # The library takes seconds to import, which is not what these tests measure.
    import llama_index.llms.ollama  # noqa: F401

    return ollama(model_settings)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_the_words_arrive_as_they_are_said(server, model):
    server.says(Say("Een kindlint is een veilige route.", at_once=1))
    pieces = list(model.stream(ASKED))
    assert len(pieces) > 3 and "".join(pieces) == "Een kindlint is een veilige route."


def test_the_server_is_asked_for_what_the_settings_say(server, model, model_settings):
    server.says("Goed.")
    list(model.stream(ASKED))
    (request,) = server.asked
    options = request["options"]
    assert options["num_ctx"] == model_settings.llm_context
    assert (options["temperature"], options["seed"]) == (0.0, model_settings.llm_seed)
    assert options["num_predict"] > 0 and request["think"] is False and request["stream"] is True
    assert [message["role"] for message in request["messages"]] == ["system", "user"]


def test_thinking_aloud_is_no_part_of_the_answer(server, model):
    server.says(Think("Even denken, het antwoord is 5 miljoen."), "Een veilige route.")
    assert "".join(model.stream(ASKED)) == "Een veilige route."


BROKEN = [
    ([Status(404, "model not found")], "ollama pull"),
    ([Status(500, "out of memory")], "out of memory"),
    ([Say("Een begin"), Raw(b'{"model": "proef", "mess')], "onverwachts"),
    ([Say("Een begin"), Raw(b'["geen object"]')], "onverwachts"),
    ([Say("Een begin"), Raw(b'{"error": "plots op"}')], "plots op"),
    ([Say("Een begin"), Drop()], "brak zijn antwoord af"),
    ([Drop()], "brak zijn antwoord af"),
    ([Wait(30)], "te langzaam"),
    ([Think("Hm."), Wait(30)], "te langzaam"),
    ([Say("Een begin"), Wait(30)], "te langzaam"),
    ([Forever("Een woord ", pause=0.2)], "te langzaam"),
]


@pytest.mark.parametrize(("steps", "said"), BROKEN)
def test_whatever_goes_wrong_is_said_within_the_time_set(server, model, steps, said):
    server.says(*steps)
    started = time.monotonic()
    with pytest.raises(LanguageModelError, match=said):
        list(model.stream(ASKED))
    assert time.monotonic() - started < 8


def test_a_server_that_is_down_is_said_at_once(model_settings):
    model = ollama(model_settings.model_copy(update={"ollama_url": f"http://127.0.0.1:{free_port()}"}))
    with pytest.raises(LanguageModelError, match="niet te bereiken"):
        list(model.stream(ASKED))


def test_a_model_that_never_ends_is_stopped(server, model):
    server.says(Forever("Alles komt goed. "))
    assert 10_000 < len("".join(model.stream(ASKED))) < 40_000
    assert server.hung_up.wait(2)


@pytest.mark.parametrize("how", ["close", "event"])
def test_stopping_stops_the_server_within_a_second(server, model, how):
    server.says("Een begin.", Wait(30))
    stop = threading.Event()
    pieces = model.stream(ASKED, stop)
    next(pieces)
    started = time.monotonic()
    if how == "close":
        pieces.close()
    else:
        threading.Timer(0.1, stop.set).start()
        assert list(pieces) == []
    assert server.hung_up.wait(1)
    assert time.monotonic() - started < 1


def test_any_model_of_llama_index_can_take_its_place():
    from llama_index.core.llms.mock import MockLLM

    @asynccontextmanager
    async def opened():
        yield MockLLM()

    other = LanguageModel("naschrijver", opened, Limits(3, 3, 3), lambda: None)
    assert "Wat is een Kindlint?" in "".join(other.stream(ASKED))


def test_a_server_says_which_models_it_has(server):
    assert server_models(server.url) == (MODEL,)


def test_a_name_without_a_tag_means_the_latest():
    assert has_model("gemma3", ["gemma3:latest"]) and has_model("gemma3:4b", ["gemma3:4b"])
    assert not has_model("gemma3", ["gemma3:4b"]) and not has_model("gemma3:4b", ["gemma3:latest"])


def test_a_server_that_is_not_there_is_not_waited_for():
    url, patience = f"http://127.0.0.1:{free_port()}", 60
    started = time.monotonic()
    with pytest.raises(LanguageModelError, match="geen taalmodelserver"):
        server_models(url, patience)
    assert time.monotonic() - started < patience
    with pytest.raises(LanguageModelError, match="ollama serve"):
        check_present(url, "gemma3")


def test_a_server_that_hangs_costs_no_more_than_a_moment():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        started = time.monotonic()
        with pytest.raises(LanguageModelError):
            server_models(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert time.monotonic() - started < 1.5


def test_a_missing_model_is_said_with_the_command_that_fetches_it(server):
    with pytest.raises(LanguageModelError, match="ollama pull gemma3"):
        check_present(server.url, "gemma3")


def test_an_extractive_answer_imports_no_language_model_library(settings):
    program = (
        "import sys; from pathlib import Path; from qa.engine import Engine; from qa.settings import Settings;"
        "s = Settings(cache_dir=Path(sys.argv[1]), index_dir=Path(sys.argv[2]), ollama_url=sys.argv[3]);"
        "answer = Engine.open(s.index_dir, s, 'auto').ask('wat is een kindlint?');"
        "loaded = {'llama_index', 'ollama', 'httpx'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded or answer.mode != 'extractive' or not answer.notes else 0)"
    )
    arguments = [str(settings.cache_dir), str(settings.index_dir), f"http://127.0.0.1:{free_port()}"]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
