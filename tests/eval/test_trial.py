"""A trial asks the same questions without and with a model, keeps every sentence, and goes on where it broke off."""

import json

import pytest
from ollama_server import MODEL, Say, Wait, serve

from eval.gold import Source
from eval.trial import Record, Trial, collect, compared, examples, summary
from ingest.errors import UsageError
from qa.engine import Engine
from qa.llm import ollama

GOOD = "Het korps Noord-Holland Noord krijgt dertien extra wijkagenten in de periode 2007 – 2011."
BAD = "Het korps Noord-Holland Noord krijgt 31 extra wijkagenten."


@pytest.fixture
def server():
    state, end = serve()
    state.reply = lambda request: [Wait(0.1), Say(f"{GOOD} [{number(request)}] {BAD} [{number(request)}] Mooi zo.")]
    yield state
    end()


def number(request):
    lines = request["messages"][1]["content"].splitlines()
    return next((line[1 : line.index("]")] for line in lines if "13 extra wijkagenten" in line), "1")


@pytest.fixture
def begun(engine, settings, server, tmp_path):
    """Begins a trial in the test's folder, or goes on with it."""

    def made(url=server.url):
        given = settings.model_copy(update={"ollama_url": url, "llm_model": MODEL})
        other = Engine(engine.index, engine.searcher.encoder, given, engine.searcher.reader)
        return Trial(other, ollama(given), Record(tmp_path / "conversations.jsonl"))

    return made


@pytest.fixture
def questions(gold):
    wanted = {"alkmaar-01", next(one.id for one in gold if not one.answerable)}
    return [one for one in gold if one.id in wanted]


def test_every_sentence_is_kept_with_what_became_of_it(begun, questions):
    (asked,) = [one for one in questions if one.id == "alkmaar-01"]
    found = json.loads(json.dumps(begun().ask(asked)))
    assert [(one["fate"], one["reason"]) for one in found["sentences"][:2]] == [
        ("kept", None),
        ("dropped", "‘31’ staat niet in de bron"),
    ]
    assert "13 extra wijkagenten" in found["sentences"][0]["cited"][0]["text"]
    assert (found["without"]["mode"], found["with"]["mode"]) == ("extractive", "llm")
    seconds = found["seconds"]
    assert 0.1 <= seconds["first word"] <= seconds["first checked sentence"] <= seconds["last word"]


def test_a_trial_that_broke_off_goes_on_where_it_was_without_a_server(begun, questions, server, tmp_path):
    path = tmp_path / "answers.jsonl"
    before = collect(questions, begun(), path)
    with (tmp_path / "conversations.jsonl").open("a") as file:
        file.write('{"messages": [["sys')
    after = collect(questions, begun("http://127.0.0.1:9"), path)
    assert len(server.asked) == 1
    for one in before:
        assert after[one]["with"]["answer"] == before[one]["with"]["answer"]
        assert after[one]["sentences"] == before[one]["sentences"]
    spoken = [found["alkmaar-01"]["seconds"] for found in (before, after)]
    assert spoken[0]["first checked sentence"] == spoken[1]["first checked sentence"]


def test_a_server_that_is_gone_ends_the_trial(begun, questions):
    with pytest.raises(UsageError, match="geen taalmodelserver"):
        begun("http://127.0.0.1:9").ask(next(one for one in questions if one.id == "alkmaar-01"))


def test_both_sides_are_scored_and_compared(begun, questions, engine, tmp_path):
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    found = collect(questions, begun(), tmp_path / "answers.jsonl")
    told = summary(compared(questions, found, source, tmp_path, {}), list(found.values()))
    assert "| correct, single | 1 | 1.000 | 1.000 | 0 | 0 |" in told
    assert "3 sentences: " in told and "1 kept (33%)" in told and "| tokens a second | 1 |" in told
    read = examples(found.values())
    assert GOOD in read.partition("## replaced")[0] and BAD in read.partition("## dropped")[2]
