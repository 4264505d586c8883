"""What each part of the design is worth: our own system with one part taken out, all else as it is.

Nothing is fitted again, so that a figure says what a user would lose, not what could be won back.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from eval.gold import GoldQuestion
from eval.metrics import Answer
from eval.rivals import DEPTH, Found, Rival, answer_by_search, own_passages
from index.dutch import STOP_WORDS, words
from index.encoder import Encoder
from index.reader import Reader
from index.search import Hit, Mask, Query, Scores, Searcher, fuse
from index.store import Index, build_index, embedded_text, open_index
from ingest.corpus import read_corpus
from ingest.model import Actor, Passage
from qa.engine import Engine
from qa.model import to_dict

Progress = Callable[[int, int], None]


def ask_engine(engine: Engine, question: GoldQuestion) -> Answer:
    """Ask a gold question, a follow-up after the question before it."""
    return to_dict(engine.ask(question.question, id=question.id, previous=question.previous or None))


def ablations_of(engine: Engine, progress: Progress) -> Iterator[Rival]:
    """Yield our system without each of its parts; ``progress`` follows the index that is built without headers."""
    with tempfile.TemporaryDirectory(prefix="charterwijzer-") as folder:
        bare = without_header(engine, Path(folder), progress)
        yield Rival("without the section header", "zonder kop boven de passage", partial(ask_engine, bare))
    for label, name, searcher in SEARCHERS:
        changed = Engine(engine.index, engine.searcher.encoder, engine.settings)
        changed.searcher = searcher(
            engine.index, engine.searcher.encoder, engine.searcher.depth, engine.searcher.reader
        )
        yield Rival(label, name, partial(ask_engine, changed))
    unread = Engine(engine.index, engine.searcher.encoder, engine.settings)
    yield Rival("without the reader", "zonder lezer", partial(ask_engine, unread))
    never = engine.settings.model_copy(update={"refusal_threshold": 0.0})
    brave = Engine(engine.index, engine.searcher.encoder, never, engine.searcher.reader)
    yield Rival("without refusing", "zonder te weigeren", partial(ask_engine, brave))
    yield Rival("search alone, with filters", "alleen zoeken, met filters", partial(_first_passage, engine))


def _first_passage(engine: Engine, question: GoldQuestion) -> Answer:
    """Answer as one does who only searches, with all of our own search: no sentences, verdicts or refusal."""
    answer = ask_engine(engine, question)
    understood = engine.understand(str(answer.get("understood") or question.question))
    searcher = engine.searcher

    def find(text: str) -> Found:
        mask = searcher.mask(understood.scope, understood.only)
        return own_passages(searcher, [hit.row for hit in searcher.search(searcher.query(text), mask, DEPTH)])

    return answer_by_search(find, replace(question, question=understood.search))


# The index without headers


class Headless(Passage):
    """A passage of which only the text is embedded and indexed."""

    @property
    def header(self) -> str:
        """Nothing."""
        return ""


def without_header(engine: Engine, folder: Path, progress: Progress) -> Engine:
    """Return the engine on an index of the same corpus, made in ``folder`` without a header above any passage."""
    encoder: Encoder = engine.searcher.encoder
    corpus = read_corpus([Path(path) for path in engine.index.manifest["paths"]])
    bare = replace(corpus, passages=tuple(Headless(**vars(passage)) for passage in corpus.passages))
    build_index(bare, "without headers", encoder, folder, progress)
    return Engine(open_index(folder, encoder.name), encoder, engine.settings, engine.searcher.reader)


# The search without one of its parts


class WithoutFilters(Searcher):
    """Searches all charters and parties, whatever the question names."""

    def search(self, query: Query, mask: Mask, k: int) -> list[Hit]:
        """Return the best ``k`` passages of all."""
        return super().search(query, np.ones_like(mask), k)


class WithoutVectors(Searcher):
    """Finds by words alone, before reordering."""

    def dense_scores(self, query: Query, mask: Mask) -> Scores:
        """Return minus infinity for every passage, which earns nothing."""
        return np.full(len(mask), -np.inf, np.float32)


class WithoutWords(Searcher):
    """Finds and reorders by vectors alone."""

    def lexical_scores(self, query: Query, mask: Mask) -> Scores:
        """Return zero for every passage, which earns nothing."""
        return np.zeros(len(mask), np.float32)


class WithPlainWords(Searcher):
    """Its BM25 knows words as they are written: no stems, no parts of compounds."""

    def __init__(self, index: Index, encoder: Encoder, depth: int = 80, reader: Reader | None = None) -> None:
        super().__init__(index, encoder, depth, reader)
        self._plain = bm25s.BM25(method="lucene")
        self._plain.index([plain_words(embedded_text(p)) for p in index.passages], show_progress=False)

    def lexical_scores(self, query: Query, mask: Mask) -> Scores:
        """Return the BM25 scores (n,) of the words themselves."""
        known = [word for word in plain_words(query.text) if word in self._plain.vocab_dict]
        if not known:
            return np.zeros(len(mask), np.float32)
        scores: Scores = self._plain.get_scores(known, weight_mask=mask.astype(np.float32))
        return scores


def plain_words(text: str) -> list[str]:
    """Return the words of a text but stop words, as they are written."""
    return [word for word in words(text) if word not in STOP_WORDS]


class WithoutReordering(Searcher):
    """Keeps the order of fusion; a hit keeps its MaxSim score, so that later steps read the scale they know."""

    def search(self, query: Query, mask: Mask, k: int) -> list[Hit]:
        """Return the best ``k`` passages by fusion."""
        found = {hit.row: hit for hit in super().search(query, mask, max(self.depth, k))}
        order = fuse([self.dense_scores(query, mask), self.lexical_scores(query, mask)])
        return [found[row] for row in order[:k].tolist()]

    def search_each(self, query: Query, charters: tuple[str, ...], actor: Actor | None, k: int) -> dict[str, list[Hit]]:
        """Return the best ``k`` passages of every charter by fusion."""
        return {charter: self.search(query, self.mask((charter,), actor), k) for charter in charters}


class WithoutWordsInOrder(Searcher):
    """Reorders by MaxSim alone: BM25 finds, but has no say in the order."""

    def _final(self, query: Query, rows: NDArray[np.int64], lexical: Scores) -> Scores:
        return super()._final(query, rows, np.zeros_like(lexical))


SEARCHERS: tuple[tuple[str, str, type[Searcher]], ...] = (
    ("without stemming and compounds", "zonder woordstammen en samenstellingen", WithPlainWords),
    ("without filters on charter and party", "zonder filter op charter en partij", WithoutFilters),
    ("without BM25", "zonder BM25", WithoutWords),
    ("without pooled vectors", "zonder vectoren van hele passages", WithoutVectors),
    ("without reordering by MaxSim", "zonder herordenen met MaxSim", WithoutReordering),
    ("without BM25 in the reordering", "zonder BM25 in het herordenen", WithoutWordsInOrder),
)
