"""Amounts, numbers, dates and names taken from a sentence, for questions that ask them of every charter."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from index.dutch import MONTH, MONTHS, fold, stem
from qa.question import Asked

NO_YEAR = 1  # the year of a date that is written without one
_WRITTEN = re.compile(rf"(?<!\d)(?<!\d[.,])(\d{{1,2}})\s+({MONTH})(?:\s+((?:19|20)\d\d))?\b", re.I)
_DIGITS = re.compile(r"(?<!\d)(?<!\d[.,])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/. ]\s?((?:19|20)?\d\d)(?!\d)")
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"€\s?(?:{_NUMBER})(?:\s?(?:miljoen|miljard|mln|mld|duizend|ton)\b)?\.?(?:,-+)?"
    rf"|(?:{_NUMBER})\s?(?:miljoen|miljard|mln\.?|mld\.?|duizend|ton)?\s?euro\b|(?:{_NUMBER})\s?(?:miljoen|mln|miljard)\b",
    re.I,
)
_WORDS = {
    "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10,
    "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17,
    "achttien": 18, "negentien": 19, "twintig": 20,
}  # fmt: skip
NUMERALS = {number: word for word, number in _WORDS.items()} | {1: "eén", 0: "geen enkele"}
_COUNTED = re.compile(rf"(?:{_NUMBER})%?|\b(?:{'|'.join(word for word in _WORDS if word != 'een')})\b", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_PERCENT = re.compile(r"\d+(?:,\d+)?\s?(?:%|procent)")
_RATIO = re.compile(r"(?<![\d,.])\d{1,2}\s?%?\s?[-–/:]\s?\d{1,2}\s?%?(?![\d,.])")
# A name of one or more words, at most a small word between: "Haag Wonen", "Rotterdam-Rijnmond", "Van der Pekbuurt".
_CAPITAL = r"(?:[A-Z][\w&'’-]*)"
_NAME = rf"(?:(?:De |Het |'t )?{_CAPITAL}(?:(?: (?:van|de|der|den|het|voor|op|&))* {_CAPITAL}| {_CAPITAL})*)"
_LISTED = rf"{_NAME}(?:(?:, | / |/| en | & |,? alsmede )(?:de |het )?{_NAME})*"
_A_TITLE = r"(?:[Dd]rs|[Dd]r|[Mm]r|[Ii]r|[Ii]ng|[Pp]rof|[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw|[Hh]eer)\b\.?"
TITLE = re.compile(rf"\b{_A_TITLE}")  # that stands before a person's name
_ENUMERATED = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[-•o*]+)\s+")
Order = Literal["before", "after", "in", "on"]


@dataclass(frozen=True)
class DateLimit:
    """A condition on dates in a question: before, after, on or in the month of ``day``; without a year, in any year."""

    order: Order
    day: dt.date

    def holds(self, day: dt.date) -> bool:
        """Say whether a date meets the condition."""
        year = day.year if self.day.year != NO_YEAR else NO_YEAR
        given, limit = (year, day.month, day.day), (self.day.year, self.day.month, self.day.day)
        if self.order == "before":
            return given < limit
        if self.order == "after":
            return given > limit
        return given == limit if self.order == "on" else given[:2] == limit[:2]


def dates(text: str) -> list[tuple[str, dt.date]]:
    """Return (as written, date) for every date; a year of two digits is of this century, a missing one is year 1."""
    found = [(m.start(), m[0], m[1], str(MONTHS.index(m[2].lower()) + 1), m[3]) for m in _WRITTEN.finditer(text)]
    found += [(m.start(), m[0], m[1], m[2], m[3]) for m in _DIGITS.finditer(text)]
    out = []
    for _, written, day, month, year in sorted(found, key=lambda one: one[0]):
        try:
            number = int(year) if year else NO_YEAR
            out.append((written, dt.date(number + 2000 if year and number < 100 else number, int(month), int(day))))
        except ValueError:
            continue  # 31-2, or a number that only looks like a date
    return out


def written_date(day: dt.date) -> str:
    """Return a date in Dutch: 4 februari 2008."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year if day.year != NO_YEAR else ''}".rstrip()


def date_limit(question: str) -> DateLimit | None:
    """Return the condition on dates that a question sets ("vóór 1 mei 2008", "in juli 2008"), or None."""
    folded = fold(question)
    full = dates(folded)
    if full:
        before = folded[: folded.find(full[0][0])]
        last = (before.split() or [""])[-1]
        order: Order = "before" if last in ("voor", "eerder", "dan", "tot", "uiterlijk") else "on"
        order = "after" if last in ("na", "sinds") or "later dan" in before else order
        return DateLimit(order, full[0][1] + dt.timedelta(days=last == "uiterlijk"))
    month = re.search(rf"\bin ({MONTH}) ((?:19|20)\d\d)\b", folded)
    return DateLimit("in", dt.date(int(month[2]), MONTHS.index(month[1]) + 1, 1)) if month else None


def value_of(asked: Asked, text: str, question: str, charter: str) -> str | None:
    """Return the value that a sentence gives to a question for an amount, number, date or name, or None."""
    text = _ENUMERATED.sub("", text)
    if asked == "date":
        return _date(text, question)
    if asked == "amount":
        return _amount(text, charter)
    if asked == "number":
        return _share(text, question) or _number(text, question)
    return None


_OF_SHARES = re.compile(r"percentage|procent|aandeel|verhouding|\bdeel\b")
_UNTIL = re.compile(r"\b(?:tot wanneer|einddatum|eindig\w*|aflopen|loopt? .{0,40}\baf\b|tot en met wanneer)\b")


def _date(text: str, question: str) -> str | None:
    """The date in a sentence; of "vanaf … tot en met …" the end where the end is asked."""
    found = [one for one in dates(text) if one[1].year > NO_YEAR] or dates(text)
    if not found:
        return None
    written, day = found[-1] if _UNTIL.search(fold(question)) else found[0]
    return written_date(day) if day.year > NO_YEAR else written


def _amount(text: str, charter: str) -> str | None:
    """The amount in a sentence; where there are more, the one nearest to the charter's own name."""
    found = list(_AMOUNT.finditer(text))
    own = text.find(charter)
    if not found:
        return None
    best = min(found, key=lambda match: abs(match.start() - own)) if own >= 0 else found[0]
    return best[0].strip()


def _share(text: str, question: str) -> str | None:
    """The percentages or ratio of a sentence, where those are asked, with the words that join them."""
    if not _OF_SHARES.search(fold(question)):
        return None
    ratio = "verhouding" in fold(question)
    found = list((_RATIO if ratio else _PERCENT).finditer(text))
    if not found:
        return None
    joined = text[found[0].start() : found[-1].end()]
    return joined if len(joined.split()) <= 16 else ", ".join(dict.fromkeys(match[0] for match in found))


def _number(text: str, question: str) -> str | None:
    """The number nearest before a word of the question; years only where nothing else is there."""
    asked = {word for word in re.findall(r"\w{4,}", fold(question))}
    candidates = [m for m in _COUNTED.finditer(text) if not _YEAR.match(m[0]) and not _inside_range(text, m)]
    if not candidates:
        return None

    def distance(match: re.Match[str]) -> int:
        after = re.findall(r"\w+", fold(text[match.end() : match.end() + 60]))[:4]
        return next((place for place, word in enumerate(after) if word in asked), 9)

    best = min(candidates, key=distance)
    following = re.match(r"\s+((?:\w+\s+){0,2}\w+)", text[best.end() :])
    return best[0] if following is None else f"{best[0]} {' '.join(following[1].split()[:2])}".rstrip(".,;")


def _inside_range(text: str, match: re.Match[str]) -> bool:
    """Whether the number is half of a range of years (2007 – 2011) or of a date."""
    around = text[max(0, match.start() - 8) : match.end() + 8]
    return bool(re.search(r"(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d", around)) and len(match[0]) == 4


def names_after(text: str, things: Collection[str], others: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names that a sentence gives of a thing: "corporaties (Woonbron en Progez)", "korps Twente".

    ``things`` are stems; a compound of one ("wooncorporatie") is one too. ``others`` are names that are not meant, of
    places above all.
    """
    found: list[str] = []
    for match in re.finditer(r"[^\W\d_]+", text):
        if any(stem(fold(match[0])).endswith(thing) for thing in things):
            rest = text[match.end() :]
            listed = _NEXT.match(rest) or _FURTHER.match(rest)
            if listed is not None:
                found += _split(listed[1])
    shut = {fold(name) for name in others}
    return tuple(
        dict.fromkeys(
            name for name in found if len(name) > 2 and fold(name) not in shut and not re.fullmatch(MONTH, fold(name))
        )
    )


_NEXT = re.compile(rf"(?:[\s:|(\"'‘“]|te weten|zoals|waaronder|genaamd|van|met)*({_LISTED})")
_FURTHER = re.compile(rf"[^.;]{{0,90}}?(?:\(|te weten |waaronder |genaamd )({_NAME}(?:, {_NAME})*(?: en {_NAME}))")


def _split(listed: str) -> list[str]:
    return [piece.strip() for piece in re.split(r", | / |/| en | & |,? alsmede ", listed) if piece.strip()]


_PERSON = re.compile(
    rf"(?={_A_TITLE}|[A-Z])(?:{_A_TITLE}\s*)*(?:[A-Z][\w’'-]*\.?\s?|(?:van|de|der|den|het|ten|ter)\s)+(?:sr\.?|jr\.?)?"
)
_OFFICE = re.compile(r"\b(?:minister|staatssecretaris|commissaris)\b")


def person(text: str, role: str) -> str | None:
    """Return the name of the person that a line gives, beside a role ("Hekman, wethouder") or by itself, or None.

    Of several the one with a title or initials; without these the last, which the portfolio stands before.
    """
    if _OFFICE.search(text):
        return None
    pieces = re.split(
        rf",|\n|\ben\b|\b[Dd]e (?:\w+ )?{role}\b|(?:\w+erend )?\w*{role}\b|(?<=[a-z]),? (?={_A_TITLE}\s)", text
    )
    names = [piece.strip(" .…;:()*") for piece in pieces if piece and _PERSON.fullmatch(piece.strip(" .…;:()*"))]
    names = [name for name in names if 2 <= len(name.split()) <= 6]
    sure = [name for name in names if re.match(rf"{_A_TITLE}|(?:[A-Z]\.\s?)+", name)]
    return (sure or names or [None])[-1]


_MARKS = re.compile(r"^[*•\-–\s]+|[*¹²³⁴⁵⁶⁷⁸⁹⁰]+(?=[\s.,;:)]|$)")
_CLAUSE = re.compile(
    r"[,;:]|\s[–-]\s"
    r"|\s(?=(?:waarbij|waarmee|waarin|waardoor|zodat|omdat|om|die|dat|en|ten behoeve|in het kader|door|op basis)\b)"
)


def clause(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` words for a table, without marks of the layout, cut where a clause ends."""
    plain = " ".join(_ENUMERATED.sub("", _MARKS.sub("", text)).split()).lstrip("*")
    if len(plain.split()) <= limit:
        return plain.rstrip(" ;,:.") if plain.endswith((";", ",", ":", ".")) else plain
    ends = [match.start() for match in _CLAUSE.finditer(plain)]
    fitting = [end for end in ends if limit // 2 <= len(plain[:end].split()) <= limit]
    kept = plain[: fitting[-1]] if fitting else " ".join(plain.split()[:limit])
    return f"{kept.rstrip(' ,;:–-')} …"
