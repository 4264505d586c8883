"""Amounts, numbers, dates and names taken from a sentence, for questions that ask them of every charter."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from index.dutch import fold
from qa.question import Asked

_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december")  # fmt: skip
_MONTH = "|".join(_MONTHS)
NO_YEAR = 1  # the year of a date that is written without one
_WRITTEN = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})(?:\s+((?:19|20)\d\d))?\b", re.I)
_DIGITS = re.compile(r"(?<![\d.,])(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/. ]\s?((?:19|20)?\d\d)(?!\d)")
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
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
_NAME = re.compile(r"\b[A-Z][\w&'-]*(?:\s+(?:van|de|der|den|het|en|&)?\s*[A-Z][\w&'-]*)*")
Order = Literal["before", "after", "in", "on"]


@dataclass(frozen=True)
class DateLimit:
    """A condition on dates in a question: before, after, on or in the month of ``day``."""

    order: Order
    day: dt.date

    def holds(self, day: dt.date) -> bool:
        """Say whether a date meets the condition."""
        if self.order == "before":
            return day < self.day
        if self.order == "after":
            return day > self.day
        if self.order == "in":
            return (day.year, day.month) == (self.day.year, self.day.month)
        return day == self.day


def dates(text: str) -> list[tuple[str, dt.date]]:
    """Return (as written, date) for every date; a year of two digits is of this century, a missing one is year 1."""
    found = [(m.start(), m[0], m[1], str(_MONTHS.index(m[2].lower()) + 1), m[3]) for m in _WRITTEN.finditer(text)]
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
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_limit(question: str) -> DateLimit | None:
    """Return the condition on dates that a question sets ("vóór 1 mei 2008", "in juli 2008"), or None."""
    folded = fold(question)
    full = dates(folded)
    if full:
        before = folded[: folded.find(full[0][0])]
        last = (before.split() or [""])[-1]
        order: Order = "before" if last in ("voor", "eerder", "dan") and "later dan" not in before else "on"
        order = "after" if last in ("na", "sinds") or "later dan" in before else order
        return DateLimit(order, full[0][1])
    month = re.search(rf"\bin ({_MONTH}) ((?:19|20)\d\d)\b", folded)
    return DateLimit("in", dt.date(int(month[2]), _MONTHS.index(month[1]) + 1, 1)) if month else None


def value_of(asked: Asked, text: str, question: str, charter: str) -> str | None:
    """Return the value that a sentence gives to a question for an amount, number, date or name, or None."""
    if asked == "date":
        found = dates(text)
        return written_date(found[0][1]) if found and found[0][1].year > NO_YEAR else None
    if asked == "amount":
        amount = _AMOUNT.search(text)
        return amount[0].strip() if amount else None
    if asked == "number":
        return _number(text, question)
    if asked == "person":
        names = [name for name in _NAME.findall(text)[1:] if name != charter]
        return ", ".join(dict.fromkeys(names)) or None
    return None


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
