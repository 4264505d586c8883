"""Dutch sentences with exact spans, and their text for reading."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.lines import Line

# A quote may have 1,500 characters (the contract); a sentence stays below
# so that its passage fits the embedder.
MAX_SPAN = 1500
MAX_SENTENCE = 1150
# Lines that a page break with its header and footnotes can take; more is another page of text.
MAX_APART = 25

_ABBREVIATIONS = frozenset(
    [
        "a.d",
        "aanw",
        "afd",
        "al",
        "alg",
        "art",
        "artt",
        "bijl",
        "bijv",
        "blz",
        "bv",
        "b.v",
        "ca",
        "c.a",
        "c.q",
        "cf",
        "col",
        "d.d",
        "d.m.v",
        "dhr",
        "div",
        "d.w.z",
        "dr",
        "drs",
        "dts",
        "e.a",
        "e.d",
        "e.e.a",
        "e.v",
        "enz",
        "etc",
        "evt",
        "excl",
        "fig",
        "gem",
        "h.a",
        "hfd",
        "hfst",
        "hst",
        "i.c",
        "i.c.m",
        "i.g.v",
        "i.h.k.v",
        "i.h.b",
        "i.o",
        "i.p.v",
        "i.s.m",
        "i.v.m",
        "incl",
        "ing",
        "inz",
        "ir",
        "jhr",
        "jl",
        "jr",
        "jrg",
        "k.k",
        "m.a.w",
        "m.b.t",
        "m.b.v",
        "m.h.o",
        "m.i",
        "m.i.v",
        "m.m",
        "m.n",
        "m.u.v",
        "max",
        "mevr",
        "min",
        "mln",
        "mld",
        "mr",
        "mrd",
        "mw",
        "n.a.v",
        "n.b",
        "nb",
        "nl",
        "no",
        "nr",
        "nrs",
        "n.v.t",
        "o.a",
        "o.b.v",
        "o.g.v",
        "o.i.d",
        "o.l.v",
        "o.m",
        "o.v.v",
        "p",
        "par",
        "p.m",
        "pag",
        "plm",
        "p.j",
        "p.p",
        "prof",
        "r.k",
        "red",
        "resp",
        "s.v.p",
        "soc",
        "sr",
        "st",
        "t.a.v",
        "t.b.v",
        "t.g.v",
        "t.h.v",
        "t.k.v",
        "t.l.v",
        "t.n.v",
        "t.o.v",
        "t.w",
        "t.w.v",
        "t.z.t",
        "tel",
        "v",
        "v.a",
        "v.v",
        "vgl",
        "vlg",
        "vnl",
        "vs",
        "w.o",
        "w.v",
        "zgn",
        "z.s.m",
        "zgn.",
    ]
)
# Abbreviations that often close a sentence: before a capital letter they do.
_CLOSING = frozenset(
    {"etc", "enz", "e.d", "o.i.d", "e.a", "e.v", "mln", "mld", "p.m", "jl", "n.v.t", "e.e.a", "p.j", "sr"}
)
# A full stop with its closing quotes, brackets and note marks, white space, and what can open a sentence.
_BOUNDARY = re.compile(
    r"[.!?…]+[\"'”’)\]*]*[¹²³⁰⁴-⁹]*(?:[ ]\*[¹²³⁰⁴-⁹]*(?=\s|$))?(\s+)"
    r"(?=[\"'“‘(\[*]*(?:[A-ZÀ-ÞĲ€\d]|['’][stn]\s))"
)
_LAST_WORD = re.compile(r"([^\s(\"'“‘]*)$")
_MARKER = re.compile(r"^\s*(?:[-–•·▪◦→]|\*(?!\*)|o)\s+(?:o\s+)?(?=\S)")
_FALSE_BULLET = re.compile(r"\n[ \t]*[-•][ \t]+")
_HASHES = re.compile(r"^\s{0,3}#{1,6}\s+|\s+#+\s*$")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,2})(?=\S)(.+?)(?<=\S)\1(?!\w)", re.S)
_NOTE_MARK = re.compile(r"(?<![\s\d])(?<!\bm)(?<!\bkm)(?<!\bcm)[¹²³⁰⁴-⁹]+")
_SOFT_BREAK = re.compile(r"(?<=[a-zà-ÿ])-\s*\n\s*(?!(?:en|of)\b)(?=[a-zà-ÿ])")


@dataclass(frozen=True)
class Flow:
    """The text of a block with, for every character, its offset in the document."""

    text: str
    starts: tuple[int, ...]  # where each line starts in ``text``
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Flow":
        """Lay the lines one after another, a line end between them."""
        starts, position = [], 0
        for line in lines:
            starts.append(position)
            position += len(line.text) + 1
        return cls("\n".join(line.text for line in lines), tuple(starts), tuple(lines))

    def offset(self, position: int) -> int:
        """Return the offset in the document of the character at ``position``."""
        i = bisect_right(self.starts, position) - 1
        return self.lines[i].start + position - self.starts[i]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the document of ``text[start:end]`` (not empty)."""
        return self.offset(start), self.offset(end - 1) + 1


@dataclass(frozen=True)
class Piece:
    """A sentence before its actor is known: a span of the document and the text for reading."""

    start: int
    end: int
    text: str


def sentences_of(lines: Sequence[Line]) -> list[Piece]:
    """Return the sentences of one block.

    A sentence whose halves lie too far apart to be one quote becomes two pieces, each with the whole text for
    reading.
    """
    flow = Flow.of(lines)
    out: list[Piece] = []
    for start, end in split(flow.text):
        first, last = flow.span(start, end)
        whole = reading(flow.text[start:end])
        if 0 < last - first <= MAX_SPAN and _in_order(flow, start, end):
            out.append(Piece(first, last, whole))
            continue
        for a, b in _at_line_ends(flow.text, start, end):
            out.append(Piece(*flow.span(a, b), whole))
    return out


def _in_order(flow: Flow, start: int, end: int) -> bool:
    """Whether its lines follow each other in the document, with no pages of other text in between."""
    i, j = bisect_right(flow.starts, start) - 1, bisect_right(flow.starts, end - 1) - 1
    numbers = [line.number for line in flow.lines[i : j + 1]]
    return all(0 < b - a <= MAX_APART for a, b in pairwise(numbers))


def _at_line_ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", text[start:end]):
        yield from _stripped(text, start + match.start(), start + match.end())


def split(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of ``text``, trimmed, none over ``MAX_SENTENCE`` characters."""
    out: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if _ends_sentence(text, match):
            out.extend(_bounded(text, start, match.start(1)))
            start = match.end()
    out.extend(_bounded(text, start, len(text)))
    return out


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop closes a sentence and no abbreviation, initial or number of a list item."""
    if match[0].startswith(("..", "…")):
        return not text[match.end()].isdigit()  # "datum... 9 juni 2008"
    if text[match.start()] != ".":
        return True
    found = _LAST_WORD.search(text, max(0, match.start() - 30), match.start())
    word = found[1] if found else ""
    lower = word.lower().lstrip("-–*")
    if lower in _CLOSING:
        return not text[match.end()].isdigit()
    if lower in _ABBREVIATIONS or re.fullmatch(r"(?:[A-Z]\.)*(?:[A-Z]|Th|Ph|Chr|IJ|[a-z])", word):
        return False
    before = text[: match.start() - len(word)].strip(" \t\n-–•*o")
    opens = not before or before[-1] in ".;:!?"
    return not (opens and re.fullmatch(r"\d{1,2}|[a-z]|[IVX]+", word))


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for one quote, preferably after a semicolon, a comma or a word."""
    while end - start > MAX_SENTENCE:
        window = text[start : start + MAX_SENTENCE]
        cut = max(window.rfind("; ") + 1, window.rfind("\n") + 1)
        if cut < MAX_SENTENCE // 3:
            cut = window.rfind(", ") + 1
        if cut < MAX_SENTENCE // 3:
            cut = window.rfind(" ") + 1
        if cut < MAX_SENTENCE // 3:
            cut = MAX_SENTENCE
        yield from _stripped(text, start, start + cut)
        start += cut
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def reading(raw: str) -> str:
    """Return ``raw`` for reading: no list marker, emphasis or note marks, broken words joined, single spaces.

    A lone asterisk stays: a text may give it a meaning ("ambities met * zijn nog niet gefinancierd").
    """
    # The conditions only save time: most sentences need none of this.
    text = _MARKER.sub("", raw)
    if "\n" in text:
        text = _FALSE_BULLET.sub(" ", _SOFT_BREAK.sub("", text))
    if "#" in text:
        text = _HASHES.sub("", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)).replace("**", "")
    if not text.isascii():
        text = _NOTE_MARK.sub("", text)
    if "^" in text:
        text = re.sub(r"\^(?=\w)", "", text)
    return " ".join(text.split()) or " ".join(raw.split())
