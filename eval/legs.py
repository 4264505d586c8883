"""The legs of our own search, each by itself, for the same question and within the same filters.

What is measured apart can be improved apart. The last step, the reordered passages of which an answer is made, is
``retrieved`` in the answer itself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.gold import GoldQuestion
from eval.metrics import Answer, Passage
from index.encoder import Encoded, Encoder
from index.search import Hit, Query, Scores, Searcher, fuse
from qa.engine import Engine
from qa.model import retrieved

DEPTH = 50
DENSE, LEXICAL, FUSED, LATE = "vectoren", "BM25", "samengevoegd", "MaxSim"
FINAL = "antwoord"  # ``retrieved``, of which the answer is made
Rankings = Mapping[str, Sequence[Passage]]
Legs = Callable[[GoldQuestion, Answer], Rankings]


class Remembering:
    """An encoder that remembers the last question, so that looking at its legs does not encode it again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._last: tuple[str, Encoded | None] = ("", None)
        self.name, self.dimension = encoder.name, encoder.dimension

    def encode_query(self, text: str) -> Encoded:
        """Return the vectors of a question."""
        known, encoded = self._last
        if encoded is None or known != text:
            encoded = self._encoder.encode_query(text)
            self._last = (text, encoded)
        return encoded

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the vectors of passages, in order."""
        return self._encoder.encode_passages(texts)


def legs_of(engine: Engine) -> Legs:
    """Return a function that gives the ranking of every leg for a single question, and nothing for a collection."""
    engine.searcher.encoder = Remembering(engine.searcher.encoder)

    def rankings(question: GoldQuestion, answer: Answer) -> Rankings:
        if question.roll is not None:
            return {}
        understood = engine.understand(str(answer.get("understood") or question.question))
        searcher = engine.searcher
        query = searcher.query(understood.search)
        rows = ranked_rows(searcher, query, searcher.mask(understood.scope, understood.only))
        return {name: entries(searcher, found) for name, found in rows.items()}

    return rankings


def ranked_rows(searcher: Searcher, query: Query, mask: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Return the rows of every leg, best first, among the passages that ``mask`` (n,) allows."""
    dense, lexical = searcher.dense_scores(query, mask), searcher.lexical_scores(query, mask)
    fused = fuse([dense, lexical])
    near = fused[: searcher.depth]
    late: Scores = searcher.index.tokens.max_sim(query.encoded.tokens, near.tolist())
    return {
        DENSE: fuse([dense]),
        LEXICAL: fuse([lexical]),
        FUSED: fused,
        LATE: near[np.argsort(-late, kind="stable")],
    }


def entries(searcher: Searcher, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the first rows as entries of the answer object's ``retrieved``; the score is one over the rank."""
    hits = (Hit(searcher.index.passages[row], row, 1 / rank) for rank, row in enumerate(rows[:DEPTH].tolist(), start=1))
    return [retrieved(hit) for hit in hits]
