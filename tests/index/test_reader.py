"""The reader: chunks that lose nothing, logits for every sentence, and weights that are the ones that were shipped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.adapter
from index.adapter import SCALE, adapted, read_adapter
from index.reader import CHUNK, Chunk, chunk_text, chunks_of, open_reader
from ingest.errors import ModelError
from ingest.model import Passage, Sentence, Span

MODEL = "multilingual-e5-small"


def passage(texts, bullets=None):
    sentences, start = [], 0
    for text, bullet in zip(texts, bullets or [0] * len(texts), strict=True):
        sentences.append(Sentence(start, start + len(text), text, "gemeente", bullet))
        start += len(text) + 1
    return Passage("p", "Deventer", ("Wonen",), "gemeente", Span("d", 0, start, 1, 1), tuple(sentences))


@given(st.lists(st.lists(st.just("woord"), min_size=1, max_size=90).map(" ".join), min_size=1, max_size=12))
def test_chunks_hold_every_sentence_once_and_in_order(texts):
    chunks = chunks_of(passage(texts), 3)
    assert [position for chunk in chunks for position in range(chunk.first, chunk.last)] == list(range(len(texts)))
    assert {chunk.row for chunk in chunks} == {3}
    # Never over twice the size, but for one sentence that is longer by itself.
    for chunk in chunks:
        lengths = [len(text.split()) for text in texts[chunk.first : chunk.last]]
        assert sum(lengths) <= 2 * CHUNK + max(lengths)


def test_the_text_of_a_chunk_says_where_its_sentences_end():
    long = passage(["Eerste zin.", "Tweede zin.", "Derde zin."])
    read = chunk_text(long, Chunk(0, 1, 3))
    assert read.text == f"{long.header}\nTweede zin.\nDerde zin."
    starts = [end + 1 for end in read.ends[:-1]]
    assert [read.text[a:b] for a, b in zip(starts, read.ends[1:], strict=True)] == ["Tweede zin.", "Derde zin."]


def test_items_are_read_under_the_line_that_opens_their_list():
    listed = passage(["De gemeente doet:", "wijkagenten", "speelplekken"], [0, 1, 1])
    assert chunk_text(listed, Chunk(0, 2, 3)).text == f"{listed.header}\nDe gemeente doet:\n- speelplekken"


@pytest.fixture(scope="module")
def reader(cache_dir):
    return open_reader(MODEL, cache_dir)


def one(*sentences):
    made = passage(sentences)
    return chunk_text(made, Chunk(0, 0, len(sentences)))


def test_the_sentence_that_answers_is_told_from_one_that_only_speaks_of_it(reader):
    text = one(
        "Deventer wil dat er meer wijkagenten in de wijk komen.",
        "Het korps krijgt in de periode 2007 tot 2011 13 extra wijkagenten.",
        "De gemeente knapt de speelplekken op.",
    )
    (logits,) = reader.read("Hoeveel extra wijkagenten krijgt Deventer?", [text])
    assert len(logits) == 3
    assert int(np.argmax(logits)) == 1


def test_what_was_read_does_not_depend_on_what_else_was_read(reader):
    texts = [
        one("Deventer knapt de speelplekken op."),
        one("Het rijk betaalt de wijkagenten.", "De stad betaalt niets."),
    ]
    alone = [reader.read("Wie betaalt de wijkagenten?", [text])[0] for text in texts]
    together = reader.read("Wie betaalt de wijkagenten?", texts)
    for first, second in zip(alone, together, strict=True):
        assert np.allclose(first, second, rtol=0, atol=1e-4)


def test_a_sentence_past_the_window_is_no_proof(reader):
    (logits,) = reader.read("Wat doet de stad?", [one("wijk " * 600, "De stad knapt de speelplekken op.")])
    assert len(logits) == 2
    assert logits[1] < logits[0]


def test_nothing_to_read_gives_nothing(reader):
    assert reader.read("Wat doet de stad?", []) == []


def test_another_embedding_model_has_no_reader(cache_dir):
    assert open_reader("BAAI/bge-m3", cache_dir) is None


def test_an_adapter_that_was_changed_is_refused_with_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(index.adapter, "checksums", lambda: {"encoder": "0" * 64})
    with pytest.raises(ModelError, match=r"encoder.*000000000000.*pip install --force-reinstall"):
        read_adapter("encoder")


def test_an_adapter_adds_the_product_of_its_two_matrices():
    rows = np.random.default_rng(1)
    weight, up, down = rows.normal(size=(4, 3)), rows.normal(size=(4, 2)), rows.normal(size=(2, 3))
    tensors = {"layer.weight": weight, "layer.bias": np.ones(4)}
    out = adapted(tensors, {"layer.lora_A.default.weight": down, "layer.lora_B.default.weight": up})
    assert np.allclose(out["layer.weight"], weight + SCALE * up @ down)
    assert out["layer.bias"] is tensors["layer.bias"]
