"""Sections -> passages: consecutive sentences of one section, balanced in size, small enough to quote."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.actors import Parties
from ingest.lines import Block
from ingest.model import Actor, Charter, Document, Passage, Section, Sentence
from ingest.sections import Node
from ingest.sentences import MAX_APART, MAX_SPAN, Piece, sentences_of
from ingest.tables import rows_of

# Characters of header and text together: about 450 tokens of XLM-R in Dutch, so nothing is cut off silently.
MAX_TEXT = 1400
DEFAULT_BUDGET = 160  # words

# "- *Brede school*": an item that is nothing but a label for what stands under it.
_LABEL = re.compile(r"\s*[-•]\s+(\*{1,3}|__)[^*]+\1[.:]?\s*")
_WIDOW, _CUT_ITEM = 4.0, 0.3  # what it costs to part a lead-in from its list, or to cut an item in two


@dataclass(frozen=True)
class _Unit:
    """Sentences that stay together; ``opens``: a paragraph or item; ``leads``: into a list."""

    sentences: tuple[Sentence, ...]
    opens: bool
    leads: bool
    start: int
    end: int
    words: int
    characters: int

    @classmethod
    def of(cls, sentences: tuple[Sentence, ...], opens: bool, leads: bool) -> "_Unit":
        """Measure the sentences once; the search for the best passages asks often."""
        return cls(
            sentences,
            opens,
            leads,
            min(sentence.start for sentence in sentences),
            max(sentence.end for sentence in sentences),
            sum(len(sentence.text.split()) for sentence in sentences),
            sum(len(sentence.text) + 3 for sentence in sentences),
        )


def passages_of(
    document: Document, charter: Charter, node: Node, parties: Parties, budget: int
) -> tuple[list[Section], list[Passage]]:
    """Return the section(s) and passages of one node of the tree.

    A section runs from its heading to the next heading. Where the pages stand out of order it is published in
    several stretches, and gives one record for each.

    Args:
        document: the text all spans refer to.
        charter: the unit the node belongs to.
        node: heading and body.
        parties: whose names decide the actor of a sentence.
        budget: words a passage should have.

    """
    sections: list[Section] = []
    passages: list[Passage] = []
    title = node.path[-1] if node.path else ""
    header = Passage("", charter.name, node.path, node.actor, charter.span, ()).header
    stretches = _stretches(document, _units(node.body, node.actor, parties, title))
    lines = [line for block in node.heading for line in block.lines]
    for k, units in enumerate(stretches or [[]]):
        spans = [(unit.start, unit.end) for unit in units]
        if k == 0 and lines:
            spans.append((lines[0].start, lines[-1].end))
        if not spans:
            continue
        whole = document.span(min(start for start, _ in spans), max(end for _, end in spans))
        sections.append(Section(charter.name, node.path, node.actor, whole))
        for group in _balanced(units, budget, MAX_TEXT - len(header)):
            sentences = tuple(sentence for unit in group for sentence in unit.sentences)
            span = document.span(min(unit.start for unit in group), max(unit.end for unit in group))
            identity = f"{slug(charter.name)}-{span.start}-{span.end}"
            passages.append(Passage(identity, charter.name, node.path, node.actor, span, sentences))
    return sections, passages


def _stretches(document: Document, units: Sequence[_Unit]) -> list[list[_Unit]]:
    """Part the units where the reading order leaves the order of the document."""
    out: list[list[_Unit]] = []
    last = None
    for unit in units:
        span = document.span(unit.start, unit.end)
        if last is None or unit.start < last.start or span.start_line - last.end_line > MAX_APART:
            out.append([])
        out[-1].append(unit)
        last = span if last is None or span.end > last.end or unit.start < last.start else last
    return out


def slug(name: str) -> str:
    """Return ``name`` in lower-case ASCII with hyphens, for ids."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "document"


def _units(blocks: Sequence[Block], actor: Actor, parties: Parties, title: str) -> list[_Unit]:
    out: list[_Unit] = []
    i = 0
    while i < len(blocks):
        block = blocks[i]
        if block.kind == "row":
            j = i
            while j < len(blocks) and blocks[j].kind == "row" and (j == i or blocks[j].gap == 0):
                j += 1
            above = _title_above(out) if i else title
            for piece in rows_of([line for row in blocks[i:j] for line in row.lines], above):
                out.append(_Unit.of((Sentence(piece.start, piece.end, piece.text, actor),), True, False))
            i = j
            continue
        pieces = sentences_of(block.lines) if block.kind != "rule" else []
        for n, piece in enumerate(pieces):
            sentence = _sentence(piece, actor, parties, block.depth)
            inside = bool(out) and block.kind == "note" and piece.start < out[-1].end
            if inside:
                out[-1] = _Unit.of((*out[-1].sentences, sentence), out[-1].opens, out[-1].leads)
            else:
                leads = n == len(pieces) - 1 and (piece.text.endswith(":") or _LABEL.fullmatch(block.text) is not None)
                out.append(_Unit.of((sentence,), n == 0, leads))
        i += 1
    return out


def _title_above(units: Sequence[_Unit]) -> str:
    return units[-1].sentences[0].text if units else ""


def _sentence(piece: Piece, actor: Actor, parties: Parties, depth: int) -> Sentence:
    return Sentence(piece.start, piece.end, piece.text, parties.of_sentence(piece.text) or actor, depth)


def _balanced(units: Sequence[_Unit], budget: int, room: int) -> list[list[_Unit]]:
    """Part the units into passages of about equal size; least squares over all ways to part them."""
    if not units:
        return []
    total = sum(unit.words for unit in units)
    target = total / max(1, round(total / budget))
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        options: list[tuple[float, int]] = []
        words = characters = 0
        low, high = units[end - 1].start, units[end - 1].end
        for start in range(end - 1, -1, -1):
            unit = units[start]
            words, characters = words + unit.words, characters + unit.characters
            low, high = min(low, unit.start), max(high, unit.end)
            if start < end - 1 and (characters > room or high - low > MAX_SPAN):
                break
            cost = best[start][0] + (words / target - 1) ** 2 + (_cut(units, start) if start else 0.0)
            options.append((cost, start))
        best.append(min(options))
    out: list[list[_Unit]] = []
    end = len(units)
    while end:
        start = best[end][1]
        out.append(list(units[start:end]))
        end = start
    return out[::-1]


def _cut(units: Sequence[_Unit], at: int) -> float:
    """Return what it costs to begin a new passage with unit ``at``."""
    return (_WIDOW if units[at - 1].leads else 0.0) + (0.0 if units[at].opens else _CUT_ITEM)
