"""Dialogues: the last question, what is asked next, and how that is understood."""

import pytest

from ingest.corpus import read_corpus
from qa.followup import standalone, subject_of
from qa.model import to_dict

AGENTS = "Hoeveel extra wijkagenten krijgt Deventer?"
HEALTH = "Wat doet Deventer aan gezondheid?"
STATE = "Wat doet het rijk in Deventer aan gezondheid?"
TRUANCY = "Wat doet de gemeente Deventer aan schooluitval?"
TRIAL = "Welke steden nemen deel aan experiment gezonde wijk?"
LINT = "Wat is een Kindlint?"
WALLS = "Hoe hoog worden de geluidsschermen bij Poelenburg?"
BENEFITS = "Naar welk percentage bijstandsontvangers in Kruiskamp wil Amersfoort in 2018?"
SIGNED = "Wanneer is het charter van Alkmaar ondertekend?"
PILOT = "Hoeveel draagt OCW jaarlijks bij aan de pilot segregatie in het onderwijs in Deventer?"
LEAVERS = "Met hoeveel procent moet het vroegtijdig schoolverlaten in Overvecht in 2011 zijn gedaald?"

UNDERSTOOD = [
    # another city or neighbourhood
    (AGENTS, "en in Rotterdam?", "Hoeveel extra wijkagenten krijgt Rotterdam?"),
    (AGENTS, "En Enschede?", "Hoeveel extra wijkagenten krijgt Enschede?"),
    (AGENTS, "en in Woensel-West?", "Hoeveel extra wijkagenten krijgt Woensel-West?"),
    (AGENTS, "en in rotterdam", "Hoeveel extra wijkagenten krijgt Rotterdam?"),
    (AGENTS, "En Rotterdam en Utrecht?", "Hoeveel extra wijkagenten krijgen Rotterdam en Utrecht?"),
    (AGENTS, "en hoe zit het met Utrecht?", "Hoeveel extra wijkagenten krijgt Utrecht?"),
    (HEALTH, "en in Utrecht?", "Wat doet Utrecht aan gezondheid?"),
    (HEALTH, "en wat doet Utrecht?", "Wat doet Utrecht aan gezondheid?"),
    (TRUANCY, "en Zaanstad?", "Wat doet de gemeente Zaanstad aan schooluitval?"),
    (STATE, "en in Den Haag?", "Wat doet het rijk in Den Haag aan gezondheid?"),
    (BENEFITS, "en in Arnhem?", "Naar welk percentage bijstandsontvangers wil Arnhem in 2018?"),
    (LEAVERS, "En in Kanaleneiland?", LEAVERS.replace("Overvecht", "Kanaleneiland")),
    (
        "Hoeveel Ondernemershuizen komen er in de Haagse krachtwijken?",
        "en in Rotterdam?",
        "Hoeveel Ondernemershuizen komen er in de Rotterdamse krachtwijken?",
    ),
    ("Wat krijgen Rotterdammers zonder werk?", "en Hagenaars?", "Wat krijgen Hagenaars zonder werk?"),
    (SIGNED, "en dat van Arnhem?", "Wanneer is het charter van Arnhem ondertekend?"),
    (TRIAL, "en Rotterdam?", "Neemt Rotterdam deel aan experiment gezonde wijk?"),
    # with courtesies
    (
        "Kunt u zeggen hoeveel extra wijkagenten Deventer krijgt?",
        "Dank u, en Enschede?",
        "Hoeveel extra wijkagenten Enschede krijgt?",
    ),
    (AGENTS, "En kunt u zeggen waarom?", "Waarom krijgt Deventer extra wijkagenten?"),
    # the list turned round
    (TRIAL, "En welke niet?", "Welke steden nemen niet deel aan experiment gezonde wijk?"),
    ("In welke steden komt een brede school?", "en welke niet", "In welke steden komt geen brede school?"),
    ("Welke steden hebben geen brede school?", "En welke wel?", "Welke steden hebben een brede school?"),
    # all of them
    (HEALTH, "Welke andere steden doen dat?", "Welke andere steden doen gezondheid?"),
    (HEALTH, "Wat doen de steden daaraan?", "Wat doen de steden aan gezondheid?"),
    (AGENTS, "en de andere steden?", "Hoeveel extra wijkagenten krijgt elke stad?"),
    (STATE, "en in de overige gemeenten?", "Wat doet het rijk in elke stad aan gezondheid?"),
    (TRUANCY, "en elders?", "Wat doet elke stad aan schooluitval?"),
    # the other party
    (HEALTH, "en het rijk?", STATE),
    (STATE, "en de gemeente?", "Wat doet de gemeente in Deventer aan gezondheid?"),
    (TRUANCY, "en het rijk?", "Wat doet het rijk in Deventer aan schooluitval?"),
    (TRUANCY, "en wat doet het rijk daaraan?", "Wat doet het rijk in Deventer aan schooluitval?"),
    (AGENTS, "en het rijk?", "Wat doet het rijk voor de extra wijkagenten in Deventer?"),
    # another time
    (BENEFITS, "en in 2012?", BENEFITS.replace("2018", "2012")),
    (AGENTS, "en in 2009?", "Hoeveel extra wijkagenten krijgt Deventer in 2009?"),
    # another question word
    (AGENTS, "waarom?", "Waarom krijgt Deventer extra wijkagenten?"),
    (AGENTS, "en wanneer?", "Wanneer krijgt Deventer extra wijkagenten?"),
    (HEALTH, "Waarom dan?", "Waarom doet Deventer iets aan gezondheid?"),
    (TRIAL, "en hoeveel?", "Hoeveel steden nemen deel aan experiment gezonde wijk?"),
    (TRIAL, "waarom?", "Waarom nemen steden deel aan experiment gezonde wijk?"),
    (SIGNED, "door wie?", "Door wie is het charter van Alkmaar ondertekend?"),
    (HEALTH, "hoeveel kost dat?", "Hoeveel geld is er voor gezondheid in Deventer?"),
    (
        "Krijgt Heerlen geld voor burgerinitiatieven?",
        "hoeveel?",
        "Hoeveel krijgt Heerlen geld voor burgerinitiatieven?",
    ),
    # something else, asked in the same way
    (HEALTH, "en aan veiligheid?", "Wat doet Deventer aan veiligheid?"),
    (
        LEAVERS,
        "En de schooluitval in Ondiep?",
        "Met hoeveel procent moet de schooluitval in Ondiep in 2011 zijn gedaald?",
    ),
    (PILOT, "En hoeveel jaar lang?", PILOT.replace("Hoeveel draagt", "Hoeveel jaar lang draagt")),
    (TRIAL, "En welke aan 'Achter de voordeur'?", "Welke steden nemen deel aan 'Achter de voordeur'?"),
    (
        "Welke steden noemen een ouderkamer?",
        "En welke zetten straatcoaches in?",
        "Welke steden zetten straatcoaches in?",
    ),
    (
        "Hoeveel woningen worden er in Velve-Lindenhof gesloopt?",
        "En hoeveel worden er gerenoveerd?",
        "Hoeveel woningen worden er gerenoveerd in Velve-Lindenhof?",
    ),
    (
        "Hoeveel Rotterdamse basisscholen krijgen een wijkarrangement?",
        "En een dagarrangement?",
        "Hoeveel Rotterdamse basisscholen krijgen een dagarrangement?",
    ),
    # pointing back
    (AGENTS, "wie betaalt dat?", "Wie betaalt de extra wijkagenten in Deventer?"),
    (AGENTS, "Wie betaalt dat in Rotterdam?", "Wie betaalt de extra wijkagenten in Rotterdam?"),
    (TRIAL, "en wie betaalt dat?", "Wie betaalt experiment gezonde wijk?"),
    (LINT, "en wie betaalt dat?", "Wie betaalt een Kindlint?"),
    (WALLS, "Wie betalen die?", "Wie betalen de geluidsschermen bij Poelenburg?"),
    (
        "Wat doet de gemeente Rotterdam voor het participatiebudget?",
        "En hoeveel geld stelt het rijk daarvoor beschikbaar?",
        "Hoeveel geld stelt het rijk voor het participatiebudget in Rotterdam beschikbaar?",
    ),
    (
        "Hoeveel startende ondernemers krijgen in Groningen per jaar een mentor?",
        "Wanneer begint daar de proef met microkredieten?",
        "Wanneer begint in Groningen de proef met microkredieten?",
    ),
    (
        "Wanneer komt er een ouderkamer in de brede school in Oud-Overdie?",
        "En wanneer wordt de nieuwbouw van die school verwacht?",
        "Wanneer wordt de nieuwbouw van de brede school in Oud-Overdie verwacht?",
    ),
    (
        "Hoeveel frontlijnteams worden er in Leeuwarden opgezet?",
        "Wie zitten daar in?",
        "Wie zitten in de frontlijnteams in Leeuwarden?",
    ),
    (
        "Hoeveel minder criminaliteit wil Kruiskamp in 2018?",
        "Met hoeveel procent moet die in 2012 al zijn afgenomen?",
        "Met hoeveel procent moet minder criminaliteit in Kruiskamp in 2012 al zijn afgenomen?",
    ),
]

LEFT_ALONE = [
    (AGENTS, LINT),
    (AGENTS, "Wat is een Kindlint in Zaanstad?"),
    (AGENTS, "Welke steden hebben projecten die jongeren helpen?"),
    (AGENTS, "Wat houdt het experiment gezonde wijk in en wie betaalt dat?"),
    (AGENTS, "Klopt het dat Arnhem 17 wijkagenten krijgt?"),
    (AGENTS, "Enschede: hoeveel wijkagenten?"),
    (AGENTS, "Hoeveel nieuwe woningen worden er in Velve-Lindenhof gebouwd?"),
    (AGENTS, "Is de afspraak dat er een school komt in Ondiep?"),
    (AGENTS, "dank je wel"),
    (AGENTS, "Wat zegt het charter van Utrecht over cultuur?"),
    (STATE, "Welke woningcorporaties waren betrokken bij het Buurtplan MSP in Heerlen?"),
    (TRIAL, "Wat doet het rijk in Heerlen aan gezondheid?"),
    (TRIAL, "Welke steden noemen een ouderkamer?"),
    (LINT, "Hoeveel extra wijkagenten krijgen Arnhem en Nijmegen?"),
    (LINT, "Waar komt het nieuwe wijkgebouw dat Alkmaar bouwt?"),
    (LINT, "?"),
    ("", "en in Rotterdam?"),
    (None, "wie betaalt dat?"),
]


@pytest.fixture(scope="module")
def charters():
    return read_corpus([]).charters


@pytest.mark.parametrize(("previous", "asked", "understood"), UNDERSTOOD)
def test_a_follow_up_is_understood_in_the_light_of_the_last_question(charters, previous, asked, understood):
    assert standalone(asked, previous, charters) == understood


@pytest.mark.parametrize(("previous", "asked"), LEFT_ALONE)
def test_a_question_that_stands_alone_is_left_to_the_letter(charters, previous, asked):
    assert standalone(asked, previous, charters) == asked


@pytest.mark.parametrize(("previous", "asked", "understood"), UNDERSTOOD)
def test_what_was_understood_stands_alone(charters, previous, asked, understood):
    """The next question is read in its light, so it must not be rewritten again after an unrelated one."""
    assert standalone(understood, LINT, charters) == understood


def test_a_dialogue_keeps_its_subject_over_several_turns(charters):
    asked = ["en in Rotterdam?", "en het rijk?", "en de gemeente?", "en aan veiligheid?", "en in Utrecht?"]
    last = HEALTH
    for question in asked:
        last = standalone(question, last, charters)
    assert last == "Wat doet de gemeente in Utrecht aan veiligheid?"


def test_what_a_question_is_about_is_a_phrase():
    assert subject_of("Hoeveel huurwoningen worden er in Crabbehof gesloopt?") == "de huurwoningen in Crabbehof"


def test_without_names_in_the_corpus_a_follow_up_is_still_read_in_the_light_of_the_last_question():
    assert standalone("waarom?", AGENTS, ()) == "Waarom krijgt Deventer extra wijkagenten?"
    assert standalone("en in Rotterdam?", AGENTS, ()) == "Hoeveel extra wijkagenten krijgt Deventer in Rotterdam?"


def test_the_answer_says_how_a_follow_up_was_understood(engine):
    answer = engine.ask("en in Arnhem?", previous="Hoeveel extra wijkagenten krijgt Nijmegen?", id="v2")
    assert answer.question == "en in Arnhem?"
    assert answer.understood == to_dict(answer)["understood"] == "Hoeveel extra wijkagenten krijgt Arnhem?"
    assert {citation.charter for citation in answer.citations} == {"Arnhem"}
    assert "17 extra" in answer.answer


def test_a_question_that_stands_alone_says_nothing_of_how_it_was_understood(engine):
    assert engine.ask(LINT, previous=AGENTS).understood is None
