"""The index on disk: one folder, built beside, switched in one step, checked when opened.

    DIR/manifest.json   what the index is made of, and which data folder holds it: replaced atomically, last
    DIR/data-XXXX/      documents, passages, vectors, token vectors, terms; never changed after the switch
    DIR/lock            one builder at a time

A vector file out of step with its rows returns wrong passages with perfect scores. That is made impossible
by the manifest: it holds size and SHA-256 of every file and a seal over itself, and an index that fails any
of these is not opened.
"""

import hashlib
import json
import logging
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import bm25s
import faiss
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.dutch import Compounds, terms
from index.encoder import Encoder, Vectors
from index.tokens import TokenVectors, owners_of, quantised
from ingest.errors import CorpusError, IndexFolderError
from ingest.model import Charter, Corpus, Document, Passage, Sentence, Span

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports every build at debug level to any handler
FORMAT = 2  # of the folder; raise it when files or their meaning change
MANIFEST = "manifest.json"
BATCH = 16
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Index:
    """An opened index: documents, charters and passages in memory, vectors mapped from disk."""

    manifest: dict[str, Any]
    documents: dict[str, Document]
    charters: tuple[Charter, ...]
    passages: tuple[Passage, ...]
    dense: faiss.Index
    tokens: TokenVectors
    lexical: bm25s.BM25
    compounds: Compounds


def embedded_text(passage: Passage) -> str:
    """Return what is embedded and indexed of a passage: its header, then its text."""
    return f"{passage.header}\n{passage.text}"


def is_current(folder: Path, source: str, model: str) -> bool:
    """Say whether the folder holds an undamaged index of this source (a hash) by this model."""
    try:
        manifest = read_manifest(folder)
        _check_files(folder, manifest)
    except IndexFolderError:
        return False
    return bool(manifest["source"] == source and manifest["model"] == model)


@contextmanager
def only_builder(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the folder's lock; ``waiting`` is called once when another process has it.

    The lock goes with its process, so that a killed builder leaves none behind.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # A singleton, so that a holder who calls ``build_index`` does not wait for itself.
        lock = FileLock(str(folder / "lock"), is_singleton=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def build_index(
    corpus: Corpus,
    source: str,
    encoder: Encoder,
    folder: Path,
    progress: Progress,
    paths: Sequence[Path] = (),
    reuse: bool = True,
) -> None:
    """Build or renew the index of ``corpus`` in ``folder``; passages that did not change keep their vectors.

    The old index keeps answering until the last step, and for ever if that step is never reached.

    Args:
        corpus: what was read.
        source: identifies what was read (a hash over documents, manifest and reader).
        encoder: makes the vectors.
        folder: where the index lies.
        progress: called with (passages embedded, passages to embed).
        paths: where the corpus was read, absolute; none: the one that ships.
        reuse: False embeds everything again and builds even what is current.

    Raises:
        CorpusError: there is nothing to index.
        IndexFolderError: the folder cannot be written.

    """
    with only_builder(folder):
        if reuse and is_current(folder, source, encoder.name):
            return
        if not any(terms(passage.text, Compounds({})) for passage in corpus.passages):
            raise CorpusError("In het corpus staat geen tekst om in te zoeken", "documenten met zinnen")
        known = _known(folder, encoder) if reuse else {}
        encoded = _encode_all(corpus.passages, encoder, known, progress)
        with _writing(folder):
            # Also what a killed builder left: it held the lock that is now ours.
            _remove_others(folder, keep=_current_data(folder))
            data = folder / f"data-{uuid4().hex[:12]}"
            data.mkdir()
            try:
                _write_data(data, corpus, encoded)
                _replace_json(folder / MANIFEST, _sealed(_manifest(data, corpus, source, encoder, paths)))
            except BaseException:  # also Ctrl-C: nothing of an unfinished build stays behind
                if _current_data(folder) != data:
                    shutil.rmtree(data, ignore_errors=True)
                raise
            _remove_others(folder, keep=data)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Map every failure to write into the folder to one error that says what to do."""
    try:
        yield
    except OSError as error:
        raise IndexFolderError(
            f"De index kan niet worden geschreven in {folder}: {error.strerror or error}",
            "een map waarin geschreven kan worden, met genoeg ruimte",
            "Maak ruimte of kies een andere map met --index",
        ) from error


@dataclass(frozen=True)
class Stored:
    """The vectors of one passage as they lie in the index: pooled (dimension,), token rows with owners."""

    pooled: Vectors
    tokens: tuple[NDArray[np.int8], NDArray[np.int16]]


def _known(folder: Path, encoder: Encoder) -> dict[str, Stored]:
    """Vectors of the index that is there, by embedded text; none where it is unusable or by another model."""
    try:
        index = open_index(folder, encoder.name)
    except IndexFolderError:
        return {}
    pooled: Vectors = index.dense.reconstruct_n(0, index.dense.ntotal)
    return {embedded_text(passage): Stored(pooled[i], index.tokens.of(i)) for i, passage in enumerate(index.passages)}


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
    # Numbered, because a document's name is a path that must not lead out of the folder.
    for number, document in enumerate(corpus.documents):
        (data / f"document-{number}").write_bytes(document.text.encode())
    _write_json(data / "charters.json", [asdict(charter) for charter in corpus.charters])
    _write_json(data / "passages.json", [asdict(passage) for passage in corpus.passages])
    dense = faiss.IndexFlatIP(len(encoded[0].pooled))
    dense.add(np.stack([one.pooled for one in encoded]))
    # Not faiss.write_index: that reports a full disk as a RuntimeError without a reason.
    (data / "dense.faiss").write_bytes(faiss.serialize_index(dense).tobytes())
    np.save(data / "tokens.npy", np.concatenate([one.tokens[0] for one in encoded]))
    np.save(data / "owners.npy", np.concatenate([one.tokens[1] for one in encoded]))
    np.save(data / "offsets.npy", np.cumsum([0, *(len(one.tokens[0]) for one in encoded)]))
    compounds = Compounds.of(embedded_text(passage) for passage in corpus.passages)
    _write_json(data / "words.json", compounds.counts)
    lexical = bm25s.BM25(method="lucene")
    lexical.index([terms(embedded_text(p), compounds) for p in corpus.passages], show_progress=False)
    lexical.save(data / "bm25")


def _manifest(data: Path, corpus: Corpus, source: str, encoder: Encoder, paths: Sequence[Path]) -> dict[str, Any]:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    return {
        "format": FORMAT,
        "data": data.name,
        "source": source,
        "paths": [str(path) for path in paths],
        "model": encoder.name,
        "dimension": encoder.dimension,
        "documents": {document.name: document.sha256 for document in corpus.documents},
        "charters": len(corpus.charters),
        "passages": len(corpus.passages),
        "files": {
            path.relative_to(data).as_posix(): {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in files
        },
    }


def _sealed(manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "seal": _seal(manifest)}


def _seal(manifest: dict[str, Any]) -> str:
    """Return a hash over everything in the manifest but its seal."""
    content = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, value: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())


def _replace_json(path: Path, value: object) -> None:
    """Write JSON beside ``path``, to the disk, and rename: a reader sees the old or the new, never half."""
    beside = path.with_name(path.name + ".new")
    _write_json(beside, value)
    os.replace(beside, path)


def _current_data(folder: Path) -> Path | None:
    """Return the data folder that the manifest points to, whatever its state; the others may be removed."""
    try:
        return folder / str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove_others(folder: Path, keep: Path | None) -> None:
    """Remove every other data folder; only the holder of the lock may.

    A process that has one of them open goes on: its files are in memory, or mapped, which keeps them.
    """
    for other in folder.glob("data-*"):
        if other != keep:
            shutil.rmtree(other, ignore_errors=True)


def rebuild_command(folder: Path) -> str:
    """Return the sentence that says how to build the index in ``folder`` anew."""
    return f"Bouw hem opnieuw met: charterwijzer index --rebuild --index {shlex.quote(str(folder))}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the index in ``folder`` is made of.

    Raises IndexFolderError where there is no index, or its manifest is damaged, edited or of another version.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise IndexFolderError(
            f"Er is geen index in {folder}",
            "",
            f"Maak er een met: charterwijzer index --index {shlex.quote(str(folder))}",
        )
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found, seal = manifest["format"], manifest.get("seal")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFolderError(
            f"{path} is onleesbaar of bewerkt", "het manifest van een index", rebuild_command(folder)
        ) from error
    if found != FORMAT:
        raise IndexFolderError(
            f"De index in {folder} heeft versie {found}", f"versie {FORMAT}", rebuild_command(folder)
        )
    if seal != _seal(manifest):
        raise IndexFolderError(f"{path} is bewerkt", "het manifest zoals het is geschreven", rebuild_command(folder))
    return manifest


def open_index(folder: Path, model: str) -> Index:
    """Open and check the index in ``folder``; ``model`` is the encoder that will embed the questions.

    Raises IndexFolderError where it is missing, damaged, or built by another model or version.
    """
    while True:
        manifest = read_manifest(folder)
        try:
            return _open(folder, manifest, model)
        except IndexFolderError:
            # Another process may have switched to a new index, and removed this one, while we were reading.
            if read_manifest(folder) == manifest:
                raise


def _open(folder: Path, manifest: dict[str, Any], model: str) -> Index:
    if manifest["model"] != model:
        raise IndexFolderError(
            f"De index in {folder} is gemaakt met model {manifest['model']}",
            f"model {model}",
            rebuild_command(folder),
        )
    _check_files(folder, manifest)
    try:
        index = _read_data(folder / manifest["data"], manifest)
    except OSError as error:
        raise IndexFolderError(
            f"De index in {folder} is niet te lezen: {error.strerror or error}", "", rebuild_command(folder)
        ) from error
    _check_counts(index, folder)
    return index


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    for name, expected in manifest["files"].items():
        path = folder / manifest["data"] / name
        try:
            size, same = path.stat().st_size, _sha256(path) == expected["sha256"]
        except OSError as error:
            raise IndexFolderError(
                f"In de index is {path} niet te lezen: {error.strerror}",
                "het bestand dat het manifest noemt",
                rebuild_command(folder),
            ) from error
        if size != expected["bytes"]:
            raise IndexFolderError(f"{path} telt {size} bytes", f"{expected['bytes']} bytes", rebuild_command(folder))
        if not same:
            raise IndexFolderError(
                f"{path} is veranderd",
                "de inhoud waarvan het manifest de controlesom heeft",
                rebuild_command(folder),
            )


def _check_counts(index: Index, folder: Path) -> None:
    rows = (
        index.dense.ntotal,
        len(index.tokens.offsets) - 1,
        index.lexical.scores["num_docs"],
        len(index.passages),
    )
    if len(set(rows)) != 1 or index.tokens.offsets[-1] != len(index.tokens.rows):
        raise IndexFolderError(
            f"De delen van de index in {folder} tellen {rows[0]} vectoren, {rows[1]} en {rows[2]} rijen",
            f"{rows[3]} passages in elk deel",
            rebuild_command(folder),
        )


def _read_data(data: Path, manifest: dict[str, Any]) -> Index:
    documents = {
        name: Document(name, (data / f"document-{number}").read_bytes().decode(), sha256)
        for number, (name, sha256) in enumerate(manifest["documents"].items())
    }
    return Index(
        manifest=manifest,
        documents=documents,
        charters=tuple(_charter(raw) for raw in json.loads((data / "charters.json").read_text(encoding="utf-8"))),
        passages=tuple(_passage(raw) for raw in json.loads((data / "passages.json").read_text(encoding="utf-8"))),
        dense=faiss.deserialize_index(np.fromfile(data / "dense.faiss", np.uint8)),
        tokens=TokenVectors(
            np.load(data / "tokens.npy", mmap_mode="r"),
            np.load(data / "offsets.npy"),
            np.load(data / "owners.npy"),
        ),
        lexical=bm25s.BM25.load(data / "bm25"),
        compounds=Compounds(json.loads((data / "words.json").read_text(encoding="utf-8"))),
    )


def _charter(raw: dict[str, Any]) -> Charter:
    return Charter(raw["name"], Span(**raw["span"]), tuple(raw["aliases"]), tuple(raw["places"]))


def _passage(raw: dict[str, Any]) -> Passage:
    sentences = tuple(Sentence(**sentence) for sentence in raw["sentences"])
    return Passage(raw["id"], raw["charter"], tuple(raw["section"]), raw["actor"], Span(**raw["span"]), sentences)
