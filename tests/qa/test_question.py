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
        ("Waar komt geen brede school?", True),
        ("Welke gemeenten (van de 18) doen niet mee?", True),
        ("In welke charters komt het woord armoede niet voor?", True),
        ("Welke steden helpen jongeren die niets doen?", False),
        ("Welke steden helpen mensen met geen inkomen?", False),
        ("Wat doen de gemeenten als een jongere niet naar school gaat?", False),
        ("Waar hebben de gemeenten geen geld voor?", False),
        ("Is er geen enkele stad die een park aanlegt?", False),
        ("Kan een gemeente die niet meedoet ook geld krijgen?", False),
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
        ("Weet u of Arnhem meedoet?", "yesno"),
        ("Goedemiddag, kunt u mij zeggen of Arnhem meedoet?", "yesno"),
        ("Is al bekend of Arnhem meedoet?", "yesno"),
        ("Wat Arnhem aan sport doet?", "fact"),
        ("Kunt u zeggen wat de gemeente Deventer aan sport doet?", "fact"),
        ("Weet u wat het plan van Zaanstad kost?", "amount"),
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


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wanneer zijn de charters ondertekend?", "collection"),
        ("Wat doen de steden aan sport?", "collection"),
        ("Doen alle steden mee aan de gezonde wijk?", "collection"),
        ("Is er een stad die meedoet aan de gezonde wijk?", "collection"),
        ("Wat is er in de charters afgesproken over inburgering?", "collection"),
        ("Staat er in elk charter iets over schulden?", "collection"),
        ("Wat verwachten de steden van het rijk?", "collection"),
        ("Wat beloven de ministers aan de steden?", "single"),
        ("Moeten gemeenten zich aansluiten bij de verwijsindex?", "single"),
        ("Kunt u mij vertellen wat de steden doen aan sport?", "collection"),
        ("Weet u of er een stad is die een park aanlegt?", "collection"),
        ("Doet elke stad mee aan de gezonde wijk?", "collection"),
        ("Welke wijkencharters noemen sport?", "collection"),
        ("Zetten de steden in op werk?", "collection"),
        ("Welke bedragen staan er in de charters?", "collection"),
        ("Welke andere steden dan Arnhem doen mee?", "collection"),
        ("Welke wethouders tekenden?", "collection"),
        ("Staat er ergens iets over drugs?", "collection"),
        ("charters over eerwraak", "collection"),
        ("Waar wordt rekening mee gehouden?", "single"),
        ("Waarbij moeten de kenniscentra de steden ondersteunen?", "single"),
        ("Wie helpen de steden bij de schuldhulp?", "single"),
        ("Waarom hebben de steden wijken uitgekozen?", "single"),
        ("Wat zijn de charters?", "single"),
        ("Wat wordt in de charters bedoeld met een brede school?", "single"),
        ("Kan een gemeente zonder kansenzone subsidie krijgen?", "single"),
        ("Wat doen de stad Arnhem en het rijk aan sport?", "single"),
    ],
)
def test_what_all_cities_do_is_asked_of_each_of_them(engine, question, kind):
    assert engine.understand(question).kind == kind


def test_money_is_not_taken_for_being_in_force(engine):
    assert engine.understand("Hoeveel geld krijgt elke stad?").search == "Hoeveel geld krijgt elke stad?"
    assert "gelden" in engine.understand("Hoe lang is elk charter geldig?").search
