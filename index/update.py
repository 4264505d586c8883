"""Bringing an index up to date with its corpus: what the command ``index`` does, but without its words."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from index.encoder import Encoder
from index.store import MANIFEST, build_index, is_current, only_builder, read_manifest
from ingest.corpus import bundled_corpus, document_hashes, read_corpus

# What decides which passages and terms a text gives: changed code means a changed index.
_MAKERS = {"ingest": (), "index": ("dutch.py", "store.py", "tokens.py")}


class Steps(Protocol):
    """Is told how far an update is."""

    def step(self, text: str) -> None:
        """Begin a step, described in Dutch, of which the length is not known."""

    def advance(self, done: int, total: int) -> None:
        """Say how many of the passages have been embedded."""


@dataclass(frozen=True)
class Update:
    """What an update did: whether anything was built, and how much the index now holds."""

    built: bool
    charters: int
    passages: int
    documents: int


def update_index(
    paths: Sequence[Path],
    folder: Path,
    model: str,
    open_encoder: Callable[[], Encoder],
    steps: Steps,
    rebuild: bool = False,
) -> Update:
    """Build or renew the index in ``folder``; nothing is read or loaded when nothing changed.

    Two processes may do this at once: the second waits, and then finds the index current.

    Args:
        paths: folders and files of the corpus; none: the one that ships.
        folder: where the index lies.
        model: the name of the encoder (``index.encoder.encoder_name``).
        open_encoder: opens it, when it is needed.
        steps: is told how far it is.
        rebuild: build everything anew, also what is current.

    Raises:
        CorpusError: the corpus cannot be read, or holds no text.
        IndexFolderError: the folder cannot be written.
        ModelError: the encoder cannot be had.

    """
    source = source_hash(paths)
    if not rebuild and is_current(folder, source, model):
        return _made(folder, built=False)
    with only_builder(folder, lambda: steps.step("Wachten op een ander proces dat deze index bijwerkt")):
        # Asked again: while we waited, the other may have done it, or the corpus may have changed.
        source = source_hash(paths)
        if not rebuild and is_current(folder, source, model):
            return _made(folder, built=False)
        steps.step("Corpus lezen")
        corpus = read_corpus(paths)
        encoder = open_encoder()
        absolute = [path.resolve() for path in paths]
        build_index(corpus, source, encoder, folder, steps.advance, absolute, reuse=not rebuild)
        return _made(folder, built=True)


def _made(folder: Path, built: bool) -> Update:
    manifest = read_manifest(folder)
    return Update(built, manifest["charters"], manifest["passages"], len(manifest["documents"]))


def source_hash(paths: Sequence[Path]) -> str:
    """Return a hash over all that decides what is in an index but the model: cheap, nothing is parsed.

    That is the documents with their manifest, where they lie (so that ``recorded_paths`` stays true), and the
    code that reads them.
    """
    digest = hashlib.sha256(_makers_hash().encode())
    for path in paths:
        digest.update(f"{path.resolve()}\0".encode())
    for name, sha256 in document_hashes(paths or [bundled_corpus()]).items():
        digest.update(f"{name}\0{sha256}\0".encode())
    return digest.hexdigest()


@cache
def _makers_hash() -> str:
    digest = hashlib.sha256()
    for package, names in _MAKERS.items():
        for part in sorted(files(package).iterdir(), key=lambda part: part.name):
            if part.name in names or (not names and part.name.endswith(".py")):
                digest.update(part.read_bytes())
    return digest.hexdigest()


def recorded_paths(folder: Path) -> list[Path] | None:
    """Return where the corpus of an index was read; empty for the one that ships, None when not known.

    Also of an index that is of another version or damaged, since this is what it is mended from.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return [Path(path) for path in manifest["paths"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
