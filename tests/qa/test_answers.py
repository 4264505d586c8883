"""What a civil servant relies on, on the real corpus with the real model."""

import datetime as dt

import pytest

from eval.variants import engine_on
from ingest.errors import UsageError
from qa.model import to_dict
from qa.surroundings import surroundings
from qa.values import dates, value_of

FLAGSHIP = "welke steden nemen deel aan experiment gezonde wijk?"
IN_GEZONDE_WIJK = {
    "Amsterdam",
    "Den Haag",
    "Deventer",
    "Eindhoven",
    "Heerlen",
    "Leeuwarden",
    "Rotterdam",
    "Utrecht",
    "Zaanstad",
}


def said_yes(answer):
    return {item.charter for item in answer.items if item.verdict == "yes"}


@pytest.fixture(scope="module")
def flagship(engine):
    return engine.ask(FLAGSHIP)


def test_the_flagship_question_finds_exactly_the_nine_cities(flagship):
    assert flagship.kind == "collection"
    assert said_yes(flagship) == IN_GEZONDE_WIJK


def test_the_flagship_question_may_be_asked_in_the_past_tense(flagship, engine):
    assert said_yes(engine.ask("welke steden namen deel aan experiment gezonde wijk?")) == said_yes(flagship)


def test_the_experiment_is_known_by_its_name_alone(engine):
    assert said_yes(engine.ask("Welke steden doen mee aan de gezonde wijk?")) == IN_GEZONDE_WIJK
    assert engine.ask("Kunt u mij zeggen of Arnhem meedoet aan de gezonde wijk?").refused
    assert not engine.ask("Doet Deventer mee aan de gezonde wijk?").refused


def test_a_collection_has_one_verdict_for_every_charter_and_computed_counts(flagship, engine):
    assert [item.charter for item in flagship.items] == [charter.name for charter in engine.index.charters]
    tally = {status: sum(i.verdict == status for i in flagship.items) for status in ("yes", "partly", "no")}
    assert flagship.coverage == {"searched": 18, "total": 18, **tally}
    assert flagship.answer.startswith(f"Negen ({tally['yes']}) van de 18")


def test_every_yes_is_proven_by_a_citation_from_that_same_charter(flagship):
    charter_of = {citation.n: citation.charter for citation in flagship.citations}
    for item in flagship.items:
        if item.verdict != "no":
            assert item.citations
            assert {charter_of[n] for n in item.citations} == {item.charter}


@pytest.mark.parametrize(
    "question",
    [
        FLAGSHIP,
        "Wat is een Kindlint?",
        "Vergelijk Arnhem en Nijmegen: hoeveel extra wijkagenten?",
        "Hoeveel extra wijkagenten krijgt de politie voor Deventer?",
    ],
)
def test_every_quote_is_exactly_what_the_document_says_there(engine, question):
    answer = engine.ask(question)
    assert answer.citations
    for citation in answer.citations:
        text = engine.index.documents[citation.document].text
        assert text[citation.start_char : citation.end_char] == citation.quote
        assert len(citation.quote) <= 1500
        assert text.count("\n", 0, citation.start_char) + 1 == citation.start_line


def test_the_same_question_gets_the_same_answer_twice(engine, flagship):
    again = {**to_dict(engine.ask(FLAGSHIP)), "timings_ms": None}
    assert again == {**to_dict(flagship), "timings_ms": None}


@pytest.mark.parametrize(
    ("question", "charter"),
    [
        ("Wat doen ze in Overdie aan werkloosheid?", "Alkmaar"),
        ("Hoe pakt de Haagse aanpak afval aan?", "Den Haag"),
        ("Wat doet Nijmgen tegen fietsendiefstal?", "Nijmegen"),
        ("extra wijkagenten rotterdam", "Rotterdam"),
    ],
)
def test_a_city_named_by_neighbourhood_adjective_or_typo_is_the_only_one_cited(engine, question, charter):
    answer = engine.ask(question)
    cited = {citation.charter for citation in answer.citations}
    assert {hit["charter"] for hit in answer.retrieved} == {charter}
    assert cited == {charter} or answer.refused


def test_a_question_about_nothing_in_the_corpus_is_refused_in_words(engine):
    answer = engine.ask("Wat is de hoofdstad van Frankrijk?")
    assert answer.refused
    assert answer.answer.startswith("Dat staat niet in de 18 doorzochte charters.")


def test_a_refusal_gives_a_nearest_sentence_only_where_a_word_of_the_subject_stands(engine):
    far = engine.ask("Hoeveel laadpalen komen er in Leeuwarden?")
    assert far.refused and far.citations == () and "niets gevonden dat in de buurt komt" in far.answer
    near = engine.ask("Wanneer gaat het Veiligheidshuis in Dordrecht open?")
    assert near.refused and "Veiligheid" in near.citations[0].quote


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Wat doet het rijk in Deventer aan gezondheid?", "gezond"),
        ("Wat doet Alkmaar aan onderwijs?", "onderwijs"),
        ("Wat doet Groningen aan kinderopvang?", "kinderopvang"),
    ],
)
def test_what_is_said_of_a_subject_as_a_whole_answers_a_broad_question(engine, question, subject):
    answer = engine.ask(question)
    assert not answer.refused and subject in answer.answer


def test_what_the_city_does_is_not_what_the_state_does_of_the_same_subject(engine):
    assert engine.ask("Wat gaat het rijk in Rotterdam doen aan schulden?").refused


@pytest.mark.parametrize("question", ["Waar staat de afkorting WIBU voor?", "waar staat WIBU voor"])
def test_what_letters_stand_for_is_read_off_the_source(engine, question):
    answer = engine.ask(question)
    assert not answer.refused and "Wijk in Bedrijf Utrecht (WIBU)" in answer.answer


@pytest.mark.parametrize(
    "subject",
    [
        "bouwen een moskee",
        "bouwen een voetbalstadion",
        "bestrijden ratten",
        "vangen vluchtelingen op",
        "hebben een casino",
        "hebben een vuurwerkverbod",
    ],
)
def test_a_subject_of_none_of_the_charters_gives_no_list(engine, subject):
    answer = engine.ask(f"Welke steden {subject}?")
    assert answer.refused
    assert said_yes(answer) == set()


@pytest.mark.parametrize(
    ("asked", "over_all"),
    [
        ("Doet {} mee aan het experiment gezonde wijk?", FLAGSHIP),
        ("Klopt het dat {} meedoet aan het experiment gezonde wijk?", FLAGSHIP),
        ("Noemt het charter van {} mediation?", "Welke charters noemen mediation?"),
    ],
)
def test_whether_one_city_does_a_thing_is_answered_as_the_list_over_all_cities_is(engine, asked, over_all):
    cities = {charter.name for charter in engine.index.charters}
    assert {city for city in cities if not engine.ask(asked.format(city)).refused} == said_yes(engine.ask(over_all))


def test_a_question_for_the_charters_that_say_nothing_turns_the_verdicts_round(engine):
    answer = engine.ask("Welke charters zeggen helemaal niets over conciërges op school?")
    assert said_yes(answer) == {"Heerlen", "Utrecht"}


def test_named_cities_stand_side_by_side(engine):
    answer = engine.ask("Hoeveel extra wijkagenten krijgen Arnhem en Nijmegen?")
    assert answer.kind == "compare"
    assert [item.charter for item in answer.items] == ["Arnhem", "Nijmegen"]
    assert {citation.charter for citation in answer.citations} == {"Arnhem", "Nijmegen"}
    assert "17 extra" in answer.answer and "12 extra" in answer.answer


def test_a_filter_on_party_lets_only_that_party_speak(engine):
    answer = engine.ask("Wat gebeurt er in Deventer voor bewoners?", actor="rijk")
    assert answer.citations
    assert {citation.actor for citation in answer.citations} == {"rijk"}


@pytest.mark.parametrize("question", [FLAGSHIP, "Hoeveel extra wijkagenten krijgen Arnhem en Nijmegen?"])
def test_a_filter_on_party_holds_for_questions_over_several_charters_too(engine, question):
    answer = engine.ask(question, actor="rijk")
    assert answer.citations
    assert {citation.actor for citation in answer.citations} == {"rijk"}


def test_a_filter_on_charter_holds_whatever_the_question_names(engine):
    answer = engine.ask("Wat doet Utrecht aan veiligheid?", charters=("deventer",))
    assert {hit["charter"] for hit in answer.retrieved} == {"Deventer"}


def test_a_list_within_one_charter_named_twice_has_it_once_and_counts_against_all(engine):
    answer = engine.ask("Welke steden willen een kanszone?", charters=("Amsterdam", "amsterdam"))
    assert [item.charter for item in answer.items] == ["Amsterdam"]
    assert (answer.coverage["searched"], answer.coverage["total"]) == (1, 18)


def test_a_list_within_one_charter_that_does_not_have_it_says_so_of_that_charter(engine):
    answer = engine.ask("Welke steden bouwen een moskee?", charters=("Deventer",))
    assert answer.refused and answer.answer.startswith("Dat staat niet in het charter van Deventer.")


def test_an_unknown_charter_names_the_known_ones(engine):
    with pytest.raises(UsageError, match=r"Breda.*Alkmaar.*Zaanstad"):
        engine.ask("Wat staat er?", charters=("Breda",))


@pytest.mark.parametrize("question", ["", "   ", "\x00\x07\n"])
def test_an_empty_question_is_wrong_use(engine, question):
    with pytest.raises(UsageError, match="leeg"):
        engine.ask(question)


@pytest.mark.parametrize("question", ["?" * 50, "wijk " * 4000, "Was kostet ein Fahrrad in Groningen?", "a\x00b wijk"])
def test_an_odd_question_still_gets_an_answer_object(engine, question):
    answer = to_dict(engine.ask(question, id="x"))
    assert answer["id"] == "x"
    assert answer["question"] == question


def test_a_word_read_otherwise_than_written_is_said(engine):
    answer = engine.ask("in welke charters komt fietsendiefstl aan de orde?")
    assert "‘fietsendiefstl’ is gelezen als ‘fietsendiefstal’." in answer.notes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Alkmaar, 11 februari 2008", dt.date(2008, 2, 11)),
        ("Plaats... Deventer datum 4/2/08", dt.date(2008, 2, 4)),
        ("datum: ... 16-4-2008", dt.date(2008, 4, 16)),
    ],
)
def test_a_date_is_read_however_it_is_written(text, day):
    assert [found for _, found in dates(text)] == [day]


def test_a_number_that_is_no_date_is_not_read_as_one():
    assert dates("verhouding 31-2-2008 en 45-99") == []


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("number", "Het korps krijgt in de periode 2007 – 2011 13 extra wijkagenten.", "13 extra wijkagenten"),
        ("amount", "De gemeente Deventer krijgt hiervan €70.000 in 2008.", "€70.000"),
        ("amount", "dragen jaarlijks maximaal € 2,9 miljoen bij", "€ 2,9 miljoen"),
        ("date", "ondertekend op 11 februari 2008 te Alkmaar", "11 februari 2008"),
    ],
)
def test_the_value_asked_for_is_taken_from_the_sentence(asked, text, value):
    assert value_of(asked, text, "hoeveel extra wijkagenten, welk bedrag, wanneer", "Alkmaar") == value


def test_sentences_that_follow_each_other_in_the_source_are_one_quote_and_items_of_a_list_are_not(engine):
    answer = engine.ask("Wat staat een dronken tiener te wachten bij 'Halt bij alcohol' in Rotterdam?")
    assert "openbare dronkenschap" in answer.citations[0].quote and "leerstraf" in answer.citations[0].quote
    assert all("\n- " not in citation.quote for citation in answer.citations)


def test_a_quote_of_several_sentences_has_its_surroundings(engine):
    answer = engine.ask("Wat staat een dronken tiener te wachten bij 'Halt bij alcohol' in Rotterdam?")
    passages = {passage.id: passage for passage in engine.index.passages}
    shown = [surroundings(citation, passages[citation.passage_id]) for citation in answer.citations]
    assert "openbare dronkenschap" in shown[0].quote and "leerstraf" in shown[0].quote
    assert shown[0].after and shown[0].after[:40] not in shown[0].quote


@pytest.fixture
def documents(tmp_path, engine, encoder):
    """Make an engine on two short documents that no manifest describes."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("bos", "strand"):
        (corpus / f"{name}.md").write_text(f"# Nota {name}\n\nDe gemeente beheert het {name} met vrijwilligers.\n")

    def made(**changed):
        settings = engine.settings.model_copy(update=changed)
        return engine_on([corpus], tmp_path / "index", encoder, settings, engine.searcher.reader)

    return made


def test_in_a_corpus_of_documents_nothing_is_called_a_charter(documents):
    engine = documents()
    one, other = (charter.name for charter in engine.index.charters)
    asked = [
        engine.ask("Welke documenten noemen een kerncentrale?"),
        engine.ask("Wat kost een kaartje voor de kerncentrale?"),
        engine.ask("Wat kost een kaartje voor de kerncentrale?", charters=(one,)),
        engine.ask("Welke documenten noemen een kerncentrale?", charters=(one,)),
    ]
    assert all(answer.refused for answer in asked)
    asked.append(engine.ask(f"Vergelijk {one} en {other} op kernenergie", actor="rijk"))
    assert [answer.answer for answer in asked if "charter" in answer.answer] == []


def test_where_no_passage_may_answer_the_question_is_refused_even_without_a_threshold(documents):
    answer = documents(refusal_threshold=0.0).ask("Wie beheert het bos?", actor="rijk")
    assert answer.refused and answer.answer
