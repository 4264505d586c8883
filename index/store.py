"""The index on disk: one folder, built beside, switched in one step, checked when opened.

    DIR/manifest.json        what the index is made of, and which data folder holds it: replaced atomically, last
    DIR/data-XXXX/           documents, passages, vectors, token vectors, terms; never changed after the switch
    DIR/lock                 one builder at a time

A vector file out of step with its rows returns wrong passages with perfect scores. That is made impossible by the
manifest: it holds size and SHA-256 of every file, and counts that must agree, and an index that fails any of these is
not opened.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.dutch import Compounds, terms
from index.encoder import Encoder, Vectors
from index.tokens import TokenVectors, owners_of, quantised
from ingest.errors import IndexFolderError
from ingest.model import Charter, Corpus, Document, Passage, Sentence, Span

FORMAT = 1  # of the folder; raise it when files or their meaning change
MANIFEST = "manifest.json"
BATCH = 16
Progress = Callable[[int, int], None]
REBUILD = "Bouw hem opnieuw met: charterwijzer index --rebuild"


@dataclass(frozen=True)
class Index:
    """An opened index: documents, charters and passages in memory, vectors mapped from disk."""

    manifest: dict[str, Any]
    documents: dict[str, Document]
    charters: tuple[Charter, ...]
    passages: tuple[Passage, ...]
    dense: faiss.IndexFlatIP
    tokens: TokenVectors
    lexical: bm25s.BM25
    compounds: Compounds


def embedded_text(passage: Passage) -> str:
    """Return what is embedded and indexed of a passage: its header, then its text."""
    return f"{passage.header}\n{passage.text}"


def is_current(folder: Path, source: str, model: str) -> bool:
    """Say whether the folder holds an undamaged-looking index of this source (a hash) by this model."""
    try:
        manifest = _read_manifest(folder)
    except IndexFolderError:
        return False
    return bool(manifest["source"] == source and manifest["model"] == model)


def build_index(corpus: Corpus, source: str, encoder: Encoder, folder: Path, progress: Progress) -> None:
    """Build or renew the index of ``corpus`` in ``folder``; passages that did not change keep their vectors.

    ``source`` identifies what was read (a hash over documents, manifest and reader). The old index keeps answering
    until the last step, and for ever if that step is never reached.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(str(folder / "lock")):
        if is_current(folder, source, encoder.name):
            return
        data = Path(tempfile.mkdtemp(prefix="data-", dir=folder))
        try:
            _write_data(data, corpus, _encode_all(corpus.passages, encoder, _known(folder, encoder), progress))
            manifest = _manifest(data, corpus, source, encoder)
            _replace_json(folder / MANIFEST, manifest)
        except BaseException:  # also Ctrl-C: nothing of an unfinished build stays behind
            shutil.rmtree(data, ignore_errors=True)
            raise
        _remove_others(folder, data)


@dataclass(frozen=True)
class Stored:
    """The vectors of one passage as they lie in the index: pooled (dimension,), and its token rows with owners."""

    pooled: Vectors
    tokens: tuple[NDArray[np.int8], NDArray[np.int16]]


def _known(folder: Path, encoder: Encoder) -> dict[str, Stored]:
    """Vectors of the index that is there, by embedded text; nothing where it is unusable or by another model."""
    try:
        index = open_index(folder, encoder.name)
    except IndexFolderError:
        return {}
    pooled: Vectors = index.dense.reconstruct_n(0, index.dense.ntotal)
    return {
        embedded_text(passage): Stored(pooled[i], index.tokens.of(i)) for i, passage in enumerate(index.passages)
    }


def _encode_all(
    passages: Sequence[Passage], encoder: Encoder, known: dict[str, Stored], progress: Progress
) -> list[Stored]:
    """Encode the passages that are not known, similar lengths together, which halves the padding."""
    new = {text: passage for passage in passages if (text := embedded_text(passage)) not in known}
    texts = sorted(new, key=len)
    progress(0, len(texts))
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for text, encoded in zip(batch, encoder.encode_passages(batch), strict=True):
            owners = owners_of(encoded.offsets, sentence_ends(new[text]))
            known[text] = Stored(encoded.pooled, (quantised(encoded.tokens), owners))
        progress(start + len(batch), len(texts))
    return [known[embedded_text(passage)] for passage in passages]


def sentence_ends(passage: Passage) -> list[int]:
    """Return where in ``embedded_text`` the header and then each sentence ends."""
    text, ends = embedded_text(passage), [len(passage.header)]
    for sentence in passage.sentences:
        ends.append(text.index(sentence.text, ends[-1]) + len(sentence.text))
    return ends


def _write_data(data: Path, corpus: Corpus, encoded: list[Stored]) -> None:
    for document in corpus.documents:
        target = data / "documents" / document.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document.text.encode())
    _replace_json(data / "charters.json", [asdict(charter) for charter in corpus.charters])
    _replace_json(data / "passages.json", [asdict(passage) for passage in corpus.passages])
    dense = faiss.IndexFlatIP(len(encoded[0].pooled))
    dense.add(np.stack([one.pooled for one in encoded]))
    faiss.write_index(dense, str(data / "dense.faiss"))
    np.save(data / "tokens.npy", np.concatenate([one.tokens[0] for one in encoded]))
    np.save(data / "owners.npy", np.concatenate([one.tokens[1] for one in encoded]))
    np.save(data / "offsets.npy", np.cumsum([0, *(len(one.tokens[0]) for one in encoded)]))
    compounds = Compounds.of(embedded_text(passage) for passage in corpus.passages)
    _replace_json(data / "words.json", compounds.counts)
    lexical = bm25s.BM25(method="lucene")
    lexical.index([terms(embedded_text(p), compounds) for p in corpus.passages], show_progress=False)
    lexical.save(data / "bm25")


def _manifest(data: Path, corpus: Corpus, source: str, encoder: Encoder) -> dict[str, Any]:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    return {
        "format": FORMAT,
        "data": data.name,
        "source": source,
        "model": encoder.name,
        "dimension": encoder.dimension,
        "documents": {document.name: document.sha256 for document in corpus.documents},
        "charters": len(corpus.charters),
        "passages": len(corpus.passages),
        "files": {str(p.relative_to(data)): {"bytes": p.stat().st_size, "sha256": _sha256(p)} for p in files},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace_json(path: Path, value: object) -> None:
    """Write JSON beside ``path``, to the disk, and rename: a reader sees the old or the new, never half."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _remove_others(folder: Path, keep: Path) -> None:
    for other in folder.glob("data-*"):
        if other != keep:
            shutil.rmtree(other, ignore_errors=True)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.exists():
        raise IndexFolderError(f"Er is geen index in {folder}", "", "Maak er een met: charterwijzer index")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFolderError(f"{path} is onleesbaar of bewerkt", "het manifest van een index", REBUILD) from error
    if found != FORMAT:
        raise IndexFolderError(f"De index in {folder} heeft versie {found}", f"versie {FORMAT}", REBUILD)
    return manifest


def open_index(folder: Path, model: str) -> Index:
    """Open and check the index in ``folder``; ``model`` is the encoder that will embed the questions.

    Raises IndexFolderError where it is missing, damaged, or built by another model or version.
    """
    manifest = _read_manifest(folder)
    if manifest["model"] != model:
        raise IndexFolderError(
            f"De index in {folder} is gemaakt met model {manifest['model']}", f"model {model}", REBUILD
        )
    data = folder / manifest["data"]
    _check_files(data, manifest["files"])
    index = _read_data(data, manifest)
    _check_counts(index, folder)
    return index


def _check_files(data: Path, files: dict[str, dict[str, Any]]) -> None:
    for name, expected in files.items():
        path = data / name
        if not path.is_file():
            raise IndexFolderError(f"In de index ontbreekt {path}", "het bestand dat het manifest noemt", REBUILD)
        size = path.stat().st_size
        if size != expected["bytes"]:
            raise IndexFolderError(f"{path} telt {size} bytes", f"{expected['bytes']} bytes", REBUILD)
        if _sha256(path) != expected["sha256"]:
            raise IndexFolderError(f"{path} is veranderd", "de inhoud waarvan het manifest de controlesom heeft", REBUILD)


def _check_counts(index: Index, folder: Path) -> None:
    rows = (index.dense.ntotal, len(index.tokens.offsets) - 1, index.lexical.scores["num_docs"], len(index.passages))
    if len(set(rows)) != 1 or index.tokens.offsets[-1] != len(index.tokens.rows):
        raise IndexFolderError(
            f"De delen van de index in {folder} tellen {rows[0]} vectoren, {rows[1]} en {rows[2]} rijen",
            f"{rows[3]} passages in elk deel",
            REBUILD,
        )


def _read_data(data: Path, manifest: dict[str, Any]) -> Index:
    documents = {
        name: Document(name, (data / "documents" / name).read_bytes().decode(), sha256)
        for name, sha256 in manifest["documents"].items()
    }
    return Index(
        manifest=manifest,
        documents=documents,
        charters=tuple(_charter(raw) for raw in json.loads((data / "charters.json").read_text(encoding="utf-8"))),
        passages=tuple(_passage(raw) for raw in json.loads((data / "passages.json").read_text(encoding="utf-8"))),
        dense=faiss.read_index(str(data / "dense.faiss")),
        tokens=TokenVectors(
            np.load(data / "tokens.npy", mmap_mode="r"), np.load(data / "offsets.npy"), np.load(data / "owners.npy")
        ),
        lexical=bm25s.BM25.load(data / "bm25"),
        compounds=Compounds(json.loads((data / "words.json").read_text(encoding="utf-8"))),
    )


def _charter(raw: dict[str, Any]) -> Charter:
    return Charter(raw["name"], Span(**raw["span"]), tuple(raw["aliases"]), tuple(raw["places"]))


def _passage(raw: dict[str, Any]) -> Passage:
    sentences = tuple(Sentence(**sentence) for sentence in raw["sentences"])
    return Passage(raw["id"], raw["charter"], tuple(raw["section"]), raw["actor"], Span(**raw["span"]), sentences)
