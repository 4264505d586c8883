"""What a question over all charters means: of whom what is denied, and when a name, office, place or date is meant."""

import datetime as dt

import pytest

from qa.finding import role_of
from qa.values import date_limit


@pytest.mark.parametrize(
    ("question", "turned"),
    [
        ("Welke steden doen niet mee aan de gezonde wijk?", True),
        ("Noem de gemeenten die niet meedoen.", True),
        ("steden zonder veiligheidshuis", True),
        ("In welke charters ontbreekt een afspraak over sport?", True),
        ("In welke gemeenten komt het woord armoede nergens voor?", True),
        ("Welke documenten noemen de energietransitie niet?", True),
        ("Welke charters zeggen niets over conciërges?", True),
        ("Welke steden helpen jongeren zonder startkwalificatie?", False),
        ("Welke steden werken niet alleen met corporaties?", False),
        ("Welke charters noemen jongeren die geen diploma hebben?", False),
        ("Welke gemeenten bieden niet-westerse allochtonen werk?", False),
        ("Welke steden willen dat jongeren niet op straat hangen?", False),
    ],
)
def test_only_what_is_denied_of_the_charters_themselves_turns_the_verdicts_round(engine, question, turned):
    assert engine.understand(question).negated is turned


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("om welke wijken gaat het per stad?", True),
        ("Welke krachtwijken zijn er aangewezen in elke gemeente?", True),
        ("In welke wijken wordt een park aangelegd of opgeknapt?", False),
        ("In welke buurten is er overlast?", False),
    ],
)
def test_the_neighbourhoods_are_listed_only_where_nothing_else_is_asked_of_them(engine, question, places):
    assert engine.understand(question).about_places is places


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Welke charters noemen de corporaties bij naam?", True),
        ("Wat zijn de namen van de wijkmanagers per stad?", True),
        ("welke steden namen deel aan experiment gezonde wijk?", False),
        ("Welke charters zijn gesloten uit naam van de milieuminister?", False),
    ],
)
def test_names_are_looked_up_only_where_names_are_asked(engine, question, names):
    assert engine.understand(question).about_names is names


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Doet Arnhem mee aan de gezonde wijk?", "yesno"),
        ("Vermeldt Leeuwarden een ouderkamer op school?", "yesno"),
        ("Pakt de gemeente veelplegers aan?", "yesno"),
        ("Klopt het dat Arnhem meedoet?", "yesno"),
        ("Wat Arnhem aan sport doet?", "fact"),
        ("budget Arnhem veiligheid", "amount"),
        ("Wat doet Arnhem aan sport?", "explain"),
    ],
)
def test_a_question_that_begins_with_its_verb_asks_whether(engine, question, asked):
    assert engine.understand(question).asked == asked


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("Welke wethouder tekende namens elke gemeente?", "wethouder"),
        ("Welke steden stellen een projectleider aan?", None),
    ],
)
def test_a_person_is_looked_up_only_where_the_office_is_what_is_asked(engine, question, role):
    assert role_of(engine.understand(question)) == role


@pytest.mark.parametrize(
    ("condition", "holding", "failing"),
    [
        ("vóór 1 mei 2008", dt.date(2008, 4, 30), dt.date(2008, 5, 1)),
        ("vóór 1 mei", dt.date(2008, 4, 30), dt.date(2008, 5, 1)),
        ("na 1 mei", dt.date(2008, 5, 2), dt.date(2008, 5, 1)),
        ("uiterlijk 1 mei 2008", dt.date(2008, 5, 1), dt.date(2008, 5, 2)),
        ("later dan 1 mei 2008", dt.date(2008, 5, 2), dt.date(2008, 5, 1)),
        ("op 1 mei", dt.date(2008, 5, 1), dt.date(2008, 5, 2)),
        ("in juli 2008", dt.date(2008, 7, 31), dt.date(2008, 8, 1)),
    ],
)
def test_a_condition_on_dates_is_understood_also_without_a_year(condition, holding, failing):
    limit = date_limit(f"Welke steden tekenden {condition}?")
    assert limit is not None
    assert limit.holds(holding) and not limit.holds(failing)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("luchtkwaliteit Amsterdam maatregelen", True),
        ("extra politie op straat Arnhem aantal + periode", True),
        ("wat doet het rijk in Deventer aan gezondheid", False),
        ("Krijgt Arnhem meer politie?", False),
        ("noem de doelen van Heerlen", False),
    ],
)
def test_search_terms_are_told_from_a_sentence(engine, question, terms):
    assert engine.understand(question).keywords is terms


@pytest.mark.parametrize(
    ("question", "broad"),
    [
        ("Wat doet het rijk in Deventer aan gezondheid?", True),
        ("Welke afspraken maken Schiedam en het rijk over inburgering?", True),
        ("Wat staat er in het charter van Heerlen over sport?", True),
        ("Wat kost de brede school in Alkmaar?", False),
        ("Wie doet er iets aan de overlast?", False),
    ],
)
def test_a_question_for_all_that_is_said_of_a_subject_is_told_from_one_for_a_fact(engine, question, broad):
    assert engine.understand(question).broad is broad
