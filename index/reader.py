"""The reader: question and text together through one encoder, a logit for every sentence that it answers.

Search compares vectors that were made apart; it cannot see that a passage speaks of the subject but does not give the
number that is asked. The reader sees both at once (a cross-encoder: Nogueira and Cho, 2019), and is read sentence by
sentence: the mean of a sentence's tokens and the first token of the whole go through one linear layer.

It reads chunks of a passage, a few sentences under the passage's header, so that it is quick enough for all charters.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.graph import HEAD, READER, WORDS, open_graph, readable_model
from index.tokens import owners_of
from index.weights import FOLDER, MODEL
from ingest.model import Passage

CHUNK = 60  # words of sentences in a chunk, more only where one sentence is longer
MAX_TOKENS = 320  # of question and chunk together
Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Chunk:
    """Sentences ``first`` to ``last`` (not included) of the passage in ``row``."""

    row: int
    first: int
    last: int


class Reader(Protocol):
    """Reads chunks with a question in mind."""

    def read(self, question: str, texts: Sequence["ChunkText"]) -> list[Logits]:
        """Return for every chunk the logits (sentences,): above zero where the sentence answers the question."""


@dataclass(frozen=True)
class ChunkText:
    """What is read of a chunk, and where in it the header and then each sentence ends."""

    text: str
    ends: tuple[int, ...]


def chunks_of(passage: Passage, row: int) -> list[Chunk]:
    """Part the sentences of a passage into chunks of about equal length, none much over ``CHUNK`` words."""
    lengths = [len(sentence.text.split()) for sentence in passage.sentences]
    count = max(1, round(sum(lengths) / CHUNK))
    size = sum(lengths) / count
    out: list[Chunk] = []
    first, spent = 0, 0
    for position, length in enumerate(lengths):
        if position > first and spent + length / 2 > size * (len(out) + 1):
            out.append(Chunk(row, first, position))
            first = position
        spent += length
    return [*out, Chunk(row, first, len(lengths))] if lengths else []


def chunk_text(passage: Passage, chunk: Chunk) -> ChunkText:
    """Return a chunk for reading: the passage's header, the lead-in of the list it begins in, its sentences."""
    header = passage.header
    lead = _lead(passage, chunk.first)
    text = f"{header}\n{lead}" if lead else header
    ends = [len(text)]
    for sentence in passage.sentences[chunk.first : chunk.last]:
        text += f"\n{'- ' if sentence.bullet else ''}{sentence.text}"
        ends.append(len(text))
    return ChunkText(text, tuple(ends))


def _lead(passage: Passage, position: int) -> str:
    """The sentence that opens the list in which a chunk begins, or nothing."""
    depth = passage.sentences[position].bullet
    if depth == 0:
        return ""
    for sentence in reversed(passage.sentences[:position]):
        if sentence.bullet < depth:
            return sentence.text
    return ""


def sentence_owners(offsets: NDArray[np.int32], of_text: NDArray[np.bool_], ends: Sequence[int]) -> NDArray[np.int16]:
    """Return which sentence of a chunk each token (length,) lies in; -1 for question, header and the model's own."""
    owners: NDArray[np.int16] = np.where(of_text, owners_of(offsets, ends), -1).astype(np.int16)
    return owners


def open_reader(model: str, cache: Path) -> Reader | None:
    """Return the reader that belongs to the embedding model: the packaged one has one, any other none."""
    return PackagedReader(cache / FOLDER) if model == MODEL else None


class PackagedReader:
    """The tuned reader on onnxruntime, in 8-bit weights."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        with readable_model(folder):
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._words = np.load(folder / WORDS, mmap_mode="r")
            self._session = open_graph(folder / READER, threads=1)
            head = np.load(folder / HEAD)
            self._weight, self._bias = head["weight"].astype(np.float32), float(head["bias"])
        self._tokenizer.enable_truncation(MAX_TOKENS)  # the longer of the two gives way
        # Each chunk by itself on one thread: a quarter less work than padded batches on all threads, as quick for one
        # question, and what is read of a chunk does not depend on what is read beside it.
        self._threads = ThreadPoolExecutor(os.cpu_count(), "lezer")

    def read(self, question: str, texts: Sequence[ChunkText]) -> list[Logits]:
        """Return for every chunk the logits (sentences,) of its sentences."""
        return list(self._threads.map(lambda text: self._read(question, text), texts))

    def _read(self, question: str, text: ChunkText) -> Logits:
        encoding = self._tokenizer.encode(question, text.text)
        words = self._words[np.array(encoding.ids)][np.newaxis].astype(np.float32)
        state = self._session.run(None, {"words": words, "mask": np.ones((1, len(encoding.ids)), np.int64)})[0][0]
        of_text = np.array([part == 1 for part in encoding.sequence_ids])
        owners = sentence_owners(np.array(encoding.offsets, np.int32), of_text, text.ends)
        return self._logits(state, owners, len(text.ends) - 1)

    def _logits(self, state: NDArray[np.float32], owners: NDArray[np.int16], sentences: int) -> Logits:
        half = len(self._weight) // 2
        whole = float(state[0] @ self._weight[half:]) + self._bias
        out = np.full(sentences, whole - 10, np.float32)  # past the window: not read, so no proof
        for sentence in range(sentences):
            own = state[owners == sentence]
            if len(own):
                out[sentence] = own.mean(axis=0) @ self._weight[:half] + whole
        return out
