"""The reader: question and text together through one encoder, a logit for every sentence that it answers.

Search compares vectors that were made apart; it cannot see that a passage speaks of the subject but does not give the
number that is asked. The reader sees both at once (a cross-encoder: Nogueira and Cho, 2019), and is read sentence by
sentence: the mean of a sentence's tokens and the first token of the whole go through one linear layer.

It reads chunks of a passage, a few sentences under the passage's header, so that it is quick enough for all charters.
"""

from collections.abc import Sequence
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
BATCH = 16
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
            self._session = open_graph(folder / READER)
            head = np.load(folder / HEAD)
            self._weight, self._bias = head["weight"].astype(np.float32), float(head["bias"])
        self._tokenizer.enable_truncation(MAX_TOKENS)  # the longer of the two gives way

    def read(self, question: str, texts: Sequence[ChunkText]) -> list[Logits]:
        """Return for every chunk the logits (sentences,) of its sentences."""
        out: dict[int, Logits] = {}
        order = sorted(range(len(texts)), key=lambda i: len(texts[i].text))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            for i, logits in zip(some, self._read(question, [texts[i] for i in some]), strict=True):
                out[i] = logits
        return [out[i] for i in range(len(texts))]

    def _read(self, question: str, texts: Sequence[ChunkText]) -> list[Logits]:
        encodings = self._tokenizer.encode_batch([(question, one.text) for one in texts])
        longest = max(len(one.ids) for one in encodings)
        ids, mask = np.ones((len(texts), longest), np.int64), np.zeros((len(texts), longest), np.int64)
        for i, one in enumerate(encodings):
            ids[i, : len(one.ids)], mask[i, : len(one.ids)] = one.ids, 1
        states = self._session.run(None, {"words": self._words[ids].astype(np.float32), "mask": mask})[0]
        out = []
        for state, one, text in zip(states, encodings, texts, strict=True):
            of_text = np.array([part == 1 for part in one.sequence_ids])
            owners = sentence_owners(np.array(one.offsets, np.int32), of_text, text.ends)
            out.append(self._logits(state[: len(owners)], owners, len(text.ends) - 1))
        return out

    def _logits(self, state: NDArray[np.float32], owners: NDArray[np.int16], sentences: int) -> Logits:
        half = len(self._weight) // 2
        whole = float(state[0] @ self._weight[half:]) + self._bias
        out = np.full(sentences, whole - 10, np.float32)  # past the window: not read, so no proof
        for sentence in range(sentences):
            own = state[owners == sentence]
            if len(own):
                out[sentence] = own.mean(axis=0) @ self._weight[:half] + whole
        return out
