"""The index folder: what was written is read back, and what is not as it was written is not opened."""

import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.encoder import Encoded
from index.search import Searcher
from index.store import FORMAT, _seal, build_index, open_index, read_manifest
from index.update import update_index
from ingest.corpus import read_corpus
from ingest.errors import CorpusError, IndexFolderError


class Seen:
    """Steps that nobody looks at."""

    def step(self, text):
        pass

    def advance(self, done, total):
        pass


class LettersEncoder:
    """Embeds a text as its letters, token by token: real vectors without a model."""

    name, dimension = "letters", 26

    def encode_query(self, text):
        return self.encode_passages([text])[0]

    def encode_passages(self, texts):
        return [self._encode(text) for text in texts]

    def _encode(self, text):
        offsets = np.array([(i, i + 1) for i in range(min(len(text), 50))], np.int32)
        tokens = np.zeros((len(offsets), 26), np.float32)
        for row, (start, _) in enumerate(offsets):
            tokens[row, ord(text[start]) % 26] = 1
        mean = tokens.mean(axis=0)
        return Encoded(mean / np.linalg.norm(mean), tokens, offsets)


documents = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}\.(txt|md)", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=300).map(
        lambda text: f"# Kop\n\nEen zin over fietsen. {text}\n"
    ),
    min_size=1,
    max_size=4,
)


@given(documents)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_equal(texts):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "corpus"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())
        corpus = read_corpus([folder])
        build_index(corpus, "bron", LettersEncoder(), Path(root) / "index", lambda done, total: None)
        index = open_index(Path(root) / "index", "letters")
        assert index.passages == corpus.passages
        assert index.charters == corpus.charters
        assert tuple(index.documents.values()) == corpus.documents
        assert index.dense.ntotal == len(corpus.passages)


def test_documents_with_the_same_name_in_two_folders_are_both_kept(tmp_path):
    for name in ("noord", "zuid"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.md").write_text(f"# Plan {name}\n\nIn {name} komt een brug over het water.\n")
    corpus = read_corpus([tmp_path / "noord", tmp_path / "zuid"])
    build_index(corpus, "bron", LettersEncoder(), tmp_path / "index", lambda done, total: None)
    index = open_index(tmp_path / "index", "letters")
    assert tuple(index.documents.values()) == corpus.documents
    assert {charter.name for charter in index.charters} == {"Plan noord", "Plan zuid"}


def test_a_corpus_without_words_is_refused(tmp_path):
    (tmp_path / "leeg.txt").write_text("---\n\n***\n")
    with pytest.raises(CorpusError):
        update_index([tmp_path], tmp_path / "index", "letters", LettersEncoder, Seen())


def test_nothing_is_read_or_loaded_when_nothing_changed(corpus, built, encoder):
    def never():
        raise AssertionError("the model was loaded")

    assert not update_index([corpus], built, encoder.name, never, Seen()).built


def test_only_what_changed_is_embedded_again(corpus, built, update):
    old = open_index(built, update_name(built))
    (corpus / "bomen.md").write_text("# Bomenplan\n\n## Onderhoud\n\nDe gemeente snoeit voortaan de linden.\n")
    made, seen = update(corpus, built)
    new = open_index(built, update_name(built))
    assert made.built and seen.embedded == 1
    kept = {passage.id: row for row, passage in enumerate(new.passages) if passage in old.passages}
    assert kept
    for row, passage in enumerate(old.passages):
        if passage.id in kept:
            assert np.array_equal(old.tokens.of(row)[0], new.tokens.of(kept[passage.id])[0])


def test_rebuild_embeds_everything_again(corpus, built, update):
    passages = len(open_index(built, update_name(built)).passages)
    made, seen = update(corpus, built, rebuild=True)
    assert made.built and seen.embedded == passages


def test_a_document_that_is_gone_is_gone_from_the_index(corpus, built, update):
    (corpus / "bomen.md").unlink()
    update(corpus, built)
    assert [charter.name for charter in open_index(built, update_name(built)).charters] == ["Fietsplan"]


def test_the_manifest_records_where_the_corpus_lies(corpus, built):
    assert read_manifest(built)["paths"] == [str(corpus.resolve())]


@pytest.mark.parametrize("name", ["passages.json", "dense.faiss", "tokens.npy", "words.json", "document-0"])
def test_a_truncated_file_is_named(built, name):
    file = data(built) / name
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[: size // 2])
    with pytest.raises(IndexFolderError, match=rf"{name} telt {size // 2} bytes.*{size} bytes.*--rebuild"):
        open_index(built, update_name(built))


def test_a_file_edited_by_hand_is_refused(built):
    file = data(built) / "passages.json"
    file.write_text(file.read_text().replace("gratis", "betaal"))
    with pytest.raises(IndexFolderError, match=r"is veranderd.*--rebuild"):
        open_index(built, update_name(built))


def test_a_missing_file_is_named(built):
    (data(built) / "offsets.npy").unlink()
    with pytest.raises(IndexFolderError, match=r"offsets.npy"):
        open_index(built, update_name(built))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": 2}', "\ufeff{}"])
def test_a_manifest_that_is_none_is_refused(built, text):
    (built / "manifest.json").write_text(text)
    with pytest.raises(IndexFolderError, match=r"manifest.json.*charterwijzer index --rebuild"):
        open_index(built, "multilingual-e5-small-1")


def test_a_manifest_edited_by_hand_is_refused(built):
    manifest = json.loads((built / "manifest.json").read_text())
    (built / "manifest.json").write_text(json.dumps({**manifest, "passages": 1}))
    with pytest.raises(IndexFolderError, match="bewerkt"):
        open_index(built, manifest["model"])


def test_parts_that_do_not_count_the_same_are_refused(built):
    manifest = json.loads((built / "manifest.json").read_text())
    passages = json.loads((data(built) / "passages.json").read_text())
    changed = json.dumps(passages[:-1])
    (data(built) / "passages.json").write_text(changed)
    manifest["files"]["passages.json"] = {
        "bytes": len(changed.encode()),
        "sha256": hashlib.sha256(changed.encode()).hexdigest(),
    }
    (built / "manifest.json").write_text(json.dumps({**manifest, "seal": _seal(manifest)}))
    with pytest.raises(IndexFolderError, match="tellen"):
        open_index(built, manifest["model"])


def test_an_index_by_another_model_names_both(built):
    with pytest.raises(IndexFolderError, match=r"multilingual-e5-small-.*ander-model"):
        open_index(built, "ander-model")


def test_an_index_of_another_version_names_both(built):
    manifest = json.loads((built / "manifest.json").read_text())
    (built / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(IndexFolderError, match=f"versie {FORMAT + 1}.*versie {FORMAT}"):
        open_index(built, manifest["model"])


def test_a_damaged_index_is_mended_by_the_command_it_names(corpus, built, update):
    (data(built) / "tokens.npy").write_bytes(b"")
    made, _ = update(corpus, built)
    assert made.built
    open_index(built, update_name(built))


def test_an_engine_that_is_open_goes_on_when_the_index_is_replaced(corpus, built, update, encoder):
    searcher = Searcher(open_index(built, encoder.name), encoder)
    query = searcher.query("hoeveel plaatsen heeft de stalling?")
    before = searcher.search(query, searcher.mask(), 3)
    (corpus / "fiets.md").write_text("# Ander plan\n\nEr komt een tram.\n")
    update(corpus, built)
    assert searcher.search(query, searcher.mask(), 3) == before


def test_an_index_replaced_while_it_is_opened_is_opened_after_all(corpus, built, update, encoder, monkeypatch):
    import index.store

    real, called = index.store._check_files, []

    def replaced(folder, manifest):
        if not called:
            called.append(True)
            update(corpus, built, rebuild=True)
        real(folder, manifest)

    monkeypatch.setattr(index.store, "_check_files", replaced)
    assert len(open_index(built, encoder.name).charters) == 2


def data(folder):
    return folder / json.loads((folder / "manifest.json").read_text())["data"]


def update_name(folder):
    return json.loads((folder / "manifest.json").read_text())["model"]
