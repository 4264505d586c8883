"""Whatever is measured beside our own system on the same questions, and how one answers who only searches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eval.gold import GoldQuestion
from eval.metrics import Answer
from index.search import Searcher
from ingest.model import Span

DEPTH, LIST_DEPTH = 50, 20
Ask = Callable[[GoldQuestion], Answer]
Found = Sequence[tuple[str, Span, str]]


@dataclass(frozen=True)
class Rival:
    """Another system, or ours without a part: what the README calls it, its Dutch name, and how it is asked."""

    label: str
    name: str
    ask: Ask


def answer_by_search(find: Callable[[str], Found], question: GoldQuestion) -> dict[str, Any]:
    """Answer as one does who only searches, without a word of one's own.

    That is: the first passage, cited whole, and for a list the charters among the first twenty passages. ``find``
    gives the charter, the place and the text of passages, best first. A follow-up is asked as it is, and so misses
    what the question before it said.
    """
    passages = [
        {
            "passage_id": str(rank),
            "charter": charter,
            "document": span.document,
            "start_line": span.start_line,
            "end_line": span.end_line,
            "start_char": span.start,
            "end_char": span.end,
            "text": text,
        }
        for rank, (charter, span, text) in enumerate(find(question.question), start=1)
    ]
    listed = dict.fromkeys(passage["charter"] for passage in passages[:LIST_DEPTH])
    return {
        "id": question.id,
        "answer": passages[0]["text"] if passages else "",
        "refused": not passages,
        "items": [{"charter": charter, "verdict": "yes", "value": None} for charter in listed],
        "citations": [{**passage, "n": 1, "quote": passage["text"]} for passage in passages[:1]],
        "retrieved": [{name: value for name, value in passage.items() if name != "text"} for passage in passages],
    }


def own_passages(searcher: Searcher, rows: Sequence[int]) -> Found:
    """Return passages of our own index with their exact text."""
    passages = [searcher.index.passages[row] for row in rows]
    return [(p.charter, p.span, searcher.index.documents[p.span.document].quote(p.span)) for p in passages]
