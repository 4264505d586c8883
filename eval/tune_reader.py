"""``python -m eval.tune_reader QUESTIONS.jsonl ADAPTER.safetensors GOLD.jsonl …``: tune the reader (``index.reader``).

It learns from what search finds: for every question the chunks that answer it beside those that rank high and do not.

- QUESTIONS.jsonl as for ``eval.tune``: which sentence of the lines answers is not known, only that one does;
- GOLD.jsonl in the gold's format: single questions, whose evidence says which sentences answer, and unanswerable ones,
  of which every sentence found is a wrong answer; questions over all charters, where each charter with the label "nee"
  is such a wrong answer too.

Never give it the questions that answers are measured on. Two losses: every sentence by itself (binary, the hardest
wrong ones counting most), and the right ones against all others of the question. All of the gold comes by in each of
``EPOCHS`` rounds, and every round with another part of the questions. ``--held-out`` leaves out the questions on every
third charter. On two cores it takes an hour.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import PreTrainedTokenizerFast

from eval.gold import Evidence as GoldEvidence
from eval.gold import GoldQuestion, Source, read_gold
from eval.held_out import HELD_OUT
from eval.lora import adaptable, optimise, save_adapter
from eval.program import program
from index.reader import MAX_TOKENS, Chunk, ChunkText, chunk_text, chunks_of, sentence_owners
from index.weights import plain_e5
from ingest.errors import UsageError
from ingest.model import Passage
from qa.engine import Engine
from qa.evidence import Evidence, weighed
from qa.reading import read_all
from qa.settings import load_settings
from qa.single import READ

RATE, HEAD_RATE, SEED = 6e-4, 1e-3, 7
BATCH, TOGETHER = 48, 12  # chunks in a step, and of those that go through the model at once
RIGHT, WRONG = 2, 2  # chunks of a question that are learned from
OF_ALL = 0.4  # how much one charter of a question over all counts beside a question of its own
EPOCHS = 4  # the first fifty steps of one round teach it little, and after two it still learns
PARTS = 2  # of QUESTIONS.jsonl, one of which comes by in each
NO, YES, PERHAPS, UNKNOWN = 0, 1, -1, -2  # PERHAPS: one of those marked so answers; UNKNOWN: not learned from
Label = Callable[[int, int], int]  # of a sentence (row, position)
Inside = Callable[[int, int], bool]


@dataclass(frozen=True)
class Group:
    """A question with chunks and the label of every sentence in them."""

    question: str
    charter: str
    chunks: tuple[tuple[Chunk, tuple[int, ...]], ...]
    weight: float = 1.0


class Miner:
    """Finds what a question is to be learned from."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.passages = engine, engine.index.passages
        self.document = next(iter(engine.index.documents.values()))
        self.chunks = [chunks_of(passage, row) for row, passage in enumerate(self.passages)]

    def of_lines(self, text: str, charter: str, start: int, end: int) -> Group | None:
        """Return the group of a question that some sentence in the lines ``start`` to ``end`` answers."""
        low, high = self.document.line_starts[start - 1], (*self.document.line_starts, len(self.document.text))[end]
        inside = self._inside([(low, high)], charter)
        right = self._holding(inside)
        only = sum(inside(c.row, i) for c in right for i in range(c.first, c.last)) == 1
        return self._group(text, (charter,), right, lambda *place: (YES if only else PERHAPS) if inside(*place) else NO)

    def of_gold(self, gold: GoldQuestion) -> Group | None:
        """Return the group of a single gold question."""
        inside = self._inside([self._span(entry) for entry in gold.evidence])
        right = self._holding(inside)
        if gold.answerable and not right:
            return None
        scope = gold.charters if len(gold.charters) == 1 else ()
        return self._group(gold.question, scope, right, lambda *place: YES if inside(*place) else NO)

    def of_all(self, gold: GoldQuestion) -> Iterator[Group]:
        """Yield a group for every charter of a question over all of them; one with "deels" teaches nothing."""
        engine = self.engine
        question = engine.understand(gold.question)
        charters = tuple(charter.name for charter in engine.index.charters)
        readings = read_all(question, engine.searcher.query(question.search), engine.searcher, charters)[1]
        for reading in readings:
            says = gold.roll.says(reading.charter) if gold.roll else None
            found = self._chunks([one.evidence for one in reading.ranked])
            spans = [self._span(entry) for entry in gold.evidence if entry.charter == reading.charter]
            if says is False:
                yield self._made(gold.question, reading.charter, found[:WRONG], lambda *_: NO, OF_ALL)
            elif says and spans:
                yield self._mention(gold.question, reading.charter, found, self._inside(spans, reading.charter))

    def _mention(self, text: str, charter: str, found: Sequence[Chunk], inside: Inside) -> Group:
        """A charter that says what is asked; other sentences of it may say so too, and are not held against it."""
        right = self._holding(inside)
        best = [one for one in found if one in right][:RIGHT] or right[:1]
        return self._made(text, charter, best, lambda *place: YES if inside(*place) else UNKNOWN, OF_ALL)

    def _group(self, text: str, scope: tuple[str, ...], right: Sequence[Chunk], label: Label) -> Group | None:
        question = replace(self.engine.understand(text), within=scope)
        searcher = self.engine.searcher
        query = searcher.query(question.search)
        hits = searcher.search(query, searcher.mask(question.scope), READ)
        found = self._chunks(weighed(question, query, hits, searcher))
        wrong = [one for one in found if one not in right][: WRONG if right else WRONG + 1]
        best = [one for one in found if one in right][:RIGHT] or list(right[:RIGHT])
        return self._made(text, scope[0] if scope else "", [*best, *wrong], label) if best or wrong else None

    def _made(self, text: str, charter: str, chunks: Sequence[Chunk], label: Label, weight: float = 1.0) -> Group:
        labelled = tuple((one, tuple(label(one.row, i) for i in range(one.first, one.last))) for one in chunks)
        return Group(text, charter, labelled, weight)

    def _chunks(self, ranked: Sequence[Evidence]) -> list[Chunk]:
        at = self.engine.searcher.chunk_at
        return list(dict.fromkeys(at(one.hit.row, one.position) for one in ranked))[:8]

    def _inside(self, spans: Sequence[tuple[int, int]], charter: str | None = None) -> Inside:
        def inside(row: int, position: int) -> bool:
            sentence = self.passages[row].sentences[position]
            ours = charter is None or self.passages[row].charter == charter
            return ours and any(sentence.start < end and sentence.end > start for start, end in spans)

        return inside

    def _holding(self, inside: Inside) -> list[Chunk]:
        """The chunks with a sentence that is inside."""
        every = (one for chunks in self.chunks for one in chunks)
        return [one for one in every if any(inside(one.row, i) for i in range(one.first, one.last))]

    def _span(self, entry: GoldEvidence) -> tuple[int, int]:
        """Where a quote stands, in characters."""
        starts = (*self.document.line_starts, len(self.document.text))
        at = self.document.text.find(entry.quote, starts[entry.start - 1], starts[entry.end])
        return (at, at + len(entry.quote)) if at >= 0 else (starts[entry.start - 1], starts[entry.end])


class Tuner:
    """The reader being tuned."""

    def __init__(self, folder: Path, passages: Sequence[Passage]) -> None:
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        self.model = adaptable(folder)
        self.width = int(self.model.config.hidden_size)
        self.head = torch.nn.Linear(2 * self.width, 1)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)
        self.passages = passages

    def logits(self, pairs: Sequence[tuple[str, ChunkText]]) -> list[Tensor]:
        """Return the logits (sentences,) of every question with its chunk, as ``index.reader`` does."""
        out: dict[int, Tensor] = {}
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][1].text))
        for start in range(0, len(order), TOGETHER):
            some = order[start : start + TOGETHER]
            for i, logits in zip(some, self._logits([pairs[i] for i in some]), strict=True):
                out[i] = logits
        return [out[i] for i in range(len(pairs))]

    def _logits(self, pairs: Sequence[tuple[str, ChunkText]]) -> Iterator[Tensor]:
        given = self.tokenizer(
            [question for question, _ in pairs],
            [text.text for _, text in pairs],
            padding=True,
            truncation="only_second",
            max_length=MAX_TOKENS,
            return_tensors="pt",
            return_offsets_mapping=True,
            return_token_type_ids=False,
        )
        offsets = given.pop("offset_mapping").numpy().astype(np.int32)
        with torch.autocast("cpu", torch.bfloat16):
            states = self.model(**given).last_hidden_state.float()
        for i, ((_, text), state) in enumerate(zip(pairs, states, strict=True)):
            of_text = np.array([part == 1 for part in given.sequence_ids(i)])
            owners = torch.from_numpy(sentence_owners(offsets[i], of_text, text.ends).astype(np.int64))
            own = [state[owners == sentence] for sentence in range(len(text.ends) - 1)]
            means = torch.stack([one.mean(dim=0) if len(one) else torch.zeros(self.width) for one in own])
            yield self.head(torch.cat([means, state[0].expand(len(means), -1)], dim=1))[:, 0]

    def loss(self, groups: Sequence[Group]) -> Tensor:
        """Return the mean loss of some groups."""
        pairs = [
            (group.question, chunk_text(self.passages[chunk.row], chunk))
            for group in groups
            for chunk, _ in group.chunks
        ]
        logits = iter(self.logits(pairs))
        losses = []
        for group in groups:
            read = [(next(logits), torch.tensor(labels)) for _, labels in group.chunks]
            losses.append(group.weight * _loss(read))
        return torch.stack(losses).mean()


def _loss(read: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """The loss of one question: (logits, labels) of every chunk."""
    parts = []
    for logits, labels in read:
        if (labels == PERHAPS).any():
            parts.append(_binary(logits[labels == PERHAPS].max()[None], 1.0).sum())
        if (labels == YES).any():
            parts.append(_binary(logits[labels == YES], 1.0).mean())
    every, labels = torch.cat([one for one, _ in read]), torch.cat([one for _, one in read])
    wrong, right = every[labels == NO], every[(labels == YES) | (labels == PERHAPS)]
    if len(wrong):
        share = 0.5 * torch.softmax(wrong.detach(), dim=0) + 0.5 / len(wrong)
        parts.append((share * _binary(wrong, 0.0)).sum() * (1.0 if len(right) else 2.0))
    if len(wrong) and len(right):
        parts.append(torch.logsumexp(torch.cat([right, wrong]), dim=0) - torch.logsumexp(right, dim=0))
    return torch.stack(parts).sum()


def _binary(logits: Tensor, label: float) -> Tensor:
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label), reduction="none")


def batches(groups: Sequence[Group], chance: random.Random) -> Iterator[list[Group]]:
    """Yield the groups in random order, about ``BATCH`` chunks at a time."""
    waiting: list[Group] = []
    for group in chance.sample(groups, len(groups)):
        waiting.append(group)
        if sum(len(one.chunks) for one in waiting) >= BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def mined(engine: Engine, questions: Path, gold: Sequence[Path], chance: random.Random) -> list[list[Group]]:
    """Return the groups of every round."""
    miner = Miner(engine)
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    of_lines = [miner.of_lines(one["question"], one["charter"], one["start"], one["end"]) for one in asked]
    of_gold: list[Group | None] = []
    for one in read_gold(gold, source):
        of_gold += [miner.of_gold(one)] if one.roll is None else miner.of_all(one)
    rounds = []
    for number in range(EPOCHS):
        if number % PARTS == 0:
            chance.shuffle(of_lines)
        come_by = (*of_lines[number % PARTS :: PARTS], *of_gold)
        rounds.append([group for group in come_by if group is not None and group.chunks])
    return rounds


def main(arguments: Sequence[str]) -> None:
    """Mine and tune."""
    given = [one for one in arguments if one != "--held-out"]
    if len(given) < 2:
        usage = "python -m eval.tune_reader VRAGEN.jsonl ADAPTER.safetensors GOUD.jsonl … [--held-out]"
        raise UsageError("Verkeerd aantal argumenten", usage)
    questions, target, *gold = map(Path, given)
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    settings = load_settings()
    engine = Engine.open(settings.index_dir, settings)
    rounds = mined(engine, questions, gold, chance)
    if "--held-out" in arguments:
        left_out = {charter.name for charter in engine.index.charters[::HELD_OUT]}
        rounds = [[group for group in groups if group.charter not in left_out] for groups in rounds]
    tuner = Tuner(plain_e5(settings.cache_dir), engine.index.passages)
    steps = [step for groups in rounds for step in batches(groups, chance)]
    optimise(tuner.loss, steps, [(tuner.model.parameters(), RATE), (tuner.head.parameters(), HEAD_RATE)])
    save_adapter(target, tuner.model, **{"head.weight": tuner.head.weight, "head.bias": tuner.head.bias})


if __name__ == "__main__":
    program(main)
