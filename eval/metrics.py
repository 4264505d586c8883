"""Figures of one answer: pure functions on a gold question, an answer object and the documents.

Defined in ``eval/gold/README.md``. Every figure lies between 0 and 1, except ``words``; one that does not
apply to a question (nuggets of an unanswerable one) is absent, not zero. Where the README is silent:

- ``cite_precision`` of an answer without citations is 0.
- ``list_value``: for each ``ja`` charter with gold values, a variant stands in that charter's item (verdict
  ``yes`` or ``partly``), or in the answer from that charter's name to the next charter's name.
- ``list_count``: the first 200 words of the answer state the number, in digits or as a word.
- ``recall@k``, ``mrr`` and the citation figures of a collection use all its evidence together.
- precision of an empty list, and recall of an empty gold list, are 1 when both are empty, else 0.
- ``alce_recall`` and ``alce_precision`` are defined in ``eval/alce.py``; a refusal has none.
- A question without an answer object, or with one that only says ``error``, has every figure 0 that it would
  have had, and counts as a false refusal.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from eval.alce import alce
from eval.gold import Evidence, GoldQuestion, Source
from eval.matching import first_words, normalise, states, without_markers, words

Answer = Mapping[str, Any]
Passage = Mapping[str, Any]
Figures = dict[str, float]

RECALL_AT = (1, 3, 5, 10, 50)
MAX_PASSAGE = 1500
MIN_OVERLAP = 0.6
WORD_LIMITS = {"explain": 150, "list": 200, "aggregate": 200}
COUNT_WORDS = (
    ("nul", "geen"), ("een",), ("twee",), ("drie",), ("vier",), ("vijf",), ("zes",), ("zeven",), ("acht",),
    ("negen",), ("tien",), ("elf",), ("twaalf",), ("dertien",), ("veertien",), ("vijftien",), ("zestien",),
    ("zeventien",), ("achttien",), ("negentien",), ("twintig",),
)  # fmt: skip


def score(question: GoldQuestion, answer: Answer | None, source: Source) -> Figures:
    """Return every figure that applies to this question, by name."""
    given = answer if answer is not None and "error" not in answer else None
    figures = _figures(question, given or {}, source)
    if given is None:
        lost = {name: 0.0 for name in figures if name != "words"} | {"verbatim": 0.0}
        return lost | ({"false_refusal": 1.0} if question.answerable else {})
    return figures


def _figures(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    figures = verbatim(answer, source) | {"words": float(length(answer))}
    if not refused(answer):  # what a refusal says is about the corpus, not from it
        figures |= alce(text_of(answer), citations(answer))
    if not question.answerable:
        return figures | {"refused_unanswerable": float(refused(answer))}
    figures |= {"false_refusal": float(refused(answer))}
    if question.evidence:
        figures |= retrieval(question, answer, source) | citation(question, answer, source)
    if question.roll is None:
        return figures | single(question, answer, source)
    return figures | collection(question, answer, source)


# Hits


def hits(passage: Passage, evidence: Evidence, source: Source) -> bool:
    """Whether a citation or retrieved passage hits an evidence entry.

    Their lines overlap, the passage is at most 1,500 characters, and at least 60% of the different words of
    the evidence quote occur in it.
    """
    document = source.document_of(passage.get("charter"), passage.get("document"))
    start, end = number(passage, "start_char"), number(passage, "end_char")
    if document != evidence.document or end - start > MAX_PASSAGE:
        return False
    if number(passage, "start_line") > evidence.end or number(passage, "end_line") < evidence.start:
        return False
    needed = words(evidence.quote)
    return len(needed & words(source.quote(document, start, end))) >= MIN_OVERLAP * len(needed)


def hits_some(passage: Passage, entries: Iterable[Evidence], source: Source) -> bool:
    """Whether a passage hits one of the entries."""
    return any(hits(passage, evidence, source) for evidence in entries)


def first_hit(question: GoldQuestion, answer: Answer, source: Source) -> int | None:
    """Return the rank (from 1) of the first retrieved passage that hits some evidence."""
    for rank, passage in enumerate(retrieved(answer), start=1):
        if hits_some(passage, question.evidence, source):
            return rank
    return None


def retrieval(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    """Recall@k and reciprocal rank of the first retrieved passage that hits."""
    rank = first_hit(question, answer, source)
    found = {f"recall@{k}": float(rank is not None and rank <= k) for k in RECALL_AT}
    return found | {"mrr": 1 / rank if rank else 0.0}


# Citations


def citation(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    """Share of the entries without ``alt`` that a citation hits; share of citations that hit some entry."""
    cited = citations(answer)
    needed = [evidence for evidence in question.evidence if not evidence.alt] or question.evidence
    proven = [evidence for evidence in needed if any(hits(passage, evidence, source) for passage in cited)]
    useful = [passage for passage in cited if hits_some(passage, question.evidence, source)]
    return {"cite_recall": share(proven, needed), "cite_precision": share(useful, cited)}


def verbatim(answer: Answer, source: Source) -> Figures:
    """Share of citations with ``document[start_char:end_char] == quote``; absent when nothing is cited."""
    cited = citations(answer)
    exact = [c for c in cited if c.get("quote") and _exact(c, source) == c["quote"]]
    return {"verbatim": share(exact, cited)} if cited else {}


def _exact(passage: Passage, source: Source) -> str:
    document = source.document_of(passage.get("charter"), passage.get("document"))
    return source.quote(document, number(passage, "start_char"), number(passage, "end_char"))


# One answer


def single(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    """Nugget recall, and correct: all nuggets, not refused, and at least one citation that hits."""
    stated = stated_nuggets(question, answer)
    cited = any(hits_some(passage, question.evidence, source) for passage in citations(answer))
    correct = all(stated) and cited and not refused(answer)
    return {"nugget_recall": share([s for s in stated if s], stated, empty=1.0), "correct": float(correct)}


def stated_nuggets(question: GoldQuestion, answer: Answer) -> list[bool]:
    """For each nugget, whether a variant of it stands in the first words of the answer."""
    text = first_words(text_of(answer), WORD_LIMITS.get(question.type, 100))
    return [states(text, variants) for variants in question.nuggets]


# A list over all charters


def collection(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    """Precision, recall, F1 and exactness of the charters with verdict ``yes``, and what is said of them."""
    roll = question.roll
    if roll is None:
        raise ValueError(f"{question.id} is not a question over all charters")
    either = set(roll.labelled("deels"))
    wanted, listed = set(roll.labelled("ja")), verdicts(answer, "yes") - either
    both_empty = float(not wanted and not listed)
    precision = share(wanted & listed, listed, empty=both_empty)
    recall = share(wanted & listed, wanted, empty=both_empty)
    figures = {"precision": precision, "recall": recall, "f1": f1(precision, recall)}
    figures |= {"exact": float(wanted == listed)}
    figures |= list_cited(question, answer, source) | list_value(question, answer)
    return figures | list_count(question, answer)


def list_cited(question: GoldQuestion, answer: Answer, source: Source) -> Figures:
    """Share of the ``ja`` charters that have evidence with a citation that hits that charter's evidence."""
    wanted = set(question.roll.labelled("ja")) if question.roll else set()
    entries = [evidence for evidence in question.evidence if evidence.charter in wanted]
    proven = {e.charter for e in entries if any(hits(passage, e, source) for passage in citations(answer))}
    charters = {evidence.charter for evidence in entries}
    return {"list_cited": share(proven, charters)} if charters else {}


def list_value(question: GoldQuestion, answer: Answer) -> Figures:
    """Share of the ``ja`` charters with gold values of which a variant is given for that charter."""
    roll = question.roll
    wanted = [name for name in roll.labelled("ja") if name in roll.values] if roll else []
    if roll is None or not wanted:
        return {}
    given = [name for name in wanted if states(said_of(name, answer, roll.items), roll.values[name])]
    return {"list_value": share(given, wanted)}


def said_of(charter: str, answer: Answer, charters: Iterable[str]) -> str:
    """Return what an answer says of one charter: its item's value, and the text up to the next name."""
    kept = [item for item in items(answer) if item.get("charter") == charter and item.get("verdict") != "no"]
    values = [str(item.get("value") or "") for item in kept]
    names = "|".join(re.escape(normalise(name)) for name in sorted(charters, key=len, reverse=True))
    pieces = re.split(rf"\b({names})\b", normalise(without_markers(text_of(answer))))
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    told = [after for name, after in pairs if name == normalise(charter)]
    return " | ".join(values + told)


def list_count(question: GoldQuestion, answer: Answer) -> Figures:
    """Whether the answer states the number that was asked for, in digits or as a word."""
    count = question.roll.count if question.roll else None
    if count is None:
        return {}
    as_word = COUNT_WORDS[count] if count < len(COUNT_WORDS) else ()
    text = first_words(text_of(answer), WORD_LIMITS["aggregate"])
    return {"list_count": float(states(text, [str(count), *as_word]))}


# Reading an answer object, also one that is not quite what the contract says


def text_of(answer: Answer) -> str:
    """Return the answer's text ("" when there is none)."""
    return str(answer.get("answer") or "")


def refused(answer: Answer) -> bool:
    """Whether the answer refuses."""
    return answer.get("refused") is True


def citations(answer: Answer) -> Sequence[Passage]:
    """Return the citations."""
    return answer.get("citations") or []


def retrieved(answer: Answer) -> Sequence[Passage]:
    """Return the ranked passages."""
    return answer.get("retrieved") or []


def number(passage: Passage, name: str) -> int:
    """Return a line or offset of a passage (0 when it is no number, which hits nothing)."""
    value = passage.get(name)
    return value if isinstance(value, int) else 0


def items(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """Return the verdicts of a collection or comparison."""
    return answer.get("items") or []


def verdicts(answer: Answer, verdict: str) -> set[str]:
    """Return the charters with this verdict."""
    return {str(item.get("charter")) for item in items(answer) if item.get("verdict") == verdict}


def length(answer: Answer) -> int:
    """Return the length of the answer in words, markers not counted."""
    return len(without_markers(text_of(answer)).split())


def share(part: Collection[object], whole: Collection[object], empty: float = 0.0) -> float:
    """Return len(part) / len(whole), and ``empty`` when the whole is empty."""
    return len(part) / len(whole) if whole else empty


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
