"""What people say around a question is left out, and no word of the question itself."""

import pytest

from qa.courtesy import without_courtesies


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Kunt u mij zeggen welke steden meedoen?", "welke steden meedoen?"),
        ("Goedemorgen, ik wil graag weten hoeveel agenten Arnhem krijgt.", "hoeveel agenten Arnhem krijgt."),
        ("Hallo hoeveel krijgt Arnhem, per jaar, voor agenten?", "hoeveel krijgt Arnhem, per jaar, voor agenten?"),
        ("Beste collega's, wat is een Kindlint?", "wat is een Kindlint?"),
        ("Ik vraag me af in welke steden een park komt", "in welke steden een park komt"),
        ("Is al bekend of Utrecht meedoet?", "of Utrecht meedoet?"),
        ("Geef mij een lijst van steden met een wijkcoach", "steden met een wijkcoach"),
        ("Ik ben op zoek naar gemeenten met een sloopfonds", "gemeenten met een sloopfonds"),
        ("Kunt u de afspraken over jeugd in Zaanstad opsommen?", "de afspraken over jeugd in Zaanstad"),
        ("Wat is een Kindlint, alstublieft?", "Wat is een Kindlint?"),
        ("Geachte heer/mevrouw, wat is een Kindlint?", "wat is een Kindlint?"),
        ("Beste mevrouw Van Deventer, wat is een Kindlint?", "wat is een Kindlint?"),
        ("Wat is een Kindlint? Hartelijke groet, Piet van Deventer", "Wat is een Kindlint?"),
        ("Wat doet Arnhem aan sport? Alvast bedankt!", "Wat doet Arnhem aan sport?"),
        ("Dank u, en in Utrecht?", "en in Utrecht?"),
    ],
)
def test_a_courtesy_is_left_out(said, asked):
    assert without_courtesies(said) == asked


@pytest.mark.parametrize(
    "question",
    [
        "Beste aanpak van schooluitval in Deventer, wat is dat?",
        "Dag van de buurt: wat is dat?",
        "Wat wil Arnhem weten van de bewoners?",
        "Kan ik in Schiedam terecht met schulden?",
        "Kan ik een woning met korting kopen?",
        "Kan een gemeente die niet meedoet ook geld krijgen?",
        "Heeft een of meer steden een kansenzone?",
        "Is het waar dat Arnhem meedoet?",
        "Bedankt",
    ],
)
def test_a_question_keeps_its_words(question):
    assert without_courtesies(question) == question
