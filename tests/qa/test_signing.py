"""Who signed and when: the names, from both ends of a charter, and only where just that is asked."""

import pytest


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Wie heeft namens de stad Eindhoven getekend, en waarover ging zij als wethouder?",
            ["Fiers", "Wonen en Ruimte"],
        ),
        ("Welke bestuurder zette namens de stad Dordrecht zijn handtekening?", ["Kamsteeg", "Volkshuisvesting"]),
        ("welke wethouder tekende voor Arnhem", ["Sander van Bodegraven", "Barth van Eeten"]),
        ("Wie tekende voor de gemeente Den Haag?", ["Norder", "Dekker", "Kool", "van Alphen"]),
        ("Wie tekende voor de gemeente Alkmaar?", ["Hansen"]),
        ("Wie heeft getekend voor de wijk Westelijke Tuinsteden?", ["Robin de Bood"]),
        ("Wie zette zijn handtekening voor de wijk West binnen de Ring?", ["Ab Cherribi"]),
        ("Wie tekende namens het rijk het charter van Utrecht?", ["Vogelaar"]),
    ],
)
def test_who_signed_is_told_with_the_office(engine, question, said):
    answer = engine.ask(question)
    assert not answer.refused
    assert [name for name in said if name not in answer.answer] == []


def test_a_question_for_the_city_names_no_minister_and_the_other_way_round(engine):
    assert "minister" not in engine.ask("Welke wethouder tekende voor Rotterdam?").answer
    assert "wethouder" not in engine.ask("Wie tekende namens het rijk het charter van Rotterdam?").answer


def test_without_a_party_both_are_named(engine):
    answer = engine.ask("Wie tekende het charter van Heerlen?").answer
    assert "Smeets" in answer and "Vogelaar" in answer


@pytest.mark.parametrize(
    "question",
    [
        "Wie moet er in Schiedam nog instemmen met het charter nadat de wethouder heeft getekend?",
        "Welke uitzendbureaus hebben het convenant met Rotterdam getekend?",
        "Wie ondertekende het wijkactieplan van Nijmegen?",
    ],
)
def test_who_agreed_to_something_else_is_not_who_signed_the_charter(engine, question):
    assert engine.ask(question).confidence < 1


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Wanneer is het charter van Utrecht ondertekend?", "9 juni 2008"),
        ("wanneer ondertekend charter Alkmaar", "11 februari 2008"),
        ("Wanneer is het charter van Deventer ondertekend?", "4/2/08"),
        ("Op welke dag tekenden het rijk en Eindhoven het charter?", "21-4-2008"),
    ],
)
def test_when_a_charter_was_signed_is_read_off_its_last_lines(engine, question, day):
    answer = engine.ask(question)
    assert day in answer.answer and len(answer.citations) == 1


def test_the_date_of_another_agreement_is_not_that_of_the_charter(engine):
    assert engine.ask("Wanneer is het convenant van Rotterdam met de uitzendbureaus getekend?").confidence < 1
