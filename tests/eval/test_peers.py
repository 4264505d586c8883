from types import SimpleNamespace

import numpy as np
import pytest

from eval.metrics import score
from eval.peers import CHUNK_WORDS, chunks_of
from eval.rivals import answer_by_search
from ingest.corpus import outlines_of


@pytest.fixture(scope="session")
def chunks():
    outlines = list(outlines_of())
    index = SimpleNamespace(
        charters=[outline.charter for outline in outlines],
        documents={outline.document.name: outline.document for outline in outlines},
    )
    one = SimpleNamespace(pooled=np.zeros(3, np.float32))
    encoder = SimpleNamespace(encode_passages=lambda texts: [one] * len(texts))
    return chunks_of(SimpleNamespace(index=index, encoder=encoder))


def test_plain_parts_are_exact_spans_of_their_own_charter(chunks, source):
    assert len({chunk.charter for chunk in chunks}) == 18
    for chunk in chunks:
        assert source.quote(chunk.span.document, chunk.span.start, chunk.span.end) == chunk.text
        assert len(chunk.text.split()) <= CHUNK_WORDS
        assert source.document_of(chunk.charter) == chunk.span.document


def test_one_who_only_searches_answers_with_the_first_passage(chunks, gold, source):
    question = next(q for q in gold if q.id == "alkmaar-01")
    place = next(c for c in chunks if "13 extra wijkagenten" in c.text and c.charter == "Alkmaar")
    found = [
        (place.charter, place.span, "Het korps krijgt 13 extra wijkagenten."),
        ("Arnhem", place.span, ""),
    ]
    given = answer_by_search(lambda text: found, question)
    assert [item["charter"] for item in given["items"]] == ["Alkmaar", "Arnhem"]
    figures = score(question, given | {"citations": given["retrieved"][:1]}, source)
    assert (figures["correct"], figures["recall@1"]) == (1, 1)
    assert answer_by_search(lambda text: [], question)["refused"]
