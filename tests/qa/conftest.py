import pytest
from ollama_server import MODEL, serve

from qa.engine import Engine
from qa.llm import ollama
from qa.settings import Settings
from qa.written import Writer


@pytest.fixture
def server():
    """A language model server that says what the test tells it to."""
    state, end = serve()
    yield state
    end()


@pytest.fixture
def model_settings(settings, server):
    """Settings that lead to that server; nothing takes longer than a few seconds."""
    return settings.model_copy(
        update={
            "ollama_url": server.url,
            "llm_model": MODEL.removesuffix(":latest"),
            "llm_first_word": 3.0,
            "llm_silence": 1.5,
            "llm_total": 6.0,
        }
    )


@pytest.fixture
def writing(engine, model_settings):
    """An engine on the shared index whose answers the server's model writes."""

    def made(required=False, **changed):
        given = Settings.model_validate(model_settings.model_dump() | changed)
        other = Engine(engine.index, engine.searcher.encoder, given, engine.searcher.reader)
        other.writer = Writer(ollama(given), other.searcher, given.llm_context, required)
        return other

    return made
