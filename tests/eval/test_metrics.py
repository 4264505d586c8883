import pytest

from eval.gold import Evidence, GoldQuestion, Roll, Source
from eval.metrics import hits, score
from eval.score import score_all
from eval.summary import ALL, groups, means

LINES = ("Deventer krijgt dertien extra wijkagenten van het rijk.", "Alkmaar doet mee.", "x" * 1600)
SOURCE = Source({"a.txt": "\n".join(LINES)}, {"Deventer": "a.txt", "Alkmaar": "a.txt"})
PROOF = Evidence("a.txt", "Deventer", 1, 1, LINES[0])
QUESTION = GoldQuestion("q", "Hoeveel?", "number", "keywords", ("Deventer",), "13", (("13", "dertien"),), (PROOF,))
CITIES = GoldQuestion(
    "c", "Welke?", "aggregate", "", (), "", (), (PROOF,),
    Roll({"Deventer": "ja", "Alkmaar": "nee", "Utrecht": "ja", "Arnhem": "deels"}, {"Deventer": ("13",)}, 2),
)  # fmt: skip


def passage(start, end, line=1, **more):
    document = SOURCE.documents["a.txt"]
    span = {"start_char": start, "end_char": end, "start_line": line, "end_line": line}
    return {"charter": "Deventer", "quote": document[start:end], **span, **more}


GOOD = passage(0, len(LINES[0]))
OTHER = passage(len(LINES[0]) + 1, len(LINES[0]) + 18, line=2)


def answer(text="Dertien [1].", cited=(GOOD,), retrieved=(GOOD,), **more):
    return {"answer": text, "refused": False, "citations": list(cited), "retrieved": list(retrieved), **more}


def test_a_passage_hits_with_three_in_five_of_the_words():
    five_of_eight = passage(0, LINES[0].index(" van"))
    four_of_eight = passage(0, LINES[0].index(" wijkagenten"))
    assert 5 / 8 >= 0.6 > 4 / 8
    assert hits(five_of_eight, PROOF, SOURCE)
    assert not hits(four_of_eight, PROOF, SOURCE)


def test_a_passage_on_other_lines_does_not_hit():
    assert not hits(GOOD | {"start_line": 2, "end_line": 3}, PROOF, SOURCE)


def test_a_passage_over_1500_characters_does_not_hit():
    assert hits(GOOD | {"end_char": 1500, "end_line": 3}, PROOF, SOURCE)
    assert not hits(GOOD | {"end_char": 1501, "end_line": 3}, PROOF, SOURCE)


def test_a_passage_of_another_document_does_not_hit():
    two = Source(SOURCE.documents | {"b.txt": SOURCE.documents["a.txt"]}, SOURCE.charters)
    assert not hits(GOOD | {"document": "b.txt"}, PROOF, two)


def test_recall_and_mrr_look_at_the_first_hit():
    figures = score(QUESTION, answer(retrieved=[OTHER, OTHER, GOOD, GOOD]), SOURCE)
    assert [figures[f"recall@{k}"] for k in (1, 3, 5)] == [0, 1, 1]
    assert figures["mrr"] == 1 / 3


@pytest.mark.parametrize(
    "wrong", [answer("Twaalf."), answer(cited=[]), answer(cited=[OTHER]), answer() | {"refused": True}]
)
def test_correct_needs_all_nuggets_a_citation_that_hits_and_no_refusal(wrong):
    assert score(QUESTION, answer(), SOURCE)["correct"] == 1
    assert score(QUESTION, wrong, SOURCE)["correct"] == 0


def test_citation_recall_leaves_alternatives_out_and_precision_counts_them():
    alternative = Evidence("a.txt", "Deventer", 2, 2, LINES[1], alt=True)
    question = GoldQuestion("q", "?", "fact", "", ("Deventer",), "", (), (PROOF, alternative))
    figures = score(question, answer(cited=[OTHER]), SOURCE)
    assert (figures["cite_recall"], figures["cite_precision"]) == (0 / 1, 1 / 1)
    figures = score(question, answer(cited=[GOOD, OTHER, passage(0, 3)]), SOURCE)
    assert (figures["cite_recall"], figures["cite_precision"]) == (1 / 1, 2 / 3)


def test_a_quote_that_differs_in_one_character_is_not_verbatim():
    bent = GOOD | {"quote": GOOD["quote"].replace("dertien", "Dertien")}
    assert score(QUESTION, answer(cited=[GOOD, bent]), SOURCE)["verbatim"] == 1 / 2


def test_refusing_is_right_only_for_an_unanswerable_question():
    hopeless = GoldQuestion("u", "?", "unanswerable", "", ("Deventer",), "", (), ())
    assert score(hopeless, {"refused": True}, SOURCE)["refused_unanswerable"] == 1
    assert score(hopeless, {"refused": False}, SOURCE)["refused_unanswerable"] == 0
    assert score(QUESTION, {"refused": True}, SOURCE)["false_refusal"] == 1


def test_a_list_is_scored_by_its_verdicts_without_the_doubtful_charters():
    verdicts = {"Deventer": "yes", "Alkmaar": "yes", "Utrecht": "no", "Arnhem": "yes"}
    items = [{"charter": name, "verdict": verdict} for name, verdict in verdicts.items()]
    figures = score(CITIES, answer("Twee steden.", items=items), SOURCE)
    assert (figures["precision"], figures["recall"], figures["exact"]) == (1 / 2, 1 / 2, 0)
    assert figures["f1"] == 2 * (1 / 2) * (1 / 2) / (1 / 2 + 1 / 2)
    assert (figures["list_cited"], figures["list_count"]) == (1 / 1, 1)


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        ("Deventer: 13; Utrecht: 12", [], 1),
        ("Deventer: 12; Utrecht: 13", [], 0),
        ("", [{"charter": "Deventer", "verdict": "yes", "value": "13 agenten"}], 1),
        ("", [{"charter": "Deventer", "verdict": "no", "value": "13 agenten"}], 0),
        ("", [{"charter": "Utrecht", "verdict": "yes", "value": "13 agenten"}], 0),
    ],
)
def test_a_value_counts_only_for_its_own_charter(text, items, expected):
    assert score(CITIES, answer(text, items=items), SOURCE)["list_value"] == expected


@pytest.mark.parametrize("nothing", [None, {"id": "q", "error": "stuk"}])
@pytest.mark.parametrize("question", [QUESTION, CITIES])
def test_a_question_without_an_answer_is_wrong_everywhere(question, nothing):
    figures = score(question, nothing, SOURCE)
    assert figures.pop("false_refusal") == 1
    assert set(figures.values()) == {0.0}
    assert figures.keys() >= score(question, answer(), SOURCE).keys() - {"words", "false_refusal"}


def test_the_gold_itself_scores_one_everywhere(gold, source, oracle):
    scored = score_all(gold, {question.id: oracle(question) for question in gold}, source)
    for part in groups(scored).values():
        figures = means(part, ALL)
        assert figures.pop("words") > 0
        assert figures.pop("false_refusal") == 0
        assert figures.pop("alce_recall") == figures.pop("alce_precision") == 0  # gold answers carry no markers
        assert {name: value for name, value in figures.items() if value != 1} == {}


def test_silence_scores_zero_everywhere(gold, source):
    for part in groups(score_all(gold, {}, source)).values():
        figures = means(part, ALL)
        assert figures.pop("false_refusal") == 1
        assert {name: value for name, value in figures.items() if value != 0} == {}
