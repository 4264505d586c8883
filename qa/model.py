"""The records of answering; ``to_dict`` makes of an ``Answer`` the answer object that the README describes."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from index.search import Hit
from ingest.model import Actor

Kind = Literal["single", "collection", "compare"]
Status = Literal["yes", "partly", "no"]


@dataclass(frozen=True)
class Citation:
    """A numbered proof: ``document[start_char:end_char] == quote``, to the letter, always."""

    n: int
    passage_id: str
    charter: str
    section: tuple[str, ...]
    actor: Actor
    document: str
    start_line: int
    end_line: int
    start_char: int
    end_char: int
    quote: str
    score: float


@dataclass(frozen=True)
class Verdict:
    """What one charter says to a question over several: an item of the answer object."""

    charter: str
    verdict: Status
    value: str | None
    citations: tuple[int, ...]


@dataclass(frozen=True)
class WritingCount:
    """What became of a language model's sentences: kept, replaced by the source's own, or dropped."""

    kept: int
    replaced: int
    dropped: int


@dataclass(frozen=True)
class Answer:
    """One answer, the same for the terminal, the page, other programs and the measurements.

    ``confidence`` (0 to 1) is the probability that the best sentences answer, and decides whether a ``single`` question
    is refused; for a ``collection`` it is the highest probability that some charter says it; 1 where something is
    looked up. ``notes`` say in Dutch what the user should know besides: a word that was understood otherwise than
    written, a filter that was set. ``understood`` is a follow-up question as it was read, to stand alone; None where it
    is the question as asked. ``searched`` names the charters that a ``single`` question was limited to; empty: all were
    searched. ``written`` counts a language model's sentences; ``writing`` says that a further answer
    follows which replaces this one.
    """

    question: str
    kind: Kind
    answer: str
    refused: bool
    citations: tuple[Citation, ...]
    retrieved: tuple[dict[str, Any], ...]
    items: tuple[Verdict, ...] = ()
    coverage: dict[str, int] | None = None
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    mode: Literal["extractive", "llm"] = "extractive"
    model: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    id: str | None = None
    understood: str | None = None
    searched: tuple[str, ...] = ()
    written: WritingCount | None = None
    writing: bool = False


def to_dict(answer: Answer) -> dict[str, Any]:
    """Return the answer object, ready for JSON."""
    out: dict[str, Any] = {"id": answer.id} if answer.id is not None else {}
    out |= {
        "question": answer.question,
        "understood": answer.understood,
        "kind": answer.kind,
        "answer": answer.answer,
        "refused": answer.refused,
        "confidence": round(answer.confidence, 4),
        "mode": answer.mode,
        "model": answer.model,
        "written": asdict(answer.written) if answer.written else None,
        "items": [asdict(item) for item in answer.items],
        "coverage": answer.coverage,
        "citations": [asdict(citation) for citation in answer.citations],
        "retrieved": list(answer.retrieved),
        "notes": list(answer.notes),
        "timings_ms": answer.timings_ms,
    }
    return out


def retrieved(hit: Hit) -> dict[str, Any]:
    """Return a hit as an entry of the answer object's ``retrieved``."""
    span = hit.passage.span
    return {
        "passage_id": hit.passage.id,
        "charter": hit.passage.charter,
        "document": span.document,
        "start_line": span.start_line,
        "end_line": span.end_line,
        "start_char": span.start,
        "end_char": span.end,
        "score": round(hit.score, 4),
    }
