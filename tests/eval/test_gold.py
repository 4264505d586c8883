import json

import pytest

from eval.gold import Source, bundled_gold, read_gold
from ingest.errors import GoldError

SOURCE = Source({"a.txt": "Eerste regel.\nTweede regel."}, {"Deventer": "a.txt"})
GOOD = {
    "id": "a-1",
    "question": "Wat staat er?",
    "type": "fact",
    "charters": ["Deventer"],
    "nuggets": [["tweede"]],
    "evidence": [{"start": 2, "end": 2, "quote": "Tweede regel"}],
}


def write(tmp_path, *lines):
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_a_good_line_is_read_with_its_document_and_charter(tmp_path):
    (question,) = read_gold([write(tmp_path, GOOD, "")], SOURCE)
    (evidence,) = question.evidence
    assert (evidence.document, evidence.charter, evidence.alt) == ("a.txt", "Deventer", False)


def test_a_follow_up_keeps_the_question_before_it(tmp_path):
    asked = GOOD | {"previous": "Wat staat er in regel 1?", "standalone": "Wat staat er in regel 2?"}
    (question,) = read_gold([write(tmp_path, asked)], SOURCE)
    assert (question.previous, question.standalone) == (asked["previous"], asked["standalone"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"charters": ["Delft"]}, "onbekend charter 'Delft'"),
        (
            {"evidence": [{"start": 1, "end": 1, "quote": "Tweede regel"}]},
            "staat niet in regel 1 tot en met 1",
        ),
        ({"evidence": [{"start": 0, "end": 1, "quote": "Eerste"}]}, "moeten regelnummers zijn"),
        (
            {"evidence": [{"document": "b.txt", "start": 1, "end": 1, "quote": "x"}]},
            "hoort niet bij het corpus",
        ),
        ({"evidence": []}, "geen 'evidence'"),
        ({"evidence": "regel 2"}, "'evidence' moet een lijst zijn"),
        ({"type": "mening"}, "'type' kent 'mening' niet"),
        ({"type": "aggregate", "items": {"Deventer": "soms"}}, "niet 'soms'"),
        ({"type": "aggregate", "items": {"Deventer": "ja"}, "count": "een"}, "geheel getal"),
        ({"type": "aggregate", "items": {"Deventer": "ja"}, "count": True}, "geheel getal"),
        ({"evidence": [{"start": True, "end": 1, "quote": "Eerste"}]}, "moeten regelnummers zijn"),
        ({"nuggets": ["tweede"]}, "'nuggets' moet een lijst"),
        ({"nuggets": [[]]}, "'nuggets' bevat een lege"),
        ({"nuggets": [["tweede", ""]]}, "'nuggets' bevat een lege"),
        ({"question": ""}, "veld 'question' ontbreekt"),
        ({"id": "a-0"}, "komt twee keer voor"),
        ({"previous": "Wat staat er in de eerste?"}, "heeft 'previous' en 'standalone'"),
        ({"candidate": True}, "dit is een kandidaat"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_reason(tmp_path, change, reason):
    path = write(tmp_path, GOOD | {"id": "a-0"}, GOOD | change)
    with pytest.raises(GoldError) as caught:
        read_gold([path], SOURCE)
    assert f"{path}, regel 2: " in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("line", ['{"id": ', '["a-1"]'])
def test_a_line_that_is_no_json_object_is_named(tmp_path, line):
    with pytest.raises(GoldError, match="regel 1"):
        read_gold([write(tmp_path, line)], SOURCE)


def test_a_file_without_questions_is_named(tmp_path):
    with pytest.raises(GoldError, match=r"gold\.jsonl is leeg"):
        read_gold([write(tmp_path, "", "")], SOURCE)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GoldError, match=r"weg\.jsonl"):
        read_gold([tmp_path / "weg.jsonl"], SOURCE)


def test_the_bundled_gold_is_sound(source):
    assert len(read_gold(bundled_gold(), source)) >= 144 + 14
