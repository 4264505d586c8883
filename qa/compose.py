"""Answers made of the source's own sentences: choosing them, numbering them, joining them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.model import Document, Sentence
from qa.evidence import Evidence
from qa.model import Citation

MAX_QUOTE = 1500
_ITEM = re.compile(r"\s*(?:[-–•*o]|\(?(?:\d{1,2}|[a-z])[.)])\s")
FURNITURE = 80  # characters that may stand between two sentences of one quote: a page number, a footer


@dataclass
class Citations:
    """Numbers quotes in the order of their first use; the same quote keeps its number."""

    documents: dict[str, Document]
    made: list[Citation] = field(default_factory=list)

    def cite(self, first: Evidence, last: Evidence | None = None) -> Citation:
        """Return the citation of a sentence, or of all from one to another of the same passage.

        The quote is taken from the document, never from the reading text. What lies within an earlier quote has its
        number.
        """
        passage = first.hit.passage
        start, end = first.sentence.start, (last or first).sentence.end
        for made in self.made:
            if made.document == passage.span.document and made.start_char <= start and end <= made.end_char:
                return made
        document = self.documents[passage.span.document]
        span = document.span(start, min(end, start + MAX_QUOTE))
        citation = Citation(
            n=len(self.made) + 1,
            passage_id=passage.id,
            charter=passage.charter,
            section=passage.section,
            actor=first.sentence.actor,
            document=span.document,
            start_line=span.start_line,
            end_line=span.end_line,
            start_char=span.start,
            end_char=span.end,
            quote=document.quote(span),
            score=round(max(one.score for one in (first, last or first)), 4),
        )
        self.made.append(citation)
        return citation


def choose(ranked: Sequence[Evidence], budget: int, most: int, margin: float) -> list[Evidence]:
    """Return the best sentences, at most ``most`` and about ``budget`` words, none far worse than the best.

    A sentence whose words were all said already (another charter's twin, a repeated heading) is passed over.
    """
    chosen: list[Evidence] = []
    spent = 0
    for one in ranked:
        length = len(one.sentence.text.split())
        if chosen and (one.score < ranked[0].score - margin or len(chosen) >= most):
            break
        if chosen and spent + length > budget:
            continue
        if any(_says_the_same(one.sentence, other.sentence) for other in chosen):
            continue
        chosen.append(one)
        spent += length
    return chosen


def with_lists(chosen: Sequence[Evidence], ranked: Sequence[Evidence], budget: int) -> list[Evidence]:
    """Return the chosen sentences, each lead-in followed by its list and each item preceded by its lead-in."""
    by_place = {(one.hit.row, one.position): one for one in ranked}
    out: list[Evidence] = []
    spent = sum(len(one.sentence.text.split()) for one in chosen)
    for one in chosen:
        around = [by_place[place] for place in _list_around(one) if place in by_place]
        for neighbour in around or [one]:
            length = len(neighbour.sentence.text.split())
            if neighbour not in out and (neighbour in chosen or spent + length <= budget):
                out.append(neighbour)
                spent += 0 if neighbour in chosen else length
    return out


def _list_around(evidence: Evidence) -> list[tuple[int, int]]:
    """Places (row, position) of the whole list that a lead-in opens or an item stands in; empty outside lists."""
    sentences = evidence.hit.passage.sentences
    lead = evidence.position
    depth = sentences[lead].bullet
    if not sentences[lead].text.rstrip().endswith(":"):
        if depth == 0:
            return []
        while lead > 0 and not (sentences[lead].text.rstrip().endswith(":") and sentences[lead].bullet < depth):
            lead -= 1
        if not sentences[lead].text.rstrip().endswith(":"):
            return []
    return [(evidence.hit.row, position) for position in (lead, *evidence.hit.passage.items(lead))]


def _says_the_same(one: Sentence, other: Sentence) -> bool:
    mine, theirs = set(one.text.lower().split()), set(other.text.lower().split())
    return len(mine & theirs) >= 0.9 * min(len(mine), len(theirs))


def in_reading_order(chosen: Iterable[Evidence]) -> list[Evidence]:
    """Return the sentences by passage in order of first choice, within a passage as they are read."""
    chosen = list(chosen)
    first: dict[int, int] = {}
    for place, one in enumerate(chosen):
        first.setdefault(one.hit.row, place)
    return sorted(chosen, key=lambda one: (first[one.hit.row], one.position))


def sentence_line(text: str) -> str:
    """Return a sentence of the source as a sentence of an answer: closed with a full stop, list marks gone."""
    text = text.strip().rstrip(";,").strip()
    return text if re.search(r"[.!?:]$", text) else f"{text}."


def prose(chosen: Sequence[Evidence], citations: Citations) -> str:
    """Return the sentences one after another with their markers; a change of charter is said.

    Sentences that follow each other in one paragraph or list item of the source are one quote, and have one marker.
    """
    parts: list[str] = []
    charter = None
    for run in _runs(chosen, citations.documents):
        if run[0].hit.passage.charter != charter:
            charter = run[0].hit.passage.charter
            parts.append(f"{charter}:")
        said = " ".join(sentence_line(one.sentence.text) for one in run)
        parts.append(f"{said} [{citations.cite(run[0], run[-1]).n}]")
    return " ".join(parts)


def _runs(chosen: Sequence[Evidence], documents: dict[str, Document]) -> list[list[Evidence]]:
    """Part the sentences where the source has something between two of them, or the quote would become too long."""
    runs: list[list[Evidence]] = []
    for one in chosen:
        if runs and _follows(runs[-1], one) and not _begins_item(one, documents):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _follows(run: Sequence[Evidence], one: Evidence) -> bool:
    last = run[-1]
    return (
        one.hit.row == last.hit.row
        and one.position == last.position + 1
        and one.sentence.actor == last.sentence.actor
        and 0 <= one.sentence.start - last.sentence.end <= FURNITURE
        and one.sentence.end - run[0].sentence.start <= MAX_QUOTE
    )


def _begins_item(one: Evidence, documents: dict[str, Document]) -> bool:
    start = one.sentence.start
    return bool(_ITEM.match(documents[one.hit.passage.span.document].text[start : start + 8]))
