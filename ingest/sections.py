"""Blocks -> headings -> the section tree.

Two passes. The first recognises which blocks are headings, from their form and what stands around them. The second
gives every heading a rank (small is high) and hangs it under the nearest higher one. Ranks cannot be read off one
heading alone: "Veiligheid" stands above "Gezamenlijke ambitie" when that follows it, below "Inzet rijk" when not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ingest.actors import Parties
from ingest.lines import PAGE_BREAK, Block
from ingest.model import Actor
from ingest.sentences import reading


class Rank(IntEnum):
    """How high a heading stands; headings of Markdown (1–6) and 'Deel'…'Artikel' lie in between."""

    MARKDOWN = 0
    PART = 7
    STRUCTURE = 8
    CHAPTER = 20
    UPPER = 30
    ROLE = 40
    NESTED = 45
    LOWER = 50
    BULLET = 60


_STRUCTURE = ("boek", "deel", "titel", "hoofdstuk", "afdeling", "paragraaf", "artikel")
_STRUCTURED = re.compile(
    r"(boek|deel|titel|hoofdstuk|afdeling|paragraaf|artikel|art\.|§)\s*((?:\d+|[IVXLC]+)[a-z]*(?:[.:]\d+[a-z]*)*|[A-Z])\b[.:]?(.*)",
    re.I,
)
_TOPIC = re.compile(r"(?:(pijler)\s+\w+|(bijlage)(?:\s+\w+)?|(thema))\b(?!['’]).*", re.I)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)([a-z]?)\s?([.):]*)\s+(\S.*)")
_LETTERED = re.compile(r"([a-h])[.)]\s+(\S.*)")
_HASHES = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*)")
_SIGNED = re.compile(
    r"(?:aldus|getekend|opgemaakt|ondertekend)\b.*\b(?:opgemaakt|ondertekend|overeengekomen|vastgesteld|getekend)\b",
    re.I,
)
_FRONT = re.compile(
    r"(?:preambule|inleiding|voorwoord|samenvatting|considerans|inhoudsopgave|voorbehouden|overwegingen)",
    re.I,
)
# Words of a whole sentence; a title has none of them.
_SENTENCE_WORD = re.compile(
    r"\b(?:is|zijn|was|waren|wordt|worden|werd|werden|zal|zullen|zou|heeft|hebben|had|kan|kunnen|wil|willen|gaat|gaan|"
    r"richt|zet|neemt|stelt|spreken|spreekt|hanteren|draagt|betekent|luidt|volgt|wij|we|ik|ze|hiervoor|"
    r"staan|staat|geldt|gelden|volgende|onder\s+meer|waaronder|\w{3,}eert|komt|krijgt|streeft|streven|\w+\s+die)\b",
    re.I,
)
_LEAD_IN = re.compile(
    r"(?:om|daarnaast|hiertoe|namelijk|te weten|maatregelen|ambities|doelen|door|verder|toelichting|nb|noot|let op)\b",
    re.I,
)
_OFFICE = re.compile(
    r"(?:de\s+|het\s+)?(?:wethouder|minister|staatssecretaris|voorzitter|burgemeester|portefeuillehouder|directeur|bestuurder|college)\b",
    re.I,
)
# "Betreffende de aanpak van …": what an agreement is about, in its head block.
_PARTY_LINE = re.compile(r"(?:betreffende|betreft|inzake)\b", re.I)
MAX_TITLE = 110
MAX_PLAIN = 90  # without a number or any other mark of a heading
# Titles with which policy papers close; they stand beside the chapters, not under the last role.
_GENERAL = re.compile(
    r"(?:financi(?:ering|ën)|(?:overleg|organisatie|planning|voortgang|evaluatie|communicatie)(?:\s+en\s+\w+)?|"
    r"overige?|slot(?:bepalingen|woord)?|inwerkingtreding|looptijd|conclusies?|bijlagen?)",
    re.I,
)


@dataclass(frozen=True)
class Heading:
    """A heading before the tree: ``index`` of its block, its ``title`` for reading, what it looks like."""

    index: int
    title: str
    look: str  # markdown, structure, topic, caps, chapter, nested, role, title, front, head, sign
    level: int = 0  # of Markdown marks, structure words or the parts of a number
    actor: Actor | None = None
    blocks: int = 1


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


@dataclass
class _Numbers:
    """Which numberings are open, outermost first: [rank, last number, stands apart]."""

    open: list[list[int]] = field(default_factory=list)

    def close_lists(self) -> None:
        self.open = [level for level in self.open if level[0] < Rank.BULLET]

    def place(self, number: int, titled: bool, alone: bool, lead_in: bool, again: bool = False) -> int:
        """Return the rank of a line with this number; ``Rank.BULLET`` when it is an item of a list.

        ``again``: the number may come back, as in 6a and 6b.
        """
        heading = titled and alone
        # "… de volgende zaken af:" before chapter 1 announces chapters, within a chapter it announces a list.
        lead_in = lead_in and any(level[0] == Rank.CHAPTER for level in self.open)
        for i in range(len(self.open) - 1, -1, -1):
            rank, last, loose = self.open[i]
            fits = number == last + 1 or (again and number == last)
            if (
                fits
                and (heading or rank == Rank.BULLET)
                and not (heading and rank == Rank.BULLET and not loose)
            ):
                self.open[i:] = [[rank, number, loose]]
                return rank
        if heading and not lead_in and number <= 1:
            rank = Rank.NESTED if any(level[0] == Rank.CHAPTER for level in self.open) else Rank.CHAPTER
            self.open.append([rank, number, 1])
            return rank
        chapters = [level for level in self.open if level[0] == Rank.CHAPTER]
        if heading and not lead_in and number > (chapters[0][1] if chapters else 0):
            self.open = [[Rank.CHAPTER, number, 1]]
            return Rank.CHAPTER
        if number <= 1:
            self.open.append([Rank.BULLET, number, int(alone)])
        return Rank.BULLET


def headings_of(blocks: Sequence[Block], parties: Parties, head: bool) -> list[Heading]:
    """Return the headings among ``blocks``; ``head``: the text opens with a head block (title, parties, signatories)."""
    out: list[Heading] = []
    numbers = _Numbers()
    start = 0
    if head and blocks:
        count = 2 if len(blocks) > 1 and not re.search(r"[^\W\d]{2}", blocks[0].text) else 1
        out.append(Heading(0, _clean(" ".join(block.text for block in blocks[:count])), "head", blocks=count))
        start = count
    front, signed = head, False
    for i in range(start, len(blocks)):
        found = _heading(blocks, i, parties, numbers, front or signed)
        if not signed and _SIGNED.match(blocks[i].text.strip()) and not (found and found.look != "title"):
            signed = True
            if not (out and out[-1].index == i - 1 and out[-1].look in ("title", "front")):
                out.append(Heading(i, "Ondertekening", "sign", blocks=0))
            continue
        if found is None:
            continue
        front = front and found.look == "title"
        signed = False
        if found.look not in ("title", "role"):
            numbers.close_lists()
        out.append(found)
    return out


def _heading(
    blocks: Sequence[Block], i: int, parties: Parties, numbers: _Numbers, strict: bool
) -> Heading | None:
    """Return the heading that block ``i`` is, or None; ``strict`` among names and offices, where titles are rare."""
    block = blocks[i]
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    raw = block.text.strip()
    if block.kind == "rule" or block.kind == "row" or block.kind == "note" or len(block.lines) > 1:
        return None
    if match := _HASHES.fullmatch(raw):
        return Heading(i, _clean(match[2]), "markdown", len(match[1]))
    if following is not None and following.kind == "rule" and following.gap == 0 and block.kind == "text":
        return Heading(i, _clean(raw), "markdown", 1 if "=" in following.text else 2)
    text = _clean(raw[: 2 * MAX_TITLE])
    if not text or len(text) > MAX_TITLE:
        _count(numbers, text)
        return None
    alone = block.gap > 0 and following is not None and (following.gap > 0 or following.kind != block.kind)
    lead_in = i > 0 and blocks[i - 1].text.rstrip().endswith(":") and blocks[i - 1].kind != "item"
    above_role = following is not None and _names_role(_clean(following.text[: 2 * MAX_TITLE]), parties)
    return (
        _structured(i, text, block)
        or _numbered(i, text, raw, numbers, alone, lead_in, above_role)
        or _lettered(i, text, parties, alone)
        or _role(i, text, block, parties)
        or _unnumbered(i, text, raw, block, following, alone, strict)
    )


def _count(numbers: _Numbers, text: str) -> None:
    """Remember the number of a long list item, so that a later heading is not taken for its successor."""
    match = _NUMBERED.fullmatch(text)
    if match and match[1].isdigit():
        numbers.place(int(match[1]), False, False, False)


def _clean(text: str) -> str:
    """Return a heading for reading: no marks, no colon at its end."""
    return reading(text).strip("*").strip().rstrip(":").strip()


def _structured(i: int, text: str, block: Block) -> Heading | None:
    if block.gap == 0 or text.endswith((";", ",")):
        return None
    if match := _STRUCTURED.fullmatch(text):
        rest = match[3].strip()
        word = match[1].lower().replace("art.", "artikel").replace("§", "paragraaf")
        if (not rest or rest[0].isupper()) and not _looks_like_sentence(rest):
            return Heading(i, text, "structure", _STRUCTURE.index(word))
        return None
    if (match := _TOPIC.fullmatch(text)) and _titled(text) and text[0].isupper():
        return Heading(i, text, "topic", 0 if match[1] or match[2] else 1)
    return None


def _names_role(text: str, parties: Parties) -> bool:
    match = _LETTERED.fullmatch(text)
    return len(text) <= MAX_TITLE and parties.of_heading(match[2] if match else text) is not None


def _numbered(
    i: int, text: str, raw: str, numbers: _Numbers, alone: bool, lead_in: bool, above_role: bool
) -> Heading | None:
    match = _NUMBERED.fullmatch(text)
    if match is None or re.match(r"[-•]", raw):
        return None
    parts, suffix, mark, title = match.groups()
    level = parts.count(".")
    # What stands above "Gezamenlijke ambitie" is a chapter, even when it reads like a sentence; so is "6b".
    titled = (above_role or bool(suffix) or _titled(title, period=True)) and (
        title[0].isupper() or title[0] in "\"'“‘"
    )
    if level:
        found = Heading(i, text, "chapter", level) if titled and alone and not title.endswith(".") else None
        return found
    if not mark and not suffix and not numbers.open:
        return None
    # Only the numbering can excuse a full stop ("3. Multiprobleemgezinnen: van … naar krachtgezin.").
    rank = numbers.place(int(parts), titled, alone, lead_in, bool(suffix))
    if rank == Rank.BULLET or (title.endswith(".") and not alone):
        return None
    return Heading(i, text, "chapter" if rank == Rank.CHAPTER and ")" not in mark else "nested")


def _lettered(i: int, text: str, parties: Parties, alone: bool) -> Heading | None:
    match = _LETTERED.fullmatch(text)
    if match is None:
        return None
    title = match[2]
    actor = parties.of_heading(title)
    if actor is not None and not title.endswith("."):
        return Heading(i, text, "role", actor=actor)
    return Heading(i, text, "role", actor=None) if alone and title[0].isupper() and _titled(title) else None


def _role(i: int, text: str, block: Block, parties: Parties) -> Heading | None:
    actor = parties.of_heading(text)
    if actor is None or block.gap == 0 or text.endswith((".", ";", ",")) or _looks_like_sentence(text):
        return None
    return Heading(i, text, "role", actor=actor)


def _unnumbered(
    i: int, text: str, raw: str, block: Block, following: Block | None, alone: bool, strict: bool
) -> Heading | None:
    """Recognise a title without a number: in capitals, emphasised, or a short line that stands alone."""
    if following is None or following.kind == "row" or not _titled(text):
        return None
    letters = [char for char in text if char.isalpha()]
    if (
        block.kind == "item"
        or len(text) > MAX_PLAIN
        or not alone
        or (not text[0].isupper() and text[0] not in "\"'“‘'")
    ):
        return None
    if _FRONT.fullmatch(text):
        return Heading(i, text, "front" if text.lower() != "inleiding" or i < 3 else "title")
    if len(letters) >= 5 and all(char.isupper() for char in letters):
        return Heading(i, text, "caps")
    if (
        (strict and len(following.text) < 120)
        or _PARTY_LINE.match(text)
        or _OFFICE.match(text)
        or re.search(r"\d{4}$|[€=]|www|@", text)
    ):
        return None
    if raw.rstrip("*").endswith(":"):
        return Heading(i, text, "title") if len(text.split()) <= 7 and not _LEAD_IN.match(text) else None
    return Heading(i, text, "title")


def _titled(text: str, period: bool = False) -> bool:
    """Whether ``text`` reads as a title: short, no end of a sentence, no verb of a main clause."""
    if len(text) > MAX_TITLE or len(text.split()) > 18 or text.endswith((";", ",")):
        return False
    if not period and text.endswith(".") and not re.search(r"\b(?:e\.d|etc)\.$", text):
        return False
    return not _looks_like_sentence(text)


def _looks_like_sentence(text: str) -> bool:
    return _SENTENCE_WORD.search(text) is not None


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
        nodes.append(
            Node(
                path[1:] if path[0] == name else path,
                actor,
                tuple(blocks[heading.index : body]),
                tuple(blocks[body:end]),
            )
        )
    return nodes


def _ranks(headings: Sequence[Heading], blocks: Sequence[Block]) -> list[int]:
    numbered = any(heading.look == "chapter" for heading in headings)
    out: list[int] = []
    role_open = False
    for k, heading in enumerate(headings):
        following = headings[k + 1] if k + 1 < len(headings) else None
        rank = _rank(heading, following, blocks, numbered, role_open)
        if (
            k
            and heading.look == headings[k - 1].look == "title"
            and rank == out[-1]
            and _empty(headings[k - 1], heading)
        ):
            rank += 5  # directly under another title: a part of what that announces
        role_open = rank == Rank.ROLE or (role_open and rank > Rank.ROLE)
        out.append(rank)
    return out


def _empty(heading: Heading, following: Heading) -> bool:
    return following.index == heading.index + heading.blocks


def _rank(
    heading: Heading, following: Heading | None, blocks: Sequence[Block], numbered: bool, role_open: bool
) -> int:
    fixed = {
        "markdown": Rank.MARKDOWN + heading.level,
        "structure": Rank.STRUCTURE + heading.level,
        "topic": Rank.UPPER if heading.level or blocks[heading.index].gap < PAGE_BREAK else Rank.CHAPTER,
        "chapter": Rank.CHAPTER + heading.level,
        "nested": Rank.NESTED,
        "caps": Rank.CHAPTER,
        "front": Rank.CHAPTER,
        "head": Rank.CHAPTER,
        "sign": Rank.CHAPTER,
        "role": Rank.ROLE,
    }
    if heading.look in fixed:
        return fixed[heading.look]
    if not numbered and blocks[heading.index].gap >= PAGE_BREAK:
        return Rank.CHAPTER
    if following is not None and following.look == "chapter" and _empty(heading, following):
        return Rank.PART
    if _GENERAL.fullmatch(heading.title):
        return Rank.UPPER
    if following is not None and following.look == "role" and re.search(r"ambitie", following.title, re.I):
        return Rank.UPPER
    if following is not None and following.look == "nested":
        return Rank.UPPER
    return Rank.LOWER if role_open else Rank.UPPER
