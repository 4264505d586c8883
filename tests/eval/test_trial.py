"""A trial asks the same questions without and with a model, keeps every sentence, and goes on where it broke off."""

import json

import pytest
from ollama_server import MODEL, Say, Wait, serve

from eval.gold import Source
from eval.trial import Trial, collect, compared, examples, summary, tried
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
def trial(engine, settings, server):
    given = settings.model_copy(update={"ollama_url": server.url, "llm_model": MODEL})
    made = Engine(engine.index, engine.searcher.encoder, given, engine.searcher.reader)
    return Trial(made, ollama(given))


@pytest.fixture
def questions(gold):
    wanted = {"alkmaar-01", next(one.id for one in gold if not one.answerable)}
    return [one for one in gold if one.id in wanted]


def test_every_sentence_is_kept_with_what_became_of_it(trial, questions):
    (asked,) = [one for one in questions if one.id == "alkmaar-01"]
    found = json.loads(json.dumps(trial.ask(asked)))
    assert [(one["fate"], one["reason"]) for one in found["heard"][:2]] == [
        ("kept", None),
        ("dropped", "‘31’ staat niet in de bron"),
    ]
    assert "13 extra wijkagenten" in found["heard"][0]["cited"][0]["text"]
    assert (found["without"]["mode"], found["with"]["mode"]) == ("extractive", "llm")
    (pace,) = found["pace"]
    assert 0.1 <= pace["first_word"] <= pace["seconds"] <= found["spent"] and pace["pieces"] > 3


def test_a_trial_that_broke_off_goes_on_with_what_it_does_not_have(trial, questions, server, tmp_path):
    path = tmp_path / "answers.jsonl"
    collect(questions[:1], trial, path)
    before = len(server.asked)
    with path.open("a") as file:
        file.write('{"id": "half')
    found = collect(questions, trial, path)
    assert set(found) == set(tried(path)) == {one.id for one in questions}
    collect(questions, trial, path)
    assert len(server.asked) <= before + 1


def test_both_sides_are_scored_and_compared(trial, questions, engine, tmp_path):
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    found = collect(questions, trial, tmp_path / "answers.jsonl")
    comparison = compared(questions, found, source, tmp_path, {})
    told = summary(comparison, list(found.values()))
    assert "| correct, single | 1 | 1.000 | 1.000 | 0 | 0 |" in told
    assert "3 sentences: " in told and "1 kept (33%)" in told and "tokens a second" in told
    read = examples(found.values())
    assert GOOD in read.partition("## replaced")[0] and BAD in read.partition("## dropped")[2]
