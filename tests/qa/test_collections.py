"""Questions over all charters and comparisons: what is asked, who says it, with which value, and in what words."""

import pytest

from qa.values import clause, names_after, person, value_of


def said_yes(answer):
    return {item.charter for item in answer.items if item.verdict == "yes"}


def values(answer):
    return {item.charter: item.value for item in answer.items if item.value}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Waar komt een klussendienst?", "collection"),
        ("Waar worden intermediairs ingezet?", "collection"),
        ("In welke wijken wordt overlast door overbewoning aangepakt?", "collection"),
        ("Welke bedragen leggen corporaties in de verschillende steden bij?", "collection"),
        ("bedrijfsgerichte gebiedsverbetering bgv welke charters", "collection"),
        ("Waar staat de afkorting WIBU voor?", "single"),
        ("Waar komt het Randpark te liggen?", "single"),
        ("Waar is een Kindlint voor bedoeld?", "single"),
        ("Waar komt een klussendienst in Heerlen?", "single"),
        ("Is het extra rijksgeld alleen voor de veertig wijken of voor alle gemeenten?", "single"),
        ("Welke krachtwijken zijn er in Almere?", "single"),
        ("Welke partijen vormden in 2024 de coalitie?", "single"),
    ],
)
def test_a_question_over_all_charters_is_seen_as_one(engine, question, kind):
    assert engine.understand(question).kind == kind


def test_half_a_compound_is_no_mention(engine):
    assert said_yes(engine.ask("Welke steden zetten straatcoaches in?")) == {"Amsterdam", "Utrecht"}


def test_words_that_the_manifest_calls_synonyms_find_the_same_charters(engine):
    one, other = (said_yes(engine.ask(f"Welke steden willen een {word}?")) for word in ("kanszone", "kansenzone"))
    assert one == other
    assert {"Amsterdam", "Arnhem", "Schiedam"} <= one


def test_a_word_that_the_text_spells_otherwise_is_found(engine):
    answer = engine.ask("Hoeveel charters noemen het wetsvoorstel tegen voetbalvandalisme en ernstige overlast?")
    assert "Amsterdam" in said_yes(answer)  # "voetbaivandalisme", as it was read from paper
    assert answer.answer.startswith("Elf (11) van de 18")


@pytest.mark.parametrize("question", ["Wanneer is elk charter getekend?", "Wanneer zijn de charters ondertekend?"])
def test_the_signing_dates_stand_under_the_signatures(engine, question):
    found = values(engine.ask(question))
    assert len(found) == 18
    assert found["Deventer"] == "4 februari 2008"  # not the day of the plan "ondertekend door 9 partners"
    assert found["Heerlen"] == "14 april 2008"
    assert found["Maastricht"] == "25 februari 2008"  # "25 - 2 2008"
    assert found["Groningen"] == "19 mei 2008"  # "op19 mei 2008"


def test_a_comparison_says_who_does_not_meet_the_date(engine):
    answer = engine.ask("Zijn de charters van Deventer en Heerlen vóór 1 maart 2008 ondertekend?")
    assert "Deventer: ja, 4 februari 2008 [1]" in answer.answer and "Heerlen: nee, 14 april 2008 [2]" in answer.answer
    assert [item.verdict for item in answer.items] == ["yes", "no"]


def test_who_signed_each_charter_is_read_under_it(engine):
    everyone = values(engine.ask("Wie hebben de charters ondertekend?"))
    assert len(everyone) == 18 and all("Vogelaar" in names for names in everyone.values())
    city = values(engine.ask("Welke wethouder tekende namens elke gemeente?"))
    assert city["Alkmaar"] == "mr. F. H. Hansen" and city["Nijmegen"] == "Hans van Hooft sr"
    assert not any("Vogelaar" in names for names in city.values())


def test_an_empty_list_says_what_comes_nearest_and_who_does_say_it(engine):
    over_all = engine.ask("Welke steden bouwen een voetbalstadion voor jongeren?")
    assert over_all.refused and over_all.answer.startswith("In geen van de 18") and over_all.citations
    one = engine.ask("Welke steden doen mee aan het experiment gezonde wijk?", ("Arnhem",))
    assert one.refused and {two.charter for two in one.citations} > {"Arnhem"}


def test_what_is_asked_of_all_is_told_of_each(engine):
    answer = engine.ask("Wat doen de steden aan sport?")
    assert answer.kind == "collection" and "Deventer – " in answer.answer
    assert engine.ask("Welke steden doen mee aan de gezonde wijk?", ("Deventer",)).answer.startswith("Deventer – ")


def test_a_date_that_cannot_be_read_is_shown_as_it_stands(engine):
    found = values(engine.ask("Wanneer is elk charter getekend?"))
    assert found["Dordrecht"] == "3.1.7.12008 (datum slecht leesbaar)"
    july = {item.charter: item.verdict for item in engine.ask("Hoeveel charters zijn in juli 2008 ondertekend?").items}
    assert july["Dordrecht"] == "partly" and july["Schiedam"] == "yes"


def test_the_end_of_a_period_is_given_where_the_end_is_asked(engine):
    assert set(values(engine.ask("Tot wanneer gelden de afspraken in elk charter?")).values()) == {"31 december 2017"}


def test_names_are_those_of_the_thing_asked_about(engine):
    found = values(engine.ask("Welke charters noemen de woningcorporaties bij naam?"))
    assert found["Den Haag"] == "Staedion, Haag Wonen, Vestia"
    assert found["Zaanstad"] == "ZVH, Parteon, Rochdale"
    assert "Groningen" not in found  # which has corporations, without their names
    assert not any("Aedes" in value for value in found.values())  # the association of all


def test_every_charter_names_its_neighbourhoods(engine):
    answer = engine.ask("Om welke wijken gaat het per stad?")
    found = values(answer)
    assert len(found) == 18
    assert found["Deventer"] == "Rivierenwijk"
    assert {"Klarendal", "Presikhaaf", "Malburgen"} <= set(found["Arnhem"].split(", "))


def test_a_person_stands_beside_the_office_or_on_the_next_line(engine):
    found = values(engine.ask("Welke wethouder tekende namens elke gemeente?"))
    assert "Hekman" in found["Amersfoort"]  # before the office
    assert "Hazeu" in found["Maastricht"]  # after a portfolio of four parts
    assert not any("Vogelaar" in name for name in found.values())  # the minister


def test_charters_that_miss_what_each_is_asked_for_are_named(engine):
    answer = engine.ask("Hoeveel extra wijkagenten krijgt elk politiekorps, per stad?")
    assert answer.answer.endswith("Niet gevonden in: Deventer.")


def test_an_absence_is_said_in_words(engine):
    answer = engine.ask("Welke charters zeggen helemaal niets over conciërges op school?")
    assert "zeggen hierover niets" in answer.answer


def test_a_comparison_does_not_search_for_the_word_comparison(engine):
    answer = engine.ask("Vergelijk Groningen en Leeuwarden op volkstuinen")
    assert answer.refused
    assert "daarover staat niets" in answer.answer


def test_a_comparison_tells_charters_apart_by_what_only_one_has(engine):
    answer = engine.ask("Doen Leeuwarden en Alkmaar mee aan het experiment Gezonde Wijk?")
    verdicts = {item.charter: item.verdict for item in answer.items}
    assert verdicts == {"Alkmaar": "no", "Leeuwarden": "yes"}


def test_amounts_come_first_where_amounts_are_compared(engine):
    answer = engine.ask("Vergelijk Deventer en Enschede: hoeveel betalen de corporaties?")
    assert values(answer) == {"Deventer": "€ 2,8 miljoen", "Enschede": "€ 200 miljoen"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("de corporaties Staedion, Haag Wonen en Vestia", ("Staedion", "Haag Wonen", "Vestia")),
        (
            "De corporaties werkzaam in de wijk (Servatius, Woonpunt en Maasvallei)",
            ("Servatius", "Woonpunt", "Maasvallei"),
        ),
        ("de corporaties met vastgoed te weten Portaal, Talis en Woongenoot", ("Portaal", "Talis", "Woongenoot")),
        ("Wooncorporatie Rentree draagt bij", ("Rentree",)),
        ("corporaties in Overdie dragen bij", ()),
    ],
)
def test_names_stand_right_after_the_thing(text, names):
    assert names_after(text, {"corporeer"}, ("Overdie",)) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Drs. J.A. Hekman, wethouder stedelijke vernieuwing", "Drs. J.A. Hekman"),
        ("De wethouder van Wonen, Ruimtelijke Ordening, drs. H. Bosch.", "drs. H. Bosch"),
        ("De wethouder van Volkshuisvesting, Tjeerd Herrema", "Tjeerd Herrema"),
        ("De wethouder van Heerlen,", None),
        ("De minister voor Wonen, Wijken en Integratie, drs. Ella Vogelaar", None),
    ],
)
def test_a_line_gives_the_name_of_a_person(text, name):
    assert person(text, "wethouder") == name


@pytest.mark.parametrize(
    ("asked", "text", "question", "value"),
    [
        ("amount", "1. De corporaties dragen € 4.13 miljoen bij", "hoeveel dragen zij bij", "€ 4.13 miljoen"),
        ("amount", "WWI stelt 20 miljoen beschikbaar, Arnhem krijgt 530.000 euro", "welk bedrag", "530.000 euro"),
        ("number", "daalt van 38% in 2007 naar 30% in 2012", "welk percentage", "38% in 2007 naar 30%"),
        ("number", "een verhouding huur-koop van 60%-40%", "welke verhouding huur en koop", "60%-40%"),
        ("date", "gelden vanaf 1 maart 2008 tot en met 31 december 2017", "tot wanneer", "31 december 2017"),
    ],
)
def test_the_value_is_the_one_asked_for(asked, text, question, value):
    assert value_of(asked, text, question, "Arnhem") == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Het rijk biedt ruimte.*", "Het rijk biedt ruimte"),
        ("3. Het opzetten van een veiligheidshuis;", "Het opzetten van een veiligheidshuis"),
        (
            "De gemeente zet in op ondernemerschap in de wijk, waarbij starters hulp krijgen van een coach.",
            "De gemeente zet in op ondernemerschap in de wijk …",
        ),
    ],
)
def test_a_value_for_the_table_has_no_marks_and_ends_with_a_clause(text, shown):
    assert clause(text, 12) == shown
