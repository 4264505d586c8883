"""Drafts: how a stream of words becomes sentences, and sentences an answer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check import Source
from qa.draft import Draft, Part, Sentences, joined, pieces_of
from qa.prompt import CHARACTERS_A_TOKEN, fitting, messages, shown

SAID = (
    "De gemeente plaatst in 2009 ca. 3 banken. [1] Dhr. J. de Vries leidt dat [2][3]. Het rijk betaalt € 1.500,- "
    "per bank. [4]\nDaarna volgt een tweede deel [5]\n- Een punt van een lijst. [6] En het slot."
)
CUT = [
    "De gemeente plaatst in 2009 ca. 3 banken [1].",
    "Dhr. J. de Vries leidt dat [2][3].",
    "Het rijk betaalt € 1.500,- per bank [4].",
    "Daarna volgt een tweede deel [5]",
    "- Een punt van een lijst [6].",
    "En het slot.",
]


def cut(pieces):
    sentences = Sentences()
    found = [one for piece in pieces for one in sentences.feed(piece)]
    left, broken = sentences.end()
    return found + left, broken


@given(st.lists(st.integers(0, len(SAID)), max_size=30))
def test_the_sentences_are_the_same_however_the_words_come_in(places):
    edges = [0, *sorted(places), len(SAID)]
    assert cut([SAID[a:b] for a, b in pairwise(edges)]) == (CUT, False)


def test_a_sentence_is_there_as_soon_as_the_next_begins():
    sentences = Sentences()
    assert sentences.feed("Er komen 13 agenten.") == []
    assert sentences.feed(" [1]") == []
    assert sentences.feed(" Het") == ["Er komen 13 agenten [1]."]


@pytest.mark.parametrize("end", ["Er komen 13 agent", "Er komen 13 agenten en", "Er komen 13 agenten ["])
def test_a_sentence_that_is_cut_off_is_no_sentence(end):
    assert cut([f"Er komt geld. [1] {end}"]) == (["Er komt geld [1]."], True)


@given(st.text(max_size=300) | st.text("Een zin. [12]\n?", max_size=100))
def test_of_any_text_only_an_end_that_is_cut_off_is_lost(text):
    found, broken = cut(list(text))
    told, given_text = ([char for char in one if char.isalnum()] for one in ("".join(found), text))
    assert told == (given_text[: len(told)] if broken else given_text)


def test_an_extractive_answer_falls_apart_into_its_sentences():
    text = "Stad aan Zee: Er komen 13 agenten. [1] Er komt geld. [2][3] Elders: Niets. [4]"
    assert pieces_of(text, {"Stad aan Zee", "Elders"}) == [
        Part("Er komen 13 agenten.", (1,)),
        Part("Er komt geld.", (2, 3)),
        Part("Niets.", (4,)),
    ]


def test_a_written_sentence_takes_the_place_of_those_that_it_cites():
    draft = Draft([Part("Een.", (1,)), Part("Twee.", (2,)), Part("Drie.", (3,))])
    draft.keep("Een en twee samen.", (1, 2))
    assert [part.text for part in draft.parts] == ["Een en twee samen.", "Drie."]


def test_a_refused_sentence_brings_back_the_source_until_a_good_one_covers_it():
    draft = Draft([Part("Een.", (1,)), Part("Twee.", (2,))])
    assert draft.restore((2,)) and not draft.restore((9,))
    assert [part.text for part in draft.told(lambda text: False)] == ["Twee."]
    draft.keep("Twee in andere woorden.", (2,))
    assert [part.text for part in draft.told(lambda text: False)] == ["Twee in andere woorden."]


def test_written_sentences_stand_in_the_order_of_their_sources():
    draft = Draft([Part("Een.", (1,)), Part("Twee.", (2,)), Part("Drie.", (3,))])
    for text, numbers in (("Drie anders.", (3,)), ("Een anders.", (1,)), ("Nog iets van een.", (1,))):
        draft.keep(text, numbers)
    assert [part.text for part in draft.parts] == ["Een anders.", "Nog iets van een.", "Twee.", "Drie anders."]


def source(n, charter, text="Er komen 13 agenten."):
    return Source(n, charter, "rijk", ("1. Veiligheid",), text, text)


def test_a_change_of_charter_is_said_unless_the_sentence_says_it():
    sources = {1: source(1, "Hier"), 2: source(2, "Daar"), 3: source(3, "Ginds")}
    parts = [Part("Er komt geld.", (1,)), Part("In Daar komt een school.", (2,)), Part("Een weg.", (3,))]
    assert joined(parts, sources, ()) == "Hier: Er komt geld. [1] In Daar komt een school. [2] Ginds: Een weg. [3]"
    assert joined(parts[:1], sources, ("Hier",)) == "Er komt geld. [1]"


@pytest.mark.parametrize("context", [2048, 4096, 8192])
def test_what_the_model_is_shown_fits_its_context(context):
    sources = [source(n, "Hier", "Een lange zin over wijkagenten. " * 20) for n in range(1, 200)]
    kept = fitting(sources, context, 900)
    size = sum(len(text) for _, text in messages("list", "Hoeveel wijkagenten?", kept))
    assert kept and size <= (context - 900) * CHARACTERS_A_TOKEN + 100
    assert [one.n for one in kept] == list(range(1, len(kept) + 1))


def test_a_source_is_shown_with_its_number_charter_and_party():
    assert shown(source(4, "Hier")) == "[4] Hier, rijk (1. Veiligheid): «Er komen 13 agenten.»"
