"""Hybrid search: vectors and Dutch terms, each filtered inside its own search, fused by rank, reordered by MaxSim."""

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from index.dutch import terms, words
from index.encoder import Encoded, Encoder
from index.reader import Chunk, Logits, Reader, chunk_text, chunks_of
from index.store import Index
from ingest.model import Actor, Passage

RRF_K = 60  # Cormack, Clarke and Büttcher, 2009
# How much of BM25 joins MaxSim at the end: names and rare words that the vectors blur. Flat between 0.002 and 0.008.
LEXICAL_SHARE = 0.005
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Query:
    """A question made ready for search once: its text, its vectors and its terms."""

    text: str
    encoded: Encoded
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """A passage found, its row in the index and its final score (higher is better)."""

    passage: Passage
    row: int
    score: float


class Searcher:
    """Searches one opened index with the encoder that built it; a ``reader`` reads what was found."""

    def __init__(self, index: Index, encoder: Encoder, depth: int = 80, reader: Reader | None = None) -> None:
        self.index, self.encoder, self.depth, self.reader = index, encoder, depth, reader
        column_starts = index.lexical.scores["indptr"]
        self._document_frequency = {
            term: int(column_starts[column + 1] - column_starts[column])
            for term, column in index.lexical.vocab_dict.items()
            if column + 1 < len(column_starts)
        }
        self.place_words = frozenset(
            word
            for charter in index.charters
            for name in (charter.name, *charter.aliases, *charter.places)
            for word in words(name)
        )
        self._charter = np.array([passage.charter for passage in index.passages])
        self._actors = [
            {passage.actor, *(sentence.actor for sentence in passage.sentences)} for passage in index.passages
        ]

    def idf(self, term: str) -> float:
        """Return how much a term says: ln(1 + N / (1 + passages that have it)); a term the corpus lacks says most."""
        return float(np.log(1 + len(self.index.passages) / (1 + self._document_frequency.get(term, 0))))

    def query(self, text: str) -> Query:
        """Encode a question; do it once and search with it as often as needed."""
        return Query(text, self.encoder.encode_query(text), tuple(terms(text, self.index.compounds)))

    def mask(self, charters: tuple[str, ...] = (), actor: Actor | None = None) -> Mask:
        """Return which passages (n,) belong to the charters and hold something of the actor; empty means all."""
        allowed = np.isin(self._charter, charters) if charters else np.ones(len(self._charter), bool)
        if actor is not None:
            allowed &= np.array([actor in actors for actors in self._actors])
        return allowed

    def search(self, query: Query, mask: Mask, k: int) -> list[Hit]:
        """Return the best ``k`` passages among those that ``mask`` (n,) allows, best first."""
        dense, lexical = self.dense_scores(query, mask), self.lexical_scores(query, mask)
        rows = fuse([dense, lexical])[: max(self.depth, k)]
        final = self._final(query, rows, lexical)
        order = np.argsort(-final, kind="stable")[:k]
        return [Hit(self.index.passages[rows[i]], int(rows[i]), float(final[i])) for i in order]

    def search_each(self, query: Query, charters: tuple[str, ...], actor: Actor | None, k: int) -> dict[str, list[Hit]]:
        """Return the best ``k`` passages of every charter by itself, so that no charter crowds out another."""
        dense = self.dense_scores(query, self.mask(charters, actor))
        lexical = self.lexical_scores(query, self.mask(charters, actor))
        chosen: dict[str, NDArray[np.int64]] = {}
        for charter in charters:
            own = np.flatnonzero(self.mask((charter,), actor))
            order = fuse([dense[own], lexical[own]])[: 2 * k + 2]
            chosen[charter] = own[order]
        rows = np.concatenate([*chosen.values(), np.zeros(0, np.int64)]).astype(np.int64)
        final = dict(zip(rows.tolist(), self._final(query, rows, lexical), strict=True))
        return {
            charter: sorted(
                (Hit(self.index.passages[row], row, float(final[row])) for row in own.tolist()),
                key=lambda hit: -hit.score,
            )[:k]
            for charter, own in chosen.items()
        }

    def chunk_at(self, row: int, position: int) -> Chunk:
        """Return the chunk of a passage that a sentence is read in."""
        chunks = chunks_of(self.index.passages[row], row)
        return next(chunk for chunk in chunks if chunk.first <= position < chunk.last)

    def read(self, question: str, chunks: Sequence[Chunk]) -> dict[tuple[int, int], float]:
        """Return for every sentence (row, position) of the chunks how surely it answers the question, as a logit."""
        if self.reader is None or not chunks:
            return {}
        texts = [chunk_text(self.index.passages[chunk.row], chunk) for chunk in chunks]
        read: list[Logits] = self.reader.read(question, texts)
        return {
            (chunk.row, chunk.first + i): float(logit)
            for chunk, logits in zip(chunks, read, strict=True)
            for i, logit in enumerate(logits)
        }

    def scores(self, query: Query, rows: Sequence[int]) -> Scores:
        """Return the final scores (rows,) of passages that are not for the search to find."""
        if not len(rows):
            return np.zeros(0, np.float32)
        return self._final(query, np.array(rows, np.int64), self.lexical_scores(query, self.mask()))

    def _final(self, query: Query, rows: NDArray[np.int64], lexical: Scores) -> Scores:
        late = self.index.tokens.max_sim(query.encoded.tokens, rows.tolist())
        final: Scores = late + LEXICAL_SHARE * lexical[rows]
        return final

    def dense_scores(self, query: Query, mask: Mask) -> Scores:
        """Return the inner products (n,) with every allowed passage; minus infinity elsewhere."""
        selected = np.flatnonzero(mask)
        scores = np.full(len(mask), -np.inf, np.float32)
        if len(selected):
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(selected))  # type: ignore[call-arg]
            found, rows = self.index.dense.search(query.encoded.pooled[None], len(selected), params=parameters)
            scores[rows[0]] = found[0]
        return scores

    def lexical_scores(self, query: Query, mask: Mask) -> Scores:
        """Return the BM25 scores (n,) of every allowed passage; zero elsewhere and where no term occurs."""
        known = [term for term in query.terms if term in self.index.lexical.vocab_dict]
        if not known:
            return np.zeros(len(mask), np.float32)
        scores: Scores = self.index.lexical.get_scores(known, weight_mask=mask.astype(np.float32))
        return scores


def fuse(legs: Sequence[Scores]) -> NDArray[np.int64]:
    """Return the rows by their summed reciprocal rank in the legs; a score of zero or minus infinity earns nothing."""
    total = np.zeros(len(legs[0]), np.float64)
    for scores in legs:
        order = np.argsort(-scores, kind="stable")
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        earns = np.isfinite(scores) & (scores != 0)
        total += np.where(earns, 1 / (RRF_K + 1 + ranks), 0.0)
    order = np.argsort(-total, kind="stable")
    return order[total[order] > 0]
