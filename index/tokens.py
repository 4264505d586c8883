"""The token vectors of every passage, for late interaction: int8 rows in one memory-mapped file.

MaxSim (Khattab and Zaharia, ColBERT, 2020): every token of the question takes its most similar token of the passage;
the score is the mean of these similarities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

SCALE = 127.0


@dataclass(frozen=True)
class TokenVectors:
    """``rows`` (all tokens, dimension) int8 of unit rows times 127; passage i owns rows ``offsets[i]:offsets[i+1]``.

    ``owners`` (all tokens,) int16 says which sentence of its passage a token belongs to; -1 is the header.
    """

    rows: NDArray[np.int8]
    offsets: NDArray[np.int64]
    owners: NDArray[np.int16]

    def of(self, passage: int) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """Return the token rows of one passage and their owners."""
        own = slice(int(self.offsets[passage]), int(self.offsets[passage + 1]))
        return self.rows[own], self.owners[own]

    def max_sim(self, query: Vectors, passages: Sequence[int]) -> NDArray[np.float32]:
        """Return the MaxSim score of ``query`` (length, dimension) with each of the passages, between -1 and 1."""
        if not len(passages):
            return np.zeros(0, np.float32)
        pieces = [self.of(int(i))[0] for i in passages]
        stacked = np.concatenate(pieces).astype(np.float32)
        similar = (stacked @ (query.T / SCALE)).astype(np.float32)
        starts = np.cumsum([0, *map(len, pieces[:-1])])
        best: NDArray[np.float32] = np.maximum.reduceat(similar, starts, axis=0).mean(axis=1)
        return best

    def sentence_sims(self, query: Vectors, passage: int, sentences: int) -> NDArray[np.float32]:
        """Return, for every sentence of a passage, the best similarity of each token of the question.

        The result is (sentences, length of the question); a sentence that lies past the model's window gets zeros.
        """
        rows, owners = self.of(passage)
        similar = rows.astype(np.float32) @ (query.T / SCALE)
        out = np.zeros((sentences, len(query)), np.float32)
        for sentence in range(sentences):
            mine = similar[owners == sentence]
            if len(mine):
                out[sentence] = mine.max(axis=0)
        return out


def quantised(tokens: Vectors) -> NDArray[np.int8]:
    """Return unit rows as int8 (rounded to 1/127)."""
    rows: NDArray[np.int8] = np.rint(tokens * SCALE).astype(np.int8)
    return rows


def owners_of(offsets: NDArray[np.int32], ends: Sequence[int]) -> NDArray[np.int16]:
    """Return which sentence each token lies in: ``offsets`` (length, 2), ``ends`` of header and sentences."""
    middle = (offsets[:, 0] + offsets[:, 1]) / 2
    owners: NDArray[np.int16] = (np.searchsorted(np.asarray(ends), middle, side="left") - 1).astype(np.int16)
    return np.minimum(owners, np.int16(len(ends) - 2))
