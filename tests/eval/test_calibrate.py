import pytest

from eval.calibrate import Point, calibrate, choose, cost, others, points, show
from eval.run import run
from eval.summary import decimal
from ingest.errors import GoldError


def point(confidence, answerable, charter="A", correct=True):
    return Point((charter,), confidence, answerable, correct and answerable)


SOME = [point(0.9, True), point(0.8, True), point(0.3, True), point(0.5, False), point(0.2, False)]


def test_a_threshold_refuses_what_lies_under_it():
    choice = cost(SOME, 0.6)
    assert (choice.refused_unanswerable, choice.false_refusal, choice.withheld) == (2 / 2, 1 / 3, 1)
    assert choice.worth == 2 / 2 - 1 / 3


def test_the_chosen_threshold_is_worth_most():
    assert choose(SOME).threshold == (0.5 + 0.8) / 2


def test_of_thresholds_worth_the_same_the_one_that_refuses_least_is_chosen():
    same = [point(0.1, False), point(0.2, True), point(0.3, False), point(0.4, True)]
    assert cost(same, 0.15).worth == cost(same, 0.35).worth
    assert choose(same).threshold == pytest.approx(0.15)


def test_a_question_about_two_charters_has_no_say_in_the_threshold_of_either():
    both = Point(("A", "B"), 0.5, True, True)
    some = [both, point(0.1, True, "A"), point(0.2, True, "B"), point(0.3, True, "C"), Point((), 0.4, False, False)]
    assert others(some, ("A",)) == [some[2], some[3], some[4]]
    assert others(some, ("A", "B")) == [some[3], some[4]]
    assert others(some, ()) == some[:4]


@pytest.fixture
def confident(gold, source, oracle, tmp_path):
    """A run of a system that is unsure of just the unanswerable questions, but answers everything."""

    def ask(question):
        sure = 0.8 if question.answerable else 0.2
        return oracle(question) | {"refused": False, "confidence": sure + len(question.question) / 10_000}

    return run(gold, ask, source, tmp_path / "een", {})


def test_charters_that_had_no_say_are_refused_as_well_when_the_confidence_is_perfect(confident, printed):
    found = calibrate(confident)
    assert (found.held_out.refused_unanswerable, found.held_out.false_refusal) == (1, 0)
    assert 0.25 < found.chosen.threshold < 0.8
    assert len(found.by_charter) >= 18
    told = printed(show(found))
    assert f"Gekozen: {decimal(found.chosen.threshold, '.4f')};" in told
    assert "100,0% van de onbeantwoordbare vragen terecht geweigerd, 0,0% van de beantwoordbare onterecht." in told


def test_a_refusal_without_confidence_stays_a_refusal(gold, source, oracle, tmp_path):
    made = run(gold, oracle, source, tmp_path / "een", {})
    assert {p.confidence for p in points(made.results) if not p.answerable} == {float("-inf")}


def test_a_run_without_confidence_cannot_be_calibrated(gold, source, oracle, tmp_path):
    with pytest.raises(GoldError, match="geen drempel te kiezen"):
        calibrate(run(gold, oracle, source, tmp_path / "een", {}))
