"""Blocks -> headings: which lines are headings, from their form and from what stands around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.actors import Parties
from ingest.lines import Block
from ingest.model import Actor
from ingest.sentences import reading

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
    r"(?:om|daarnaast|hiertoe|namelijk|te weten|maatregelen|ambities|doelen|door|verder|"
    r"toelichting|nb|noot|let op|aan|van|datum|onderwerp|kenmerk|betreft|auteur|bron)\b",
    re.I,
)
_OFFICE = re.compile(
    r"(?:de\s+|het\s+)?(?:wethouder|minister|staatssecretaris|voorzitter|burgemeester|portefeuillehouder|directeur|bestuurder|college)\b",
    re.I,
)
# "Betreffende de aanpak van …": what an agreement is about, in its head block.
_PARTY_LINE = re.compile(r"(?:betreffende|betreft|inzake)\b", re.I)
_CONTENTS = re.compile(r"inhoud(?:sopgave)?|charter", re.I)
MAX_TITLE = 110
MAX_PLAIN = 90  # without a number or any other mark of a heading


@dataclass(frozen=True)
class Heading:
    """A heading before the tree: ``index`` of its block, its ``title`` for reading, what it looks like."""

    index: int
    title: str
    look: str  # markdown, structure, topic, caps, chapter, nested, role, title, front, head, sign
    level: int = 0  # of Markdown marks, structure words or the parts of a number
    actor: Actor | None = None
    blocks: int = 1


_CHAPTER, _NESTED, _LIST = 0, 1, 2


@dataclass
class _Numbers:
    """Which numberings are open, outermost first: [kind, last number, stands apart]."""

    open: list[list[int]] = field(default_factory=list)

    def close_lists(self) -> None:
        self.open = [level for level in self.open if level[0] != _LIST]

    def place(
        self, number: int, heading: bool, lead_in: bool = False, again: bool = False, set_off: bool = False
    ) -> int:
        """Return what numbering a line with this number belongs to; ``_LIST``: it is an item and no heading.

        ``heading``: it stands apart and reads like a title; ``lead_in``: a colon stands before it;
        ``again``: the number may come back, as in 6a and 6b; ``set_off``: emphasis or a bracket makes it
        more than a list item.
        """
        # "… de volgende zaken af:" before chapter 1 announces chapters, within a chapter it announces a list.
        lead_in = lead_in and any(level[0] == _CHAPTER for level in self.open)
        for i in range(len(self.open) - 1, -1, -1):
            kind, last, loose = self.open[i]
            fits = number == last + 1 or (again and number == last)
            if fits and (heading or kind == _LIST) and not (heading and kind == _LIST and not loose):
                self.open[i:] = [[kind, number, loose]]
                return kind
        chapters = [level for level in self.open if level[0] == _CHAPTER]
        if heading and not lead_in and number <= 1 and (set_off or not chapters):
            self.open.append([_NESTED if chapters else _CHAPTER, number, 1])
            return self.open[-1][0]
        if heading and not lead_in and number > (chapters[0][1] if chapters else 0):
            self.open = [[_CHAPTER, number, 1]]
            return _CHAPTER
        if number <= 1:
            self.open.append([_LIST, number, int(heading)])
        return _LIST


@dataclass
class _Context:
    """What is known while the blocks are read from top to bottom."""

    parties: Parties
    marked: bool  # headings are marked with "#": then nothing else is one
    strict: bool  # among names and offices, where titles are rare
    numbers: _Numbers = field(default_factory=_Numbers)
    below: bool = False  # the block stands directly under a heading


def headings_of(blocks: Sequence[Block], parties: Parties, head: bool) -> list[Heading]:
    """Return the headings among ``blocks``; ``head``: the text opens with its title and parties."""
    marked = sum(_HASHES.fullmatch(block.text.strip()) is not None for block in blocks) >= 2
    context = _Context(parties, marked, strict=head)
    out = [_head_of(blocks)] if head and blocks else []
    start = out[0].blocks if out else 0
    signed = False
    for i in range(start, len(blocks)):
        context.below = bool(out) and out[-1].index == i - 1 and blocks[i].gap == 0
        found = _heading(blocks, i, context)
        if not signed and _SIGNED.match(blocks[i].text.strip()) and not (found and found.look != "title"):
            signed = context.strict = True
            if not (out and out[-1].index == i - 1 and out[-1].look in ("title", "front")):
                out.append(Heading(i, "Ondertekening", "sign", blocks=0))
            continue
        if found is None:
            continue
        context.strict, signed = context.strict and not signed and _within_head(found), False
        if found.look not in ("title", "role"):
            context.numbers.close_lists()
        out.append(found)
    return out


def _head_of(blocks: Sequence[Block]) -> Heading:
    """Return the title of a charter; a number on a line of its own belongs to it."""
    count = 2 if len(blocks) > 1 and not re.search(r"[^\W\d]{2}", blocks[0].text) else 1
    return Heading(0, _clean(" ".join(block.text for block in blocks[:count])), "head", blocks=count)


def _within_head(heading: Heading) -> bool:
    """Whether names and offices may still follow: after a table of contents, or "Charter" once more."""
    return _CONTENTS.fullmatch(heading.title) is not None


def _heading(blocks: Sequence[Block], i: int, context: _Context) -> Heading | None:
    """Return the heading block ``i`` is, or None."""
    block = blocks[i]
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    raw = block.text.strip()
    if block.kind == "rule" or block.kind == "row" or block.kind == "note" or len(block.lines) > 1:
        return None
    if match := _HASHES.fullmatch(raw):
        return Heading(i, _clean(match[2]), "markdown", len(match[1]))
    if following is not None and following.kind == "rule" and following.gap == 0 and block.kind == "text":
        return Heading(i, _clean(raw), "markdown", 1 if "=" in following.text else 2)
    if context.marked:
        return None
    text = _clean(raw[: 2 * MAX_TITLE])
    if not text or len(text) > MAX_TITLE:
        _count(context.numbers, text)
        return None
    alone = (block.gap > 0 or context.below) and following is not None and _stands_over(block, following)
    lead_in = i > 0 and blocks[i - 1].text.rstrip().endswith(":") and blocks[i - 1].kind != "item"
    above_role = following is not None and _names_role(_clean(following.text[: 2 * MAX_TITLE]), context.parties)
    return (
        _structured(i, text, block)
        or _numbered(i, text, raw, context.numbers, alone, lead_in, above_role)
        or _lettered(i, text, context.parties, alone)
        or _role(i, text, block, context.parties)
        or _unnumbered(i, text, raw, block, following, alone, context.strict)
    )


def _stands_over(block: Block, following: Block) -> bool:
    """Whether what follows is set apart from a line, or is the paragraph that it heads."""
    text = following.text.rstrip()
    sentence = len(text) >= MAX_PLAIN or (text.endswith((".", ":")) and len(text.split()) >= 5)
    body = following.kind == block.kind == "text" and sentence and len(block.text) <= MAX_PLAIN
    return following.gap > 0 or following.kind != block.kind or body


def _count(numbers: _Numbers, text: str) -> None:
    """Remember the number of a long list item, so that a later heading is not taken for its successor."""
    match = _NUMBERED.fullmatch(text)
    if match and match[1].isdigit():
        numbers.place(int(match[1]), False)


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
    titled = (above_role or bool(suffix) or _titled(title, period=True)) and (title[0].isupper() or title[0] in "\"'“‘")
    if level:
        found = Heading(i, text, "chapter", level) if titled and alone and not title.endswith(".") else None
        return found
    # Only the numbering can excuse a full stop ("3. Multiprobleemgezinnen: van … naar krachtgezin.").
    set_off = ")" in mark or "*" in raw
    kind = numbers.place(int(parts), titled and alone, lead_in, bool(suffix), set_off)
    if kind == _LIST or (title.endswith(".") and not alone):
        return None
    return Heading(i, text, "chapter" if kind == _CHAPTER and ")" not in mark else "nested")


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
    if following is None or block.kind == "item" or len(text) > MAX_PLAIN or not alone:
        return None
    if not (_titled(text) or re.fullmatch(r"\w{6,}\.", text)) or re.match(r"\*+\s", raw):
        return None
    if not text[0].isupper() and text[0] not in "\"'“‘":
        return None
    if _FRONT.fullmatch(text):
        return Heading(i, text, "front" if text.lower() != "inleiding" or i < 3 else "title")
    if following.kind == "row":
        return None
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 5 and all(char.isupper() for char in letters):
        return Heading(i, text, "caps")
    if strict:
        about = _PARTY_LINE.match(following.text) is not None
        return (
            Heading(i, text, "front") if about or (len(following.text) >= 120 and not _PARTY_LINE.match(text)) else None
        )
    if _OFFICE.match(text) or re.search(r"\d{1,2}[- ][\w.]+[- ]\d{2,4}$|[€=]|www|@", text):
        return None
    if re.match(r"\w+:\s", text) and _LEAD_IN.match(text):
        return None  # "Aan: het college"
    if raw.rstrip("*").endswith(":") and (len(text.split()) > 7 or _LEAD_IN.match(text)):
        return None
    return Heading(i, text, "title")


def _titled(text: str, period: bool = False) -> bool:
    """Whether ``text`` reads as a title: short, no end of a sentence, no verb of a main clause."""
    if len(text) > MAX_TITLE or len(text.split()) > 18 or text.endswith((";", ",")):
        return False
    if not period and text.endswith(".") and not re.search(r"\b(?:e\.d|etc)\.$", text):
        return False
    return not _looks_like_sentence(text)


def _looks_like_sentence(text: str) -> bool:
    question = text.endswith("?") and len(text.split()) <= 9
    return not question and _SENTENCE_WORD.search(text) is not None
