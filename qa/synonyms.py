"""Words that mean one thing in a corpus, as its manifest lists them."""

from functools import lru_cache
from pathlib import Path

from index.store import Index
from ingest.corpus import bundled_corpus
from ingest.manifest import read_manifest

Synonyms = tuple[tuple[str, ...], ...]


def synonyms_of(index: Index) -> Synonyms:
    """Return the synonyms of the corpora that an index was made of; none where they are gone or list none."""
    paths = tuple(Path(path) for path in index.manifest["paths"]) or (bundled_corpus(),)
    return tuple(group for path in paths for group in _read(path))


@lru_cache(maxsize=64)
def _read(path: Path) -> Synonyms:
    return read_manifest(path if path.is_dir() else path.parent).synonyms
