"""``python -m eval.tune QUESTIONS.jsonl ADAPTER.safetensors``: tune the encoder on the lines that answer.

Three contrastive losses over one batch of passages and all their questions, each a softmax over what the batch holds:
MaxSim of question and passage (Khattab and Zaharia, ColBERT, 2020), MaxSim of question and single sentence, and the
inner product of the pooled vectors. Half of the batches are of one charter, so that what tells its
passages apart is learned, not what tells cities apart; the other half lays passages that resemble each other across
charters side by side.

What is written is the adapter alone (the one that ships is ``index/tuned/encoder.safetensors``); ``index.weights``
adds it to the package's weights. On two cores an epoch takes about ten minutes.
"""

import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize
from transformers import PreTrainedTokenizerFast

from eval.held_out import HELD_OUT
from eval.lora import adaptable, optimise, save_adapter
from eval.program import program
from index.dutch import Compounds, words
from index.encoder import MAX_TOKENS
from index.store import embedded_text, sentence_ends
from index.tokens import owners_of
from index.weights import plain_e5
from ingest.corpus import read_corpus
from ingest.errors import UsageError
from ingest.model import Charter, Passage
from qa.question import named_charters
from qa.settings import load_settings

EPOCHS, BATCH, RATE = 3, 32, 3e-4
TEMPERATURE = 0.02
SENTENCES, POOLED = 0.5, 0.3  # weights of the second and third loss beside the first
ALIKE = 0.5  # share of common words from which another charter's passage is the same text, no negative


@dataclass(frozen=True)
class Asked:
    """A question with the rows of the passages that answer it, and the sentences (row, position) in its lines."""

    text: str
    charter: str
    named: bool
    many: bool
    rows: frozenset[int]
    places: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Batch:
    """Passages (rows) with all their questions; ``mixed`` where they are of several charters."""

    rows: tuple[int, ...]
    mixed: bool


def read_asked(
    path: Path, passages: Sequence[Passage], charters: Sequence[Charter], starts: NDArray[np.int64]
) -> list[Asked]:
    """Return the questions of a file whose lines lie in some passage."""
    by_charter: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        by_charter[passage.charter].append(row)
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        places = frozenset(
            (row, position)
            for row in by_charter[one["charter"]]
            if passages[row].span.start_line <= one["end"] and passages[row].span.end_line >= one["start"]
            for position, sentence in enumerate(passages[row].sentences)
            if _overlaps(starts, sentence.start, sentence.end, one["start"], one["end"])
        )
        if places:
            named = bool(named_charters(one["question"], charters, Compounds({})))
            rows = frozenset(row for row, _ in places)
            out.append(Asked(one["question"], one["charter"], named, one["style"] == "collection", rows, places))
    return out


def _overlaps(starts: NDArray[np.int64], start: int, end: int, first: int, last: int) -> bool:
    low, high = np.searchsorted(starts, [start, max(start, end - 1)], side="right")
    return bool(low <= last and high >= first)


def batches(passages: Sequence[Passage], rows: Sequence[int], alike: NDArray[np.float32], seed: int) -> list[Batch]:
    """Return the batches of one epoch: every row once among its charter, once among what resembles it elsewhere."""
    chance = random.Random(seed)
    out = []
    by_charter: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_charter[passages[row].charter].append(row)
    for own in by_charter.values():
        chance.shuffle(own)
        count = max(1, round(len(own) / BATCH))
        out += [Batch(tuple(own[start::count]), False) for start in range(count)]
    left = list(rows)
    chance.shuffle(left)
    waiting = dict.fromkeys(left)
    while waiting:
        group: list[int] = []
        while waiting and len(group) < BATCH:
            seed_row = next(iter(waiting))
            near = [row for row in np.argsort(-alike[seed_row])[:40].tolist() if row in waiting and row != seed_row][:3]
            for row in (seed_row, *near):
                waiting.pop(row)
                group.append(row)
        out.append(Batch(tuple(group), True))
    chance.shuffle(out)
    return out


def likeness(passages: Sequence[Passage]) -> NDArray[np.float32]:
    """Return the share of common words (n, n) of every two passages; a passage with itself counts zero."""
    sets = [set(words(passage.text)) for passage in passages]
    vocabulary = {word: i for i, word in enumerate(sorted(set().union(*sets)))}
    table = np.zeros((len(sets), len(vocabulary)), np.float32)
    for row, some in enumerate(sets):
        table[row, [vocabulary[word] for word in some]] = 1
    both = table @ table.T
    size = table.sum(axis=1)
    shares: NDArray[np.float32] = both / np.maximum(1, np.minimum(size[:, None], size[None]))
    np.fill_diagonal(shares, 0)
    return shares


class Tuner:
    """The model being tuned with what a batch needs of it."""

    def __init__(self, folder: Path, passages: Sequence[Passage], alike: NDArray[np.float32]) -> None:
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        self.model = adaptable(folder)
        self.passages, self.alike = passages, alike

    def tokens(self, prefix: str, texts: Sequence[str]) -> tuple[list[Tensor], list[NDArray[np.int32]]]:
        """Return the states (length, dimension) of every text's tokens, and their offsets (length, 2) in the text.

        Texts of about the same length go through the model together, which halves the padding.
        """
        states: dict[int, Tensor] = {}
        offsets: dict[int, NDArray[np.int32]] = {}
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        size = max(8, len(order) // 4)
        for start in range(0, len(order), size):
            some = order[start : start + size]
            given = self.tokenizer(
                [prefix + texts[i] for i in some],
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_tensors="pt",
                return_offsets_mapping=True,
            )
            where = given.pop("offset_mapping").numpy().astype(np.int32)
            with torch.autocast("cpu", torch.bfloat16):
                found = self.model(**given).last_hidden_state.float()
            for i, state, mask, offset in zip(some, found, given["attention_mask"].bool(), where, strict=True):
                states[i], offsets[i] = state[mask], np.maximum(offset[mask.numpy()] - len(prefix), 0)
        return [states[i] for i in range(len(texts))], [offsets[i] for i in range(len(texts))]

    def loss(self, batch: Batch, asked: Sequence[Asked]) -> Tensor:
        """Return the loss of a batch of passages and the questions that they answer."""
        states, offsets = self.tokens("passage: ", [embedded_text(self.passages[row]) for row in batch.rows])
        ask_states, _ = self.tokens("query: ", [one.text for one in asked])
        owners, places = self._owners(batch, offsets)
        similar = normalize(torch.cat(ask_states), dim=-1) @ normalize(torch.cat(states), dim=-1).T
        counts = torch.tensor([len(one) for one in ask_states])
        piece = torch.repeat_interleave(torch.arange(len(asked)), counts)
        row_of = torch.repeat_interleave(torch.arange(len(states)), torch.tensor([len(one) for one in states]))
        whole = _mean_of_best(similar, row_of, len(states), piece, counts)
        inside = owners >= 0
        parts = _mean_of_best(similar[:, inside], owners[inside], len(places), piece, counts)
        right, open_rows = self._labels(batch, asked)
        right_places = torch.tensor([[place in one.places for place in places] for one in asked])
        at = {row: i for i, row in enumerate(batch.rows)}
        open_places = open_rows[:, torch.tensor([at[row] for row, _ in places])]
        return (
            _contrast(whole, right, open_rows)
            + SENTENCES * _contrast(parts, right_places, open_places)
            + POOLED * _contrast(_pooled(ask_states) @ _pooled(states).T, right, open_rows)
        )

    def _owners(self, batch: Batch, offsets: Sequence[NDArray[np.int32]]) -> tuple[Tensor, list[tuple[int, int]]]:
        """Which sentence each token lies in, numbered through the batch, -1 for headers; and the sentences' places."""
        owners, places = [], list[tuple[int, int]]()
        for row, offset in zip(batch.rows, offsets, strict=True):
            own = owners_of(offset, sentence_ends(self.passages[row])).astype(np.int64)
            owners.append(np.where(own >= 0, own + len(places), -1))
            places += [(row, position) for position in range(len(self.passages[row].sentences))]
        return torch.from_numpy(np.concatenate(owners)), places

    def _labels(self, batch: Batch, asked: Sequence[Asked]) -> tuple[Tensor, Tensor]:
        """Which passages answer (questions, passages), and which may be held against them.

        Another charter's passage in nearly the same words is no negative for a question that names no city.
        """
        right = torch.tensor([[row in one.rows for row in batch.rows] for one in asked])
        open_rows = torch.ones_like(right)
        for i, one in enumerate(asked):
            if not one.named:
                twins = self.alike[sorted(one.rows)].max(axis=0) > ALIKE
                for j, row in enumerate(batch.rows):
                    open_rows[i, j] = right[i, j] or not twins[row]
        return right, open_rows


def _pooled(states: Sequence[Tensor]) -> Tensor:
    return normalize(torch.stack([one.mean(dim=0) for one in states]), dim=-1)


def _mean_of_best(similar: Tensor, owner: Tensor, groups: int, piece: Tensor, counts: Tensor) -> Tensor:
    """MaxSim (questions, groups): the mean over a question's tokens of the best token of each group."""
    best = torch.full((len(similar), groups), -1.0)
    best = best.scatter_reduce(1, owner.expand(len(similar), -1), similar, "amax")
    return torch.zeros(len(counts), groups).index_add(0, piece, best) / counts[:, None]


def _contrast(scores: Tensor, right: Tensor, allowed: Tensor) -> Tensor:
    """Cross-entropy of any right one against all that are allowed; questions without a right one are passed over."""
    scores = (scores / TEMPERATURE).masked_fill(~(allowed | right), -math.inf)
    has = right.any(dim=1)
    good = torch.logsumexp(scores.masked_fill(~right, -math.inf)[has], dim=1)
    return (torch.logsumexp(scores[has], dim=1) - good).mean()


def steps(
    tuner: Tuner, rows: Sequence[int], asked: Sequence[Asked], epochs: int
) -> Iterator[tuple[Batch, list[Asked]]]:
    """Yield every batch of every epoch with its questions."""
    by_row: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        by_row[min(one.rows)].append(one)
    for epoch in range(epochs):
        for batch in batches(tuner.passages, rows, tuner.alike, epoch):
            own = [one for row in batch.rows for one in by_row[row] if not (batch.mixed and one.many)]
            if own:
                yield batch, own


def main(arguments: Sequence[str]) -> None:
    """Tune on a file of questions and write the adapter; ``--held-out`` leaves out every third charter."""
    given = list(arguments)
    held_out = "--held-out" in given
    given = [one for one in given if one != "--held-out"]
    if len(given) != 2:
        raise UsageError(
            "Verkeerd aantal argumenten", "python -m eval.tune VRAGEN.jsonl ADAPTER.safetensors [--held-out]"
        )
    questions, target = Path(given[0]), Path(given[1])
    torch.manual_seed(7)
    corpus = read_corpus([])
    starts = np.array(corpus.documents[0].line_starts)
    names = [charter.name for charter in corpus.charters]
    kept = {name for i, name in enumerate(names) if not held_out or i % HELD_OUT}
    asked = read_asked(questions, corpus.passages, corpus.charters, starts)
    asked = [one for one in asked if one.charter in kept]
    rows = [row for row, passage in enumerate(corpus.passages) if passage.charter in kept]
    tuner = Tuner(plain_e5(load_settings().cache_dir), corpus.passages, likeness(corpus.passages))
    todo = list(steps(tuner, rows, asked, EPOCHS))
    optimise(lambda step: tuner.loss(*step), todo, [(tuner.model.parameters(), RATE)])
    save_adapter(target, tuner.model)


if __name__ == "__main__":
    program(main)
