"""The facts of a sentence that can be held against a source: numbers, amounts, dates, percentages.

Pure functions; two facts are equal where they mean the same, however they are written: 225.000 and 225 duizend,
1 maart 2008 and 1-3-2008, "negen" and 9, 25% and 25 procent.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from index.dutch import MONTH, MONTHS, fold, stem, words
from qa.values import dates

FactKind = Literal["number", "money", "percent", "year", "date", "month", "ordinal", "quantity"]

_UNITS = {
    "nul": 0, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17,
    "achttien": 18, "negentien": 19,
}  # fmt: skip
_TENS = {
    "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
    "negentig": 90,
}  # fmt: skip
_TIMES = {
    "honderd": 1e2, "duizend": 1e3, "ton": 1e5, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9, "mrd": 1e9,
    "k": 1e3,
}  # fmt: skip
_ORDINALS = {
    "eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7, "achtste": 8,
    "negende": 9, "tiende": 10,
}  # fmt: skip
# Quantities without a number: the source must have the same word.
_QUANTITIES = frozenset(
    [
        "helft",
        "half",
        "halve",
        "kwart",
        "anderhalf",
        "anderhalve",
        "dubbel",
        "dubbele",
        "verdubbeld",
        "verdubbelen",
        "verdubbeling",
        "gehalveerd",
        "halveren",
        "halvering",
        "dozijn",
        "tientallen",
        "honderden",
        "duizenden",
        "miljoenen",
        "tiental",
        "honderdtal",
    ]
)
_FULL_DATE = re.compile(
    rf"\b\d{{1,2}}\s+(?:{MONTH})(?:\s+(?:19|20)\d\d)?\b"
    r"|(?<![\d.,])\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:(?:19|20)?\d\d)(?!\d)",
    re.I,
)
_MONTH_YEAR = re.compile(rf"\b({MONTH})\s+((?:19|20)\d\d)\b", re.I)
_MONTH_ALONE = re.compile(rf"\b({MONTH})\b", re.I)
_NUMBER = re.compile(
    r"(?P<euro>€\s*)?(?P<digits>\d+(?:[.,]\d+)*)(?P<ordinal>(?:e|de|ste)\b)?"
    r"(?:\s?(?P<times>honderd|duizend|ton|miljoen|mln|miljard|mld|mrd|k)\b\.?)?"
    r"(?P<after>\s?(?:%|procent\w*|percent|euro\b|€(?!\s*\d)))?",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+", re.I)
_EURO_BEHIND = re.compile(r"\s?(?:euro\b|€(?!\s*\d))", re.I)
_PERCENT_BEHIND = re.compile(r"\s?(?:%|procent|percent)", re.I)
_RANGE = re.compile(
    r"\s?(?:-|–|tot|à|en|naar|of)\s?(?:€\s*)?\d+(?:[.,]\d+)*\s?(%|procent|percent|euro\b|€|miljoen|mln)", re.I
)


@dataclass(frozen=True)
class Fact:
    """One fact: what it means (``kind``, ``value``) and where and how it is written."""

    kind: FactKind
    value: tuple[int, int, int] | float | str
    start: int = field(compare=False, default=0)
    written: str = field(compare=False, default="")


def numeral(word: str) -> int | None:
    """Return the number that a folded Dutch word spells (vijfentwintig, tweehonderdvijftig), or None."""
    if word in _UNITS:
        return _UNITS[word]
    if word in _TENS:
        return _TENS[word]
    for name, times in (("duizend", 1000), ("honderd", 100)):
        head, found, tail = word.partition(name)
        if found:
            many = numeral(head) if head else 1
            rest = numeral(tail.removeprefix("en")) if tail else 0
            return None if many is None or rest is None else many * times + rest
    for name, tens in _TENS.items():
        head = word.removesuffix(name)
        if head != word and head.endswith("en") and head[:-2] in _UNITS and _UNITS[head[:-2]] < 10:
            return tens + _UNITS[head[:-2]]
    return None


def facts(text: str) -> list[Fact]:
    """Return the facts of a text in the order in which they stand there."""
    folded = plain(text)
    out: list[Fact] = []
    taken = [False] * len(folded)

    def take(kind: FactKind, value: tuple[int, int, int] | float | str, start: int, end: int) -> None:
        out.append(Fact(kind, value, start, folded[start:end]))
        taken[start:end] = [True] * (end - start)

    for match in _FULL_DATE.finditer(folded):
        for _, day in dates(match[0])[:1]:
            take("date", (day.year, day.month, day.day), match.start(), match.end())
    for match in _MONTH_YEAR.finditer(folded):
        if not taken[match.start()]:
            take("date", (int(match[2]), MONTHS.index(match[1]) + 1, 0), match.start(), match.end())
    for match in _MONTH_ALONE.finditer(folded):
        if not taken[match.start()]:
            take("month", float(MONTHS.index(match[1]) + 1), match.start(), match.end())
    for match in _NUMBER.finditer(folded):
        if not taken[match.start("digits")]:
            take(*_digits(folded, match), match.start(), match.end())
    for match in _WORD.finditer(folded):
        if not taken[match.start()]:
            _spelt(text, folded, match, take)
    return sorted(out, key=lambda fact: fact.start)


def plain(text: str) -> str:
    """Return the text in small letters without diacritics, character for character."""
    lowered = text.lower()
    return "".join(fold(char)[:1] or char for char in lowered) if len(lowered) == len(text) else fold(text)


def _digits(text: str, match: re.Match[str]) -> tuple[FactKind, float]:
    value = _value(match["digits"])
    if match["times"]:
        value *= _TIMES[match["times"].lower()]
    after = match["after"] or ""
    year = re.fullmatch(r"(?:19|20)\d\d", match["digits"]) is not None
    behind = None if year else _RANGE.match(text, match.end())
    unit = after or (behind[1] if behind else "")
    if match["ordinal"]:
        return "ordinal", value
    if match["euro"] or re.search(r"euro|€", unit):
        return "money", value
    if re.search(r"%|procent|percent", unit):
        return "percent", value
    if year and not match["times"]:
        return "year", value
    if match["times"] in ("miljoen", "mln", "miljard", "mld", "mrd", "ton"):
        return "money", value  # nothing else is counted in millions here; "2 miljoen" and "€ 2 miljoen" are one
    return "number", value


def _value(digits: str) -> float:
    """225.000 -> 225000, 2,9 -> 2.9, 4.2 -> 4.2, 1.250,50 -> 1250.5."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        return float(digits.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d+", digits):
        return float(digits.replace(",", "."))
    try:
        return float(digits)
    except ValueError:
        return float(re.sub(r"\D", "", digits))  # 1.2.3: only equal to itself


def _spelt(written: str, text: str, match: re.Match[str], take_word: "_Take") -> None:
    word = match[0]
    if word in _QUANTITIES:
        take_word("quantity", stem(word), match.start(), match.end())
        return
    if word in _ORDINALS:
        take_word("ordinal", float(_ORDINALS[word]), match.start(), match.end())
        return
    one = written[match.start() : match.end()].lower() in ("één", "eén")  # "een" is an article
    number = 1 if one else None if word == "een" else numeral(word)
    if number is None:
        return
    value, end = float(number), match.end()
    times = re.compile(r"\s(duizend|miljoen|mln|miljard|mld|ton)\b").match(text, end)
    if times:
        value, end = value * _TIMES[times[1]], times.end()
    big = times is not None and times[1] != "duizend"
    if _EURO_BEHIND.match(text, end) or big:
        take_word("money", value, match.start(), end)
    elif _PERCENT_BEHIND.match(text, end):
        take_word("percent", value, match.start(), end)
    else:
        take_word("number", value, match.start(), end)


class _Take(Protocol):
    def __call__(self, kind: FactKind, value: tuple[int, int, int] | float | str, start: int, end: int) -> None: ...


def supported(fact: Fact, source: Iterable[Fact]) -> bool:
    """Say whether a source with these facts has this one: the same, or a finer date."""
    return any(_covers(other, fact) for other in source)


def _covers(other: Fact, fact: Fact) -> bool:
    if other == fact:
        return True
    if other.kind == "date" and isinstance(other.value, tuple):
        year, month, day = other.value
        if fact.kind == "date" and isinstance(fact.value, tuple):
            same = fact.value[:2] == (year, month) and fact.value[2] in (0, day)
            return same or (fact.value[0] == 1 and fact.value[1:] == (month, day))  # the day without its year
        return (fact.kind == "year" and fact.value == year) or (fact.kind == "month" and fact.value == month)
    if {other.kind, fact.kind} == {"year", "number"}:
        return other.value == fact.value  # 2008 dwellings, or the year: the words around decide
    return False


def unsupported(sentence: str, source: str) -> Fact | None:
    """Return the first fact of a sentence that its source does not have, or None."""
    known = facts(source)
    return next((fact for fact in facts(sentence) if not supported(fact, known)), None)


def misplaced(sentence: str, source: str) -> Fact | None:
    """Return a number that the source has, but of something else or of another year; None where all fit.

    Only where the source has a choice: several numbers of the kind, or several years.
    """
    said, known = facts(sentence), facts(source)
    for fact in said:
        rivals = {other.value for other in known if other.kind == fact.kind}
        if fact.kind in ("number", "money", "percent") and len(rivals) > 1:
            places = [other for other in known if _covers(other, fact)]
            if not any(_same_thing(sentence, fact, source, place) for place in places):
                return fact
            if not any(_same_year(fact, said, place, known) for place in places):
                return fact
    return None


def _same_thing(sentence: str, fact: Fact, source: str, place: Fact) -> bool:
    """Whether a word right behind the number here also follows it there, before the next number."""
    after = [stem(word) for word in words(sentence[fact.start + len(fact.written) :])[:3] if len(word) > 3]
    if fact.kind != "number" or not after:
        return True
    end = place.start + len(place.written)
    following = min((other.start for other in facts(source) if other.start >= end), default=len(source))
    behind = words(source[end:following])[:7]
    near = {stem(word) for word in behind or words(source[: place.start])[-4:]}
    return any(_akin(word, other) for word in after for other in near)


def _akin(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) > 3 and (word.endswith(other) or other.endswith(word)))


def _same_year(fact: Fact, said: list[Fact], place: Fact, known: list[Fact]) -> bool:
    """Whether the year nearest to the number is the same here and there, where both have years to choose from."""
    here, there = _nearest_year(fact, said), _nearest_year(place, known)
    choice = {_year(other) for other in known} - {None}
    return here is None or there is None or len(choice) < 2 or here == there


def _nearest_year(fact: Fact, among: list[Fact]) -> int | None:
    years = [(abs(other.start - fact.start), _year(other)) for other in among if _year(other) is not None]
    return min(years)[1] if years else None


def _year(fact: Fact) -> int | None:
    if fact.kind == "year" and isinstance(fact.value, float):
        return int(fact.value)
    return fact.value[0] if fact.kind == "date" and isinstance(fact.value, tuple) and fact.value[0] > 1 else None
