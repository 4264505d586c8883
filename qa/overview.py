"""What can be said of every charter without a question: when and by whom it was signed, its chapters, its themes."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from index.dutch import fold
from ingest.atlas import Theme
from ingest.sentences import reading
from ingest.whole import Heading, Placed, Whole
from qa.values import NO_YEAR, dates

_SIGNING = re.compile(r"ondertekening|handtekeningen|getekend", re.I)
_DRAWN_UP = re.compile(r"\b(?:aldus|ondertekend|getekend)\b", re.I)
_DAY = re.compile(r"^\w[\w ]*, \d{1,2} \w+$")  # "Enschede, 31 maart"
_PLACE = re.compile(r"^(?:plaats|datum)\b", re.I)


@dataclass(frozen=True)
class Quoted:
    """A stretch of the document, for reading, and its exact span."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Facts:
    """What is known of one charter; ``signed`` is the line that says when, ``date`` its date where it can be read."""

    charter: str
    date: dt.date | None
    signed: Quoted | None
    signatories: tuple[Quoted, ...]
    chapters: tuple[Heading, ...]
    words: int


@dataclass(frozen=True)
class Cell:
    """What headings say of a theme in a charter, the highest first; empty where none does."""

    theme: str
    charter: str
    headings: tuple[Heading, ...]


def facts_of(whole: Whole) -> Facts:
    """Return what can be read off the section tree and the signatures of one charter."""
    chapters = tuple(heading for heading in whole.headings if heading.depth == 1)
    blocks = _signing_blocks(whole)
    dated = [(block, day) for block in blocks for _, day in dates(_apart(block.text))]
    whole_dates = [(block, day) for block, day in dated if day.year > NO_YEAR]
    drawn_up = next((block for block in blocks if _DRAWN_UP.search(block.text)), None)
    block, day = max(whole_dates, key=lambda one: one[1], default=(None, None))
    words = sum(len(one.line.text.split()) for one in whole.lines if one.role != "furniture")
    signatories = tuple(line for line in _signing_lines(whole) if not _is_place_or_date(line.text))
    return Facts(whole.charter.name, day, block or drawn_up, signatories, chapters, words)


def _is_place_or_date(text: str) -> bool:
    return bool(_DRAWN_UP.search(text) or _PLACE.search(text) or dates(_apart(text)) or _DAY.search(text))


def _apart(text: str) -> str:
    """Return a hand-filled line with its date loose of what was printed: "op...10-7-2008", "datum19 mei"."""
    return re.sub(r"(?<=[^\W\d])(?=\d)|\.{2,}", " ", text)


def _signing_lines(whole: Whole) -> list[Quoted]:
    return [_quoted([one]) for block in _signing_blocks_of(whole) for one in block]


def _signing_blocks(whole: Whole) -> list[Quoted]:
    return [_quoted(block) for block in _signing_blocks_of(whole)]


def _signing_blocks_of(whole: Whole) -> list[list[Placed]]:
    """The paragraphs under the first heading that announces signatures; empty without such a heading."""
    heading = next((one for one in whole.headings if _SIGNING.match(one.title)), None)
    if heading is None:
        return []
    following = min((one.line for one in whole.headings if one.line > heading.line), default=10**9)
    # The heading may be the first line itself ("Aldus opgemaakt en ondertekend …"), so it takes part.
    lines = [one for one in whole.lines if heading.line <= one.line.number < following and one.role != "furniture"]
    blocks = [list(group) for _, group in groupby(lines, key=lambda one: one.block)]
    return [block for block in blocks if not _SIGNING.fullmatch(block[0].line.text.strip())]


def _quoted(block: Sequence[Placed]) -> Quoted:
    first, last = block[0].line, block[-1].line
    return Quoted(reading("\n".join(one.line.text for one in block)), first.number, first.start, last.end)


def theme_matrix(wholes: Iterable[Whole], themes: Sequence[Theme]) -> dict[tuple[str, str], Cell]:
    """Return for every (theme, charter) the headings about it; chapters before the sections within them."""
    patterns = {theme.name: re.compile("|".join(theme.words)) for theme in themes}
    out = {}
    for whole in wholes:
        name = whole.charter.name
        for theme, pattern in patterns.items():
            # The first heading names the charter itself.
            about = [heading for heading in whole.headings[1:] if pattern.search(fold(heading.title))]
            ordered = sorted(about, key=lambda heading: heading.depth)
            out[theme, name] = Cell(theme, name, tuple(ordered))
    return out


def section_lines(whole: Whole, heading: Heading) -> list[Placed]:
    """Return the lines under a heading, those of its own sections included, up to the next as high as it is."""
    place = whole.headings.index(heading)
    following = [one for one in whole.headings[place + 1 :] if one.depth <= heading.depth]
    end = next((one.line for one in following if one.line > heading.line), 10**9)
    return [one for one in whole.lines if heading.line <= one.line.number < end]
