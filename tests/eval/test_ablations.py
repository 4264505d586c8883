from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from eval.ablations import (
    SEARCHERS,
    Headless,
    WithoutFilters,
    WithoutReordering,
    WithoutVectors,
    WithoutWords,
    WithoutWordsInOrder,
    WithPlainWords,
    ablations_of,
    ask_engine,
    plain_words,
    without_header,
)
from eval.legs import DENSE, FUSED, LATE, LEXICAL, legs_of, ranked_rows
from eval.run import run
from index.store import embedded_text
from ingest.model import Corpus

QUESTION = "Hoeveel extra wijkagenten krijgt het korps in Alkmaar?"


@pytest.fixture(scope="module")
def asked(engine):
    """A question made ready, and the mask of the charter that it names."""
    return engine.searcher.query(QUESTION), engine.searcher.mask(("Alkmaar",))


@pytest.fixture
def without(engine):
    return lambda part: part(engine.index, engine.searcher.encoder, engine.searcher.depth)


def rows(hits):
    return [hit.row for hit in hits]


def test_without_filters_other_charters_are_found_as_well(engine, without, asked):
    assert {hit.passage.charter for hit in engine.searcher.search(*asked, 50)} == {"Alkmaar"}
    assert len({hit.passage.charter for hit in without(WithoutFilters).search(*asked, 50)}) > 1


def test_without_bm25_no_word_counts_and_without_vectors_no_vector(engine, without, asked):
    query, mask = asked
    legs = ranked_rows(engine.searcher, query, mask)
    assert set(rows(without(WithoutWords).search(query, mask, 20))) <= set(legs[DENSE].tolist())
    found = ranked_rows(without(WithoutVectors), query, mask)
    assert found[FUSED].tolist() == found[LEXICAL].tolist() == legs[LEXICAL].tolist()
    assert len(found[DENSE]) == 0


def test_without_stemming_a_plural_does_not_find_its_singular(engine, without):
    query = engine.searcher.query("wijkagent")
    everything = engine.searcher.mask()
    plain, stemmed = without(WithPlainWords), engine.searcher
    says = np.array(["wijkagenten" in embedded_text(p).lower() for p in engine.index.passages])
    exact = np.array(["wijkagent" in plain_words(embedded_text(p)) for p in engine.index.passages])
    assert (stemmed.lexical_scores(query, everything)[says & ~exact] > 0).any()
    assert not (plain.lexical_scores(query, everything)[says & ~exact] > 0).any()


def test_without_reordering_the_order_is_that_of_fusion_with_the_usual_scores(engine, without, asked):
    query, mask = asked
    hits = without(WithoutReordering).search(query, mask, 20)
    assert rows(hits) == ranked_rows(engine.searcher, query, mask)[FUSED][:20].tolist()
    usual = {hit.row: hit.score for hit in engine.searcher.search(query, mask, 80)}
    assert all(hit.score == pytest.approx(usual[hit.row]) for hit in hits)
    each = without(WithoutReordering).search_each(query, ("Alkmaar", "Deventer"), None, 3)
    assert rows(each["Alkmaar"]) == rows(hits[:3])


def test_without_bm25_in_the_order_the_order_is_that_of_maxsim(engine, without, asked):
    query, mask = asked
    expected = ranked_rows(engine.searcher, query, mask)[LATE][:20].tolist()
    assert rows(without(WithoutWordsInOrder).search(query, mask, 20)) == expected


def test_an_index_without_headers_finds_by_the_text_alone(engine, tmp_path, monkeypatch):
    """On the passages of one charter, since embedding takes long."""
    whole = engine.index
    few = tuple(passage for passage in whole.passages if passage.charter == "Alkmaar")[:8]
    corpus = Corpus(tuple(whole.documents.values()), whole.charters, (), few)
    monkeypatch.setattr("eval.ablations.read_corpus", lambda paths: corpus)
    bare = without_header(engine, tmp_path / "index", lambda done, total: None)
    assert [passage.text for passage in bare.index.passages] == [passage.text for passage in few]
    stored = bare.index.dense.reconstruct(0)
    texts = (f"\n{few[0].text}", embedded_text(few[0]))
    alone, headed = (float(stored @ one.pooled) for one in engine.searcher.encoder.encode_passages(texts))
    assert alone > 0.97 and alone > headed
    assert Headless(**vars(few[0])).header == ""


def test_every_ablation_answers_a_gold_question(engine, gold, source, tmp_path, monkeypatch):
    monkeypatch.setattr("eval.ablations.without_header", lambda engine, folder, progress: engine)
    some = [next(one for one in gold if one.id == "alkmaar-01"), next(one for one in gold if not one.answerable)]
    names = []
    for rival in ablations_of(engine, lambda done, total: None):
        made = run(some, rival.ask, source, tmp_path / rival.label, {})
        assert [result.error for result in made.results] == [None, None], rival.label
        assert made.results[0].figures["recall@10"] == 1, rival.label
        names.append(rival.label)
    assert len(names) == len(set(names)) == len(SEARCHERS) + 4


def test_a_follow_up_is_asked_after_the_question_before_it(engine, gold):
    question = next(one for one in gold if one.id == "own-fu-06")
    alone = replace(question, previous="")
    assert ask_engine(engine, question)["understood"] != ask_engine(engine, alone)["understood"]


def test_looking_at_the_legs_encodes_no_question_twice(engine, gold, monkeypatch):
    question = next(one for one in gold if one.id == "alkmaar-01")
    seen = []

    def encode(text):
        seen.append(text)
        return encoder.encode_query(text)

    encoder = engine.searcher.encoder
    counting = SimpleNamespace(name="e", dimension=encoder.dimension, encode_query=encode)
    monkeypatch.setattr(engine.searcher, "encoder", counting)
    legs = legs_of(engine)
    legs(question, ask_engine(engine, question))
    legs(question, ask_engine(engine, question))
    assert len(seen) == len(set(seen)) == 1


def test_the_legs_of_a_question_stay_within_the_charter_that_it_names(engine, gold, monkeypatch):
    monkeypatch.setattr(engine.searcher, "encoder", engine.searcher.encoder)  # put back what the legs lay over it
    question = next(one for one in gold if one.id == "alkmaar-01")
    named = replace(question, question=f"{question.question} Alkmaar")
    legs = legs_of(engine)(named, {})
    assert list(legs) == [DENSE, LEXICAL, FUSED, LATE]
    assert {passage["charter"] for passages in legs.values() for passage in passages} == {"Alkmaar"}
    collection = next(one for one in gold if one.roll)
    assert legs_of(engine)(collection, {}) == {}
