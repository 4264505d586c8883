import json

import pytest
import typer
from typer.testing import CliRunner

from eval import cli
from eval.feedback import candidates, read_feedback, remark_of
from eval.gold import read_gold
from ingest.errors import GoldError, UsageError


def line(question, answer, rating="goed", **changes):
    return {
        "time": "2026-11-24T10:00:00+01:00",
        "question": question.question,
        "understood": None,
        "kind": answer.get("kind", "single"),
        "rating": rating,
        "reason": "",
        "verdicts": [],
        "answer": answer,
    } | changes


def write(path, *lines):
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in lines))
    return path


@pytest.fixture
def fact(gold):
    return next(one for one in gold if one.roll is None and one.answerable and not one.previous)


@pytest.fixture
def collection(gold):
    return next(one for one in gold if one.roll is not None and not one.previous)


@pytest.fixture
def listed(oracle, collection):
    return oracle(collection) | {"kind": "collection"}


@pytest.fixture
def command():
    app = typer.Typer()
    app.command("eval")(cli.evaluate)
    app.command("anders")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_a_good_answer_becomes_a_candidate_that_is_gold_once_somebody_completes_it(
    fact, oracle, source, command, tmp_path
):
    feedback = write(
        tmp_path / "feedback.jsonl", line(fact, oracle(fact) | {"kind": "single", "answer": "Dertien [1]."})
    )
    found = command("--from-feedback", feedback, "--out", tmp_path / "kandidaten.jsonl")
    assert found.exit_code == 0, found.output
    assert "nog geen goud" in " ".join(found.output.split())
    with pytest.raises(GoldError, match=r"kandidaten\.jsonl, regel 1: dit is een kandidaat"):
        read_gold([tmp_path / "kandidaten.jsonl"], source)
    made = json.loads((tmp_path / "kandidaten.jsonl").read_text())
    assert (made["candidate"], made["known"], made["answer"]) == (True, fact.id, "Dertien.")
    completed = made | {"type": "number", "nuggets": [["dertien"]]}
    del completed["candidate"]
    (question,) = read_gold([write(tmp_path / "goud.jsonl", completed)], source)
    assert {(e.start, e.quote) for e in question.evidence} == {(e.start, e.quote) for e in fact.evidence}


def test_of_a_wrong_answer_nothing_is_taken_over_but_what_the_user_said(fact, oracle):
    remark = line(fact, oracle(fact), "fout", reason="Het is het jaar 2009.")
    (made,) = candidates(read(remark))
    assert (made["answer"], made["evidence"], made["charters"]) == ("", [], [])
    assert made["feedback"]["reason"] == "Het is het jaar 2009."
    assert made["feedback"]["said"] == fact.answer


def test_a_good_refusal_becomes_an_unanswerable_question(fact, oracle):
    (made,) = candidates(read(line(fact, oracle(fact) | {"refused": True})))
    assert (made["type"], made["evidence"], made["charters"]) == ("unanswerable", [], [])


def test_corrected_verdicts_are_the_labels_of_the_candidate(collection, listed):
    yes, no = collection.roll.labelled("ja")[0], collection.roll.labelled("nee")[0]
    changed = [{"charter": yes, "was": "yes", "is": "partly"}, {"charter": no, "was": "no", "is": "yes"}]
    (made,) = candidates(read(line(collection, listed, "fout", verdicts=changed)))
    assert made["type"] == "aggregate"
    assert made["items"] == dict(collection.roll.items) | {yes: "deels", no: "ja"}
    assert made["checked"] == sorted([yes, no])
    assert {entry["charter"] for entry in made["evidence"]} == set(collection.roll.labelled("ja")) - {yes}


def test_a_follow_up_becomes_the_question_as_it_was_understood(fact, oracle):
    (made,) = candidates(read(line(fact, oracle(fact)) | {"question": "En daar?", "understood": fact.question}))
    assert (made["question"], made["feedback"]["asked"]) == (fact.question, "En daar?")


def test_a_question_is_one_candidate_and_what_was_said_last_counts(fact, oracle):
    good, wrong = line(fact, oracle(fact)), line(fact, oracle(fact), "fout", time="2026-11-25T09:00:00+01:00")
    (made,) = candidates(read(wrong, good, line(fact, oracle(fact)) | {"question": fact.question.upper()}))
    assert (made["feedback"]["rating"], made["feedback"]["goed"], made["feedback"]["fout"]) == ("fout", 2, 1)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("Deventer", "geen geldige JSON"),
        ("[1]", "geen object"),
        ({"question": " "}, "veld 'question'"),
        ({"rating": "prima"}, "'rating' kent 'prima' niet"),
        ({"answer": "Dertien"}, "veld 'answer'"),
        ({"verdicts": [{"charter": "Deventer", "is": "ja"}]}, "geen charter met 'is': yes, partly, no"),
    ],
)
def test_a_bad_line_of_feedback_is_named_with_file_line_and_reason(fact, oracle, tmp_path, bad, reason):
    good = line(fact, oracle(fact))
    path = write(tmp_path / "f.jsonl", good, "", bad if isinstance(bad, str) else good | bad)
    with pytest.raises(GoldError) as caught:
        read_feedback(path)
    assert f"{path}, regel 3: " in str(caught.value)
    assert reason in str(caught.value)


def test_a_line_that_a_crash_broke_off_is_passed_over_and_named(fact, oracle, command, tmp_path):
    good = line(fact, oracle(fact))
    path = write(tmp_path / "f.jsonl", json.dumps(good)[:200], good)
    found = command("--from-feedback", path)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["question"] == fact.question
    assert "regel 1 is afgebroken" in " ".join(found.stderr.split())


def test_a_file_of_candidates_is_never_overwritten(fact, oracle, command, tmp_path):
    feedback = write(tmp_path / "feedback.jsonl", line(fact, oracle(fact)))
    out = write(tmp_path / "kandidaten.jsonl", "aangevuld")
    assert isinstance(command("--from-feedback", feedback, "--out", out).exception, UsageError)
    assert out.read_text() == "aangevuld"


def test_without_out_the_candidates_are_printed_for_another_program(fact, oracle, command, tmp_path):
    found = command("--from-feedback", write(tmp_path / "feedback.jsonl", line(fact, oracle(fact))))
    assert json.loads(found.output)["candidate"] is True


def read(*remarks):
    return [remark_of(json.loads(json.dumps(one))) for one in remarks]
