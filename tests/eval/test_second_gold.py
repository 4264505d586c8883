"""The gold of the second corpus against its documents: every quote, line, nugget and name.

Written out here, as in ``test_own_gold.py``, so that the checks do not lean on the code that scores with this gold.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_own_gold import STYLES, TYPES, name, states

from eval.gold import Source, read_gold
from eval.unseen import DOCUMENTS, GOLD

ROOT = Path(__file__).parents[2]
LINES = {path.name: path.read_text(encoding="utf-8").split("\n") for path in DOCUMENTS.iterdir()}
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def test_ids_and_questions_are_unique_and_every_document_is_asked_about_with_and_without_an_answer() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS) == 90
    assert len({question["question"].casefold() for question in QUESTIONS}) == 90
    asked = Counter((*question["charters"], question["type"] == "unanswerable") for question in QUESTIONS)
    assert len(asked) == 2 * len(LINES) and min(asked.values()) >= 3


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_the_evidence_stands_in_its_document_and_the_answer_holds_every_nugget(question: dict[str, Any]) -> None:
    assert question["type"] in TYPES and question["style"] in STYLES and len(question["charters"]) == 1
    if question["type"] == "unanswerable":
        assert question["nuggets"] == [] and question["evidence"] == []
        return
    assert question["evidence"] and question["nuggets"] and all(question["nuggets"])
    for entry in question["evidence"]:
        assert [entry["charter"]] == question["charters"]
        assert entry["quote"] in "\n".join(LINES[entry["document"]][entry["start"] - 1 : entry["end"]])
    told = " ".join(entry["quote"] for entry in question["evidence"])
    for nugget in question["nuggets"]:
        assert any(states(question["answer"], variant) for variant in nugget), nugget
        assert any(states(told, variant) for variant in nugget), nugget


def test_the_gold_can_be_scored_with_the_documents_as_they_are_read() -> None:
    assert len(read_gold([GOLD], Source.read([DOCUMENTS]))) == 90


def test_nothing_in_the_second_corpus_was_trained_on() -> None:
    trained = (ROOT / "eval" / "questions").glob("*.jsonl")
    lines = [line for path in trained for line in path.read_text(encoding="utf-8").splitlines()]
    known = {json.loads(line)["question"].casefold() for line in lines}
    assert not known & {question["question"].casefold() for question in QUESTIONS}
