"""Lines, page furniture, and the blocks that lines make: paragraphs, list items, table rows, footnotes.

A block is what an author would call one paragraph or one item, even where a page break, a page header or a
footnote cuts it in two. Its pieces are whole lines, so every span stays a span of the unchanged document.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.model import Document

Kind = Literal["text", "item", "row", "note", "rule"]

# A page break leaves at least this many blank lines; paragraphs are set apart by fewer.
PAGE_BREAK = 3

_PAGE_NUMBER = re.compile(r"(?:(?:pagina|blz\.?|p\.)\s*\d{1,4}(?:\s*(?:van|/)\s*\d{1,4})?|-\s*\d{1,4}\s*-)", re.I)
_BARE_NUMBER = re.compile(r"\d{1,4}(?:\s*/\s*\d{1,4})?")
# "- ", "• ", "* " and the "o" that a word processor makes of a second bullet ("- o Malburgen").
_BULLET = re.compile(r"[ \t]*(?:[-–•·▪◦→]|\*(?!\*)|o)[ \t]+(?:o[ \t]+)?(?=\S)")
_NUMBERED = re.compile(r"[ \t]*(?:\d{1,2}|[a-z])[.)][ \t]+(?=\S)")
_NOTE = re.compile(r"(?:[¹²³⁰⁴-⁹]+\s*\S|\[\^?\d+\]:?\s)")
_PIPE_ROW = re.compile(r"\s*\|.*\|\s*$")
_SETEXT = re.compile(r"\s{0,3}(?:={3,}|-{3,})\s*$")
_HASH = re.compile(r"\s{0,3}#{1,6}\s+\S")
_NAME_WORD = r"(?:[A-Z][\w.'’-]*|van|de|den|der|ter|ten|het|sr\.?|h\.)"
_NAME = re.compile(
    rf"\(?(?:(?i:mevrouw|mevr\.|mw\.?|de heer|dhr\.?|drs\.?|mr\.?|dr\.?|dts\.?|ir\.?|prof\.?|ing\.?)\s+)*"
    rf"[A-Z][\w.'’-]*(?:\s+{_NAME_WORD}){{0,6}}\)?,?\.?"
)
_TITLED = re.compile(r"\(?(?:mevrouw|mevr|mw|de heer|dhr|drs|mr|dr|dts|ir|prof|ing)\b|(?:[A-Z]\.){1,4}\s*[A-Z]", re.I)
_OFFICE = re.compile(
    r"(?:-\s+)?(?:de\s+|het\s+)?(?:coördinerend\s+)?(?:wethouder|minister|staatssecretaris|voorzitter|burgemeester|"
    r"portefeuillehouder|directeur|bestuurder|secretaris|gedeputeerde|commissaris)\b",
    re.I,
)
# A line that ends in one of these goes on in the next, whatever stands there.
_OPEN_END = re.compile(
    r"(?:\b(?i:de|het|een|en|of|van|aan|met|voor|te|ten|ter|op|in|bij|tot|door|over|om|als|dat|die|deze|dit|circa|"
    r"ca\.|tussen|naar|uit|per|onder|tegen|zowel|o\.a\.)|[a-zà-ÿ]-)$"
)
_FINISHED = re.compile(r"[.!?:;…][\"'”’)\]*¹²³⁰⁴-⁹\s]*$")


@dataclass(frozen=True)
class Line:
    """One line of a document: ``document.text[start:end] == text``, without its line end."""

    number: int
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether nothing is on it."""
        return not self.text.strip()


@dataclass(frozen=True)
class Furniture:
    """A line that belongs to the page and not to the text, and the (Dutch) reason."""

    line: Line
    reason: str


@dataclass(frozen=True)
class Block:
    """A paragraph, list item, table row or footnote: whole lines, in reading order.

    ``gap`` counts the blank lines before it, furniture included; ``depth`` is 0 for running text, else that
    of the list item. ``note`` blocks stand after the block they interrupted.
    """

    kind: Kind
    lines: tuple[Line, ...]
    gap: int
    depth: int = 0

    @property
    def text(self) -> str:
        """The raw text, lines joined by line ends."""
        return "\n".join(line.text for line in self.lines)

    @property
    def number(self) -> int:
        """The number of its first line."""
        return self.lines[0].number


def lines_of(document: Document) -> list[Line]:
    """Return every line of the document."""
    starts = document.line_starts
    ends = [start - 1 for start in starts[1:]] + [len(document.text)]
    return [
        Line(number, start, start + len(text), text)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
        for text in [document.text[start:end].removesuffix("\r")]
    ]


def furniture_of(lines: Sequence[Line], declared: Iterable[str] = ()) -> list[Furniture]:
    """Return the page furniture among ``lines``: page headers, page numbers, ruled lines."""
    named = set(declared)
    before, after = _gaps(lines)
    headers = _repeated_headers(lines, before, after)
    out = []
    for i, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            continue
        reason = ""
        if text in named:
            reason = "paginakop (manifest)"
        elif text in headers:
            reason = "herhaalde paginakop"
        elif _PAGE_NUMBER.fullmatch(text) or (
            _BARE_NUMBER.fullmatch(text) and min(before[i], after[i]) >= 1 and max(before[i], after[i]) >= 2
        ):
            reason = "paginanummer"
        elif not any(char.isalnum() for char in text):
            reason = "alleen leestekens"
        if reason:
            out.append(Furniture(line, reason))
    return out


def _gaps(lines: Sequence[Line]) -> tuple[list[int], list[int]]:
    """Count the blank lines before and after every line; the edge of the text counts as a page break."""
    before, after = [PAGE_BREAK] * len(lines), [PAGE_BREAK] * len(lines)
    for gaps, order in ((before, range(len(lines))), (after, range(len(lines) - 1, -1, -1))):
        run = PAGE_BREAK
        for i in order:
            gaps[i] = run
            run = run + 1 if lines[i].blank else 0
    return before, after


def _repeated_headers(lines: Sequence[Line], before: Sequence[int], after: Sequence[int]) -> set[str]:
    """Find short lines that come back at least three times, each time alone on top of a page.

    Every occurrence must follow a page break; a heading such as "Inzet rijk" also stands within pages.
    """
    seen: Counter[str] = Counter()
    within: set[str] = set()
    for i, line in enumerate(lines):
        text = line.text.strip()
        if not text or len(text) > 80 or "\t" in text:
            continue
        seen[text] += 1
        if before[i] < PAGE_BREAK or after[i] < 1:
            within.add(text)
    return {text for text, count in seen.items() if count >= 3 and text not in within}


def blocks_of(lines: Sequence[Line], furniture: Iterable[Furniture]) -> list[Block]:
    """Return the blocks of ``lines`` (in reading order), with what page breaks cut in two joined again."""
    skip = {item.line.number for item in furniture if not _SETEXT.match(item.line.text)}
    rules = {item.line.number for item in furniture} - skip
    return _join_across_pages(_adjacent_blocks(lines, skip, rules))


def _adjacent_blocks(lines: Sequence[Line], skip: set[int], rules: set[int]) -> list[Block]:
    """Group lines that stand directly under each other."""
    blocks: list[Block] = []
    gap = PAGE_BREAK
    width = max((len(line.text) for line in lines), default=0)
    last = lines[0].number - 1 if lines else 0
    for line in lines:
        if line.number != last + 1:
            gap = max(gap, PAGE_BREAK)
        last = line.number
        if line.blank or line.number in skip:
            gap += "|" not in line.text  # the ruled line of a Markdown table does not part its rows
            continue
        kind, depth = _kind(line, line.number in rules)
        if gap == 0 and blocks and blocks[-1].kind == "row" and line.text.startswith("\t"):
            kind = "row"
        if gap == 0 and blocks and kind == "text" and _runs_on(blocks[-1], line, width):
            blocks[-1] = replace(blocks[-1], lines=(*blocks[-1].lines, line))
        else:
            blocks.append(Block(kind, (line,), gap, depth))
        gap = 0
    return blocks


def _kind(line: Line, ruled: bool) -> tuple[Kind, int]:
    if ruled:
        return "rule", 0
    if "\t" in line.text.lstrip() or _PIPE_ROW.match(line.text):
        return "row", 0
    if _NOTE.match(line.text):
        return "note", 0
    match = _BULLET.match(line.text) or _NUMBERED.match(line.text)
    if match is None or _HASH.match(line.text):
        return "text", 0
    indent = len(line.text) - len(line.text.lstrip())
    nested = 1 if re.search(r"\so\s+$", match[0]) else 0
    return "item", 1 + (indent + 2) // 3 + nested


def _runs_on(block: Block, line: Line, width: int) -> bool:
    """Whether ``line``, directly under ``block``, belongs to the same paragraph.

    Yes in text broken at a fixed width; no after a short line, which is a label or heading of its own, unless
    it is an office with the holder's name under it.
    """
    last = block.lines[-1].text.strip()
    text = line.text.strip()
    if block.kind in ("row", "rule") or _HASH.match(line.text) or _HASH.match(last):
        return False
    if _OFFICE.match(last) and _NAME.fullmatch(text):
        return True
    if _OPEN_END.search(last) or last.endswith(",") or text[0].islower():
        return True
    # A line that a fixed width broke is about as long as its neighbour; 40 characters is a narrow column.
    return (len(last) >= 40 and len(last) >= 0.7 * min(len(text), width) and not _FINISHED.search(last)) or (
        _FINISHED.search(last) is not None and 40 <= len(last) <= 100 and len(text) <= 100
    )


def _join_across_pages(blocks: Sequence[Block]) -> list[Block]:
    """Join a block that a page break cut in two; the footnotes between the halves go after the whole."""
    out: list[Block] = []
    host = -1  # index in ``out`` of the last block that is no footnote
    for block in blocks:
        if block.kind == "note":
            out.append(block)
        elif host >= 0 and _continues(out[host], block, len(out) - 1 > host) and not _two_offices(out, host):
            out[host] = replace(out[host], lines=(*out[host].lines, *block.lines))
        else:
            out.append(block)
            host = len(out) - 1
    return out


def _two_offices(blocks: Sequence[Block], host: int) -> bool:
    """Whether two offices stand above each other: names follow in columns, whose is whose is unknown."""
    return host > 0 and all(
        _OFFICE.match(block.text.strip()) and len(block.lines) <= 2 and not _TITLED.search(block.text)
        for block in blocks[host - 1 : host + 1]
    )


def _continues(block: Block, following: Block, interrupted: bool) -> bool:
    """Whether ``following`` is the second half of ``block``."""
    last, first = block.lines[-1].text.strip(), following.lines[0].text.strip()
    if "row" in (block.kind, following.kind) or "rule" in (block.kind, following.kind) or _HASH.match(last):
        return False
    if _OFFICE.match(block.text.strip()) and len(block.lines) == 1 and following.kind == "text":
        return (
            len(following.lines) == 1
            and _NAME.fullmatch(first) is not None
            and (_TITLED.match(first) is not None or last.endswith(","))
        )
    if _FINISHED.search(last) or following.gap == 0:
        return False
    page = interrupted or following.gap >= PAGE_BREAK
    if following.kind == "item":
        rest = _BULLET.sub("", first, count=1)
        broken = _OPEN_END.search(last) is not None or (page and len(last) >= 100 and last[2:3].isupper())
        return block.kind == "item" and rest != first and (rest[0].islower() or rest[0] == "€") and broken
    if _OPEN_END.search(last) and (page or first[0].islower()):
        return True
    return first[0].islower() and (page or len(last) >= 80) and len(last) >= 40
