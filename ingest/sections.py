"""Headings -> the section tree.

Every heading gets a rank (small is high) and hangs under the nearest higher one. Ranks cannot be read off a
heading alone: "Veiligheid" stands above "Gezamenlijke ambitie" when that follows it, below "Inzet rijk" when
not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ingest.actors import Parties
from ingest.headings import Heading, headings_of
from ingest.lines import PAGE_BREAK, Block
from ingest.model import Actor


class Rank(IntEnum):
    """How high a heading stands; Markdown takes 1 to 6, "Deel" to "Artikel" and numbers follow their base."""

    MARKDOWN = 0
    STRUCTURE = 8
    CHAPTER = 20
    UPPER = 30
    ROLE = 40
    NESTED = 45
    LOWER = 50


# A title directly under another title is a part of what that announces.
_PART = 5
# Titles with which policy papers close; they stand beside the chapters, not under the last role.
_GENERAL = re.compile(
    r"(?:[\d.\s]*)(?:financi(?:ering|ën)|(?:overleg|organisatie|planning|voortgang|evaluatie|communicatie)"
    r"(?:\s+en\s+\w+)?|monitoring|overige?|slot(?:bepalingen|woord)?|inwerkingtreding|looptijd|conclusies?|bijlagen?)",
    re.I,
)


@dataclass(frozen=True)
class Node:
    """A section: its heading block(s), if any, and the blocks of its own body up to the next heading."""

    path: tuple[str, ...]
    actor: Actor
    heading: tuple[Block, ...]
    body: tuple[Block, ...]

    @property
    def line(self) -> int:
        """The line of its heading, or the first of its body."""
        return (self.heading or self.body)[0].number


def tree_of(blocks: Sequence[Block], parties: Parties, head: bool = False, name: str = "") -> list[Node]:
    """Return the sections in reading order; a heading that only repeats ``name`` is left out of the paths."""
    headings = headings_of(blocks, parties, head)
    ranks = _ranks(headings, blocks)
    nodes: list[Node] = []
    stack: list[tuple[int, Heading]] = []
    first = headings[0].index if headings else len(blocks)
    if first:
        nodes.append(Node((), "gezamenlijk", (), tuple(blocks[:first])))
    for k, heading in enumerate(headings):
        while stack and stack[-1][0] >= ranks[k]:
            stack.pop()
        stack.append((ranks[k], heading))
        end = headings[k + 1].index if k + 1 < len(headings) else len(blocks)
        body = heading.index + heading.blocks
        path = tuple(item.title for _, item in stack)
        actor: Actor = next((item.actor for _, item in reversed(stack) if item.actor), "gezamenlijk")
        path = path[1:] if path[0] == name else path
        nodes.append(Node(path, actor, tuple(blocks[heading.index : body]), tuple(blocks[body:end])))
    return nodes


@dataclass
class _Place:
    """Where in the text the next heading stands."""

    numbered: bool  # chapters have numbers, capitals or words such as "Hoofdstuk"
    paged: bool  # some "Pijler 1" opens a page: then one that does not is a label
    opening: bool = False  # between the preamble and the first chapter
    general: bool = False  # in a closing chapter, such as finance
    role: bool = False  # under a role
    part: bool = False  # under a title that only announces
    base: int = 0
    roles: set[tuple[Actor | None, bool]] = field(default_factory=set)  # those of this topic so far


def _ranks(headings: Sequence[Heading], blocks: Sequence[Block]) -> list[int]:
    place = _Place(
        any(heading.look in ("chapter", "caps", "structure") for heading in headings),
        any(h.look == "topic" and h.level == 0 and blocks[h.index].gap >= PAGE_BREAK for h in headings),
    )
    out: list[int] = []
    for k, heading in enumerate(headings):
        before = headings[k - 1] if k else None
        following = headings[k + 1] if k + 1 < len(headings) else None
        rank = _rank(heading, following, blocks, place)
        announced = _announces(before, heading) and not (k > 1 and _announces(headings[k - 2], before))
        place.part = heading.look == "title" and rank == place.base and (place.part or announced)
        place.part = place.part and not _GENERAL.fullmatch(heading.title)
        _move(place, heading, rank, following)
        if heading.look == "title" and _opens_page(heading, blocks, place):
            place.opening = False
        out.append(rank + _PART if place.part else rank)
    return out


def _announces(title: Heading | None, heading: Heading | None) -> bool:
    """Whether ``heading`` stands directly under another title: a part of what that announces."""
    return (
        title is not None and heading is not None and title.look == heading.look == "title" and _empty(title, heading)
    )


def _move(place: _Place, heading: Heading, rank: int, following: Heading | None) -> None:
    """Note what ``heading`` changes for the headings after it."""
    place.base = rank
    if rank <= Rank.UPPER:
        place.roles.clear()
    if rank <= Rank.CHAPTER:
        place.general = _GENERAL.fullmatch(heading.title) is not None
        if heading.look == "front":
            place.opening = following is None or not _empty(heading, following)
        elif heading.look != "title":
            place.opening = False
    if heading.look == "role":
        place.roles.add(_role_of(heading))
    place.role = heading.look == "role" or (place.role and rank > Rank.ROLE)


def _role_of(heading: Heading) -> tuple[Actor | None, bool]:
    return heading.actor, "ambitie" in heading.title.lower()


def _empty(heading: Heading, following: Heading) -> bool:
    """Whether nothing stands between two headings."""
    return following.index == heading.index + heading.blocks


def _rank(heading: Heading, following: Heading | None, blocks: Sequence[Block], place: _Place) -> int:
    match heading.look:
        case "markdown":
            return Rank.MARKDOWN + heading.level
        case "structure":
            return Rank.STRUCTURE + heading.level
        case "chapter":
            return Rank.CHAPTER + heading.level
        case "nested":
            return Rank.NESTED
        case "role":
            return Rank.ROLE
        case "topic" if heading.level:
            return Rank.UPPER
        case "topic":
            return Rank.LOWER if place.paged and blocks[heading.index].gap < PAGE_BREAK else Rank.CHAPTER
        case "title":
            return _rank_of_title(heading, following, blocks, place)
        case _:
            return Rank.CHAPTER


def _opens_page(heading: Heading, blocks: Sequence[Block], place: _Place) -> bool:
    """Whether a title opens a page, which in a text without numbers makes it a chapter."""
    return not place.numbered and blocks[heading.index].gap >= PAGE_BREAK and not heading.title.endswith(".")


def _rank_of_title(heading: Heading, following: Heading | None, blocks: Sequence[Block], place: _Place) -> int:
    """Return the rank of a title without a number, which only its surroundings tell."""
    if place.opening or _opens_page(heading, blocks, place):
        return Rank.CHAPTER
    if place.general:
        return Rank.ROLE  # beside "Inzet van het rijk": finance and progress are topics of all parties
    if not place.role or _GENERAL.fullmatch(heading.title):
        chapter = following is not None and following.look == "chapter" and _empty(heading, following)
        return Rank.CHAPTER if chapter else Rank.UPPER
    if following is None:
        return Rank.LOWER
    if following.look == "chapter" and _empty(heading, following):
        return Rank.CHAPTER
    # A topic with roles of its own stands above them; one that comes within a role, below it.
    own_roles = following.look == "role" and (_role_of(following)[1] or _role_of(following) in place.roles)
    if own_roles or (following.look == "nested" and following.title.startswith("1")):
        return Rank.UPPER
    return Rank.LOWER
