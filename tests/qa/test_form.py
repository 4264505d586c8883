"""The form that an answer must have, and whether a sentence has it."""

import pytest

from index.dutch import Compounds
from qa.form import form_of, holds
from qa.question import analyse

PLACES = ("kruiskamp", "geitenkamp")


def form(question):
    return form_of(analyse(question, (), Compounds({})))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Hoeveel wijkagenten komen erbij?", "number"),
        ("Welk percentage van de woningen is sociale huur?", "percentage"),
        ("Hoeveel geld krijgen bewoners?", "amount"),
        ("Wanneer opent de brede school?", "date"),
        ("Welke corporaties doen mee?", "name"),
        ("Wie beslist over het budget?", "agent"),
        ("Met wie werkt de stad samen?", "agent"),
        ("Waarom ligt de school daar?", None),
    ],
)
def test_a_question_says_what_form_its_answer_has(question, expected):
    assert form(question) == expected


@pytest.mark.parametrize(
    ("question", "answers", "is_near"),
    [
        (
            "Hoeveel groene daken zijn er in 2010?",
            "Er komen twaalf groene daken.",
            "In 2010 zijn het 1e waterplein en een aantal groene daken gerealiseerd.",
        ),
        (
            "Hoeveel wijkagenten komen er?",
            "De wijk krijgt 7 wijkagenten.",
            "Binnen vier jaar komen er wijkagenten (zie 2.2).",
        ),
        ("Hoeveel jaar duurt de proef?", "De proef duurt vier jaar.", "De proef duurt enige tijd."),
        ("Hoeveel woningen per jaar?", "Het zijn er 300.", "Elk huis wordt binnen twee jaar gebouwd."),
        (
            "Hoeveel van de 750 adressen zijn bezocht?",
            "Er zijn 200 adressen bezocht.",
            "De 750 adressen worden bezocht.",
        ),
        (
            "Welk deel van de 5% gaat naar de wijk?",
            "Daarvan gaat 2% naar de wijk.",
            "Van de 5% gaat een deel daarheen.",
        ),
        ("Wanneer in 2008 begint het?", "Het begint in maart.", "Het begint in 2008."),
        ("Welke corporatie doet mee?", "Het is Woonplus die meedoet.", "Een corporatie in Kruiskamp doet mee."),
        ("Welke wijk doet mee?", "Ook de Geitenkamp doet mee.", "Nog een wijk doet mee."),
        ("Wie helpt de bewoners?", "Een kansenmakelaar helpt hen.", "De bewoners worden daarbij geholpen."),
    ],
)
def test_a_sentence_with_the_words_but_without_the_thing_asked_is_told_from_one_that_has_it(question, answers, is_near):
    assert holds(form(question), answers, question, PLACES)
    assert not holds(form(question), is_near, question, PLACES)


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        ("Utrecht richt Wijk in Bedrijf Utrecht (WIBU) op.", True),
        ("WIBU (Wijk in Bedrijf Utrecht) helpt ondernemers.", True),
        ("De gemeente Utrecht richt WIBU op.", False),
        ("Dit doet de stad met partners (WIBU).", False),
    ],
)
def test_letters_stand_for_words_that_spell_them(engine, text, holding):
    question = engine.understand("Waar staat de afkorting WIBU voor?")
    assert form_of(question) == "expansion"
    assert holds("expansion", text, question.text, ()) is holding


def test_a_thing_that_stands_for_something_is_no_abbreviation(engine):
    assert form_of(engine.understand("Waar staat de gemeente voor?")) is None
