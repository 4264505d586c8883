"""``python -m eval.stages OUT [README]``: what every step of the search brings, and what it costs in milliseconds.

A stage orders the passages that a question may be answered from, and names the sentence that it takes for the best.
Where the reader has no say, that sentence is chosen by its features alone (``qa.evidence``). Milliseconds are of
processor time, all cores together, so that what else the machine does hardly counts.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.compare import surely_differs
from eval.figures import markdown
from eval.gold import GoldQuestion, bundled_gold, read_gold
from eval.metrics import Answer
from eval.program import program
from eval.rivals import Rival
from eval.run import Run
from eval.summary import means, percentile
from eval.variants import measure, origin, record, source_of
from index.reader import ChunkText, Logits, Reader, chunks_of
from index.search import LEXICAL_SHARE, Hit, Mask, Query, Searcher, fuse
from ingest.errors import UsageError
from qa.compose import Citations
from qa.engine import Engine
from qa.evidence import FEATURES, UNREAD, Evidence, evidence, weighed
from qa.model import retrieved
from qa.question import Question
from qa.settings import load_settings
from qa.single import READ, RETRIEVED

GOLD = {"own": ("near_single", "own_single"), "dev": ("dev_single",)}
SAMPLE, SEED = 60, 7  # questions of each set: reading fifty passages takes seconds
READING_SHARE = 0.03  # how much the reader's logit joins a passage's score; chosen on own_single, flat to 0.1
COLUMNS = ("recall@1", "recall@5", "recall@10", "mrr", "cite_precision")  # the last of one citation: its accuracy
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """A question made ready for search."""

    question: Question
    query: Query
    mask: Mask
    searcher: Searcher


@dataclass(frozen=True)
class Ordered:
    """The rows of passages, best first; ``best`` is the best sentence (row, position), where the stage names one."""

    rows: Rows
    best: tuple[int, int] | None = None


Stage = Callable[[Task], Ordered]


def by_vectors(task: Task) -> Ordered:
    """Order by the vector of the whole passage."""
    return Ordered(fuse([task.searcher.dense_scores(task.query, task.mask)])[:RETRIEVED])


def by_words(task: Task) -> Ordered:
    """Order by BM25."""
    return Ordered(fuse([task.searcher.lexical_scores(task.query, task.mask)])[:RETRIEVED])


def fused(task: Task) -> Ordered:
    """Order by vectors and BM25, fused by rank."""
    searcher = task.searcher
    legs = [searcher.dense_scores(task.query, task.mask), searcher.lexical_scores(task.query, task.mask)]
    return Ordered(fuse(legs)[: searcher.depth])


def by_max_sim(task: Task) -> Ordered:
    """Reorder what fusion found by MaxSim alone."""
    near = fused(task).rows
    late = task.searcher.index.tokens.max_sim(task.query.encoded.tokens, near.tolist())
    return Ordered(near[np.argsort(-late, kind="stable")])


def as_shipped(task: Task) -> Ordered:
    """Search as an answer does: MaxSim, with a little of BM25."""
    hits = task.searcher.search(task.query, task.mask, RETRIEVED)
    return Ordered(np.array([hit.row for hit in hits], np.int64))


def reread(before: Stage, most: int, task: Task) -> Ordered:
    """Have the reader read the first passages whole, and put those with its best sentences first."""
    rows, searcher = before(task).rows, task.searcher
    chunks = [chunk for row in rows[:most].tolist() for chunk in chunks_of(searcher.index.passages[row], row)]
    logits = searcher.read(task.question.text, chunks)
    strongest = dict.fromkeys(rows[:most].tolist(), -np.inf)
    for (row, _), logit in logits.items():
        strongest[row] = max(strongest[row], logit)
    order = sorted(strongest, key=lambda row: -strongest[row])
    best = max(logits, key=lambda place: logits[place]) if logits else None
    return Ordered(np.array([*order, *rows[most:].tolist()], np.int64), best)


def with_evidence(first: int, task: Task) -> Ordered:
    """Search as shipped, find the evidence as an answer does, put the ``first`` passages with the best of it first."""
    hits = task.searcher.search(task.query, task.mask, RETRIEVED)
    ranked = evidence(task.question, task.query, hits[:READ], task.searcher)
    leading = list(dict.fromkeys(one.hit.row for one in ranked))[:first]
    rows = dict.fromkeys([*leading, *(hit.row for hit in hits)])
    best = (ranked[0].hit.row, ranked[0].position) if ranked else None
    return Ordered(np.array(list(rows), np.int64), best)


def with_reading(task: Task) -> Ordered:
    """Search and find the evidence likewise, and let what the reader thinks of a passage join its score."""
    hits = task.searcher.search(task.query, task.mask, RETRIEVED)
    ranked = evidence(task.question, task.query, hits[:READ], task.searcher)
    thinks = dict.fromkeys((hit.row for hit in hits), UNREAD)
    for one in ranked:
        thinks[one.hit.row] = max(thinks[one.hit.row], float(one.features[FEATURES.index("read")]))
    order = sorted(hits, key=lambda hit: -(hit.score + READING_SHARE * thinks[hit.row]))
    best = (ranked[0].hit.row, ranked[0].position) if ranked else None
    return Ordered(np.array([hit.row for hit in order], np.int64), best)


SHIPPED = "the same, its passage first"  # what the others are held against
STAGES: tuple[tuple[str, Stage], ...] = (
    ("vectors", by_vectors),
    ("BM25", by_words),
    ("vectors and BM25, fused", fused),
    ("fused, then MaxSim", by_max_sim),
    ("the search as shipped: MaxSim with BM25", as_shipped),
    ("fused, reader over the best 10", partial(reread, fused, 10)),
    ("fused, reader over the best 50", partial(reread, fused, 50)),
    ("shipped, reader over the best 10", partial(reread, as_shipped, 10)),
    ("shipped, reader over four chunks for the best sentence", partial(with_evidence, 0)),
    (SHIPPED, partial(with_evidence, 1)),
    ("the same, with what the reader thinks in the order", with_reading),
)


@dataclass
class ReadOnce:
    """A reader that reads no chunk twice for the same question; ``saved`` is how many milliseconds that spared."""

    reader: Reader
    saved: float = 0.0
    known: dict[tuple[str, ChunkText], tuple[Logits, float]] = field(default_factory=dict)

    def read(self, question: str, texts: Sequence[ChunkText]) -> list[Logits]:
        """Return the logits of every chunk."""
        self.saved += sum(self.known[question, text][1] for text in texts if (question, text) in self.known)
        new = [text for text in texts if (question, text) not in self.known]
        began = time.process_time()
        found = self.reader.read(question, new)
        each = (time.process_time() - began) * 1000 / max(1, len(new))
        self.known |= {(question, text): (logits, each) for text, logits in zip(new, found, strict=True)}
        return [self.known[question, text][0] for text in texts]


def ask_stage(engine: Engine, once: ReadOnce, stage: Stage, gold: GoldQuestion) -> Answer:
    """Answer a gold question with the order of a stage and its best sentence as the only citation."""
    question, searcher = engine.understand(gold.question), engine.searcher
    once.saved, began = 0.0, time.process_time()
    task = Task(question, searcher.query(question.search), searcher.mask(question.scope, question.only), searcher)
    ordered = stage(task)
    spent = (time.process_time() - began) * 1000 + once.saved
    hits = _hits(task, ordered.rows[:RETRIEVED])
    best = _sentence(task, hits, ordered.best)
    citations = Citations(engine.index.documents)
    cited: list[dict[str, Any]] = [asdict(citations.cite(best))] if best else []
    return {"retrieved": [retrieved(hit) for hit in hits], "citations": cited, "timings_ms": {"total": round(spent, 2)}}


def _hits(task: Task, rows: Rows) -> list[Hit]:
    """The passages with the score that the search as shipped gives them: the features of sentences know that scale."""
    late = task.searcher.index.tokens.max_sim(task.query.encoded.tokens, rows.tolist())
    scores = late + LEXICAL_SHARE * task.searcher.lexical_scores(task.query, task.mask)[rows]
    return [Hit(task.searcher.index.passages[row], row, float(x)) for row, x in zip(rows.tolist(), scores, strict=True)]


def _sentence(task: Task, hits: Sequence[Hit], best: tuple[int, int] | None) -> Evidence | None:
    if best is not None:
        hit = next(hit for hit in hits if hit.row == best[0])
        return Evidence(hit, best[1], np.zeros(0, np.float32), 0.0)
    return next(iter(weighed(task.question, task.query, hits[:READ], task.searcher)), None)


def table(runs: Sequence[Run]) -> str:
    """Return a Markdown table with a row for every stage; bold is what surely differs from what ships."""
    shipped = next(made for made in runs if made.info["label"] == SHIPPED)
    lines = []
    for made in runs:
        found = means(made.results, COLUMNS)
        differs = {name for _, name in surely_differs(shipped, made, [("single", name) for name in COLUMNS])}
        cells = [f"**{found[name]:.3f}**" if name in differs else f"{found[name]:.3f}" for name in COLUMNS]
        spent = [float((one.answer or {})["timings_ms"]["total"]) for one in made.results]
        lines.append([str(made.info["label"]), *cells, f"{percentile(spent, 0.5):.0f}"])
    return f"{markdown(['', *COLUMNS[:-1], 'best sentence', 'ms, median'], lines)}\n\n{origin(runs[0])}"


def main(arguments: Sequence[str]) -> None:
    """Measure every stage on our own questions and on the dev questions; only those with an answer count."""
    if len(arguments) not in (1, 2):
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.stages MAP [README.md]")
    out, *readme = map(Path, arguments)
    settings = load_settings()
    engine = Engine.open(settings.index_dir, settings)
    once = ReadOnce(engine.searcher.reader) if engine.searcher.reader else None
    if once is None:
        raise UsageError(f"Model {settings.model} heeft geen lezer", "het meegeleverde model")
    engine.searcher.reader = once
    source = source_of(engine)
    rivals = [Rival(label, label, partial(ask_stage, engine, once, stage)) for label, stage in STAGES]
    for name, sets in GOLD.items():
        gold = read_gold([path for one in sets for path in bundled_gold(one)], source)
        asked = [one for one in gold if one.evidence]
        asked = random.Random(SEED).sample(asked, min(SAMPLE, len(asked)))
        runs = [measure(rival, asked, source, out / name, settings) for rival in rivals]
        for path in readme:
            record(path, f"stages, {name}", table(runs))


if __name__ == "__main__":
    program(main)
