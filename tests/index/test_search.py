"""Search: scores as their definitions say, filters inside the search, Dutch words both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.dutch import Compounds, fold, terms
from index.search import RRF_K, Searcher, fuse
from index.store import embedded_text, sentence_ends
from index.tokens import SCALE, TokenVectors, owners_of, quantised
from ingest.model import ACTORS

rows = arrays.arrays(np.float32, st.tuples(st.integers(1, 12), st.just(4)), elements=st.floats(-1, 1, width=32))


@given(st.lists(rows, min_size=1, max_size=5), rows)
def test_max_sim_is_the_mean_over_the_question_of_the_best_similarity(passages, query):
    stored = [quantised(passage) for passage in passages]
    offsets = np.cumsum([0, *map(len, stored)])
    owners = np.zeros(offsets[-1], np.int16)
    vectors = TokenVectors(np.concatenate(stored), offsets, owners)
    expected = [
        sum(max(float(q @ (token.astype(np.float32) / SCALE)) for token in passage) for q in query) / len(query)
        for passage in stored
    ]
    assert np.allclose(vectors.max_sim(query, range(len(stored))), expected, atol=1e-4)


@given(rows)
def test_quantising_moves_no_number_further_than_half_a_step(tokens):
    assert np.abs(quantised(tokens) / SCALE - tokens).max() <= 0.5 / SCALE + 1e-6


scores = st.lists(st.floats(0, 10, width=32), min_size=3, max_size=3).map(lambda s: np.array(s, np.float32))


@given(st.lists(scores, min_size=1, max_size=3))
def test_fusion_is_the_sum_of_reciprocal_ranks(legs):
    total = np.zeros(3)
    for leg in legs:
        order = sorted(range(3), key=lambda row: (-leg[row], row))
        for rank, row in enumerate(order, start=1):
            total[row] += 1 / (RRF_K + rank) if leg[row] else 0.0
    expected = [row for row in sorted(range(3), key=lambda row: (-total[row], row)) if total[row] > 0]
    assert np.allclose(total[fuse(legs)], total[expected])


def test_every_token_of_a_sentence_belongs_to_that_sentence(engine):
    """On the real corpus: what a token covers lies in the sentence that owns it, or in the header (-1)."""
    index, encoder = engine.index, engine.searcher.encoder
    for row in range(0, len(index.passages), 97):
        passage = index.passages[row]
        text, ends = embedded_text(passage), sentence_ends(passage)
        encoded = encoder.encode_passages([text])[0]
        owners = owners_of(encoded.offsets, ends)
        assert np.array_equal(owners, index.tokens.of(row)[1])
        for (start, end), owner in zip(encoded.offsets, owners, strict=True):
            if end > start:
                within = (
                    (0, ends[0]) if owner < 0 else (ends[owner] - len(passage.sentences[owner].text), ends[owner + 1])
                )
                assert within[0] <= (start + end) / 2 <= within[1] + 1


def test_sentences_end_where_their_text_ends(engine):
    for passage in engine.index.passages:
        text, ends = embedded_text(passage), sentence_ends(passage)
        assert text[: ends[0]] == passage.header
        for sentence, end in zip(passage.sentences, ends[1:], strict=True):
            assert text[end - len(sentence.text) : end] == sentence.text


@pytest.mark.parametrize("actor", [None, *ACTORS])
def test_a_filter_never_lets_another_charter_or_party_through(engine, actor):
    searcher = engine.searcher
    query = searcher.query("wat gebeurt er aan gezondheid in de wijk?")
    for charter in searcher.index.charters:
        mask = searcher.mask((charter.name,), actor)
        hits = searcher.search(query, mask, 200)
        assert {hit.passage.charter for hit in hits} <= {charter.name}
        assert all(mask[hit.row] for hit in hits)
        parties = [{hit.passage.actor, *(s.actor for s in hit.passage.sentences)} for hit in hits]
        assert actor is None or all(actor in found for found in parties)
        # Filtering happens inside the search: all that may be found is found.
        assert actor is not None or len(hits) == min(searcher.depth, mask.sum()) or len(hits) == mask.sum()


def test_a_filter_that_allows_nothing_finds_nothing(engine):
    searcher = engine.searcher
    assert searcher.search(searcher.query("kindlint"), searcher.mask(("Nergens",)), 10) == []


def test_a_question_without_any_known_word_is_searched_by_meaning(engine):
    searcher = engine.searcher
    assert len(searcher.search(searcher.query("xqzvw"), searcher.mask(), 10)) == 10


def test_small_corpora_are_searched_as_well(built, encoder):
    from index.store import open_index

    searcher = Searcher(open_index(built, encoder.name), encoder)
    hits = searcher.search(searcher.query("hoe lang is het pad langs het kanaal?"), searcher.mask(), 10)
    assert "4.2 kilometer" in hits[0].passage.text


COMPOUNDS = Compounds.of(["de wijk en de agenten, schuld, hulp en verlening, de hulpverlening"] * 2)


@pytest.mark.parametrize(
    ("compound", "apart"),
    [("wijkagenten", "agenten in de wijk"), ("schuldhulpverlening", "hulp en verlening bij schuld")],
)
def test_a_compound_and_its_parts_find_each_other(compound, apart):
    assert set(terms(apart, COMPOUNDS)) <= set(terms(compound, COMPOUNDS))


def test_a_word_that_is_no_compound_of_the_corpus_stays_whole():
    assert COMPOUNDS.parts("fietsenstalling") == ()


@pytest.mark.parametrize("word", ["niet", "geen", "4.2", "12.937", "2012", "50%", "17-08-2009"])
def test_what_decides_a_question_is_kept(word):
    assert word in terms(f"De gemeente doet {word} mee.", COMPOUNDS)


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_terms_are_the_same_whatever_the_case_and_the_accents(text):
    # Not the German and Turkish letters of which the capitals are others.
    text = text.replace("ß", "").replace("µ", "").replace("ÿ", "")
    assert terms(text.upper(), COMPOUNDS) == terms(text, COMPOUNDS) == terms(fold(text), COMPOUNDS)
