"""What form an answer must have: a number, a percentage, an amount, a date or a name; and whether a text holds one.

A passage that speaks of the very thing but gives no number is the commonest near miss of all. Years, dates and the
numbers of lists are no quantities; the names of the charters' own places, of ministries, and words of the question
itself are no names that answer it.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

from index.dutch import fold, words
from qa.question import Question

Form = Literal["number", "percentage", "amount", "date", "name"]

_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_NAMEABLE = (
    r"corporaties?|verhuurders?|\w*scho(?:ol|len)|organisaties?|instelling(?:en)?|stichting(?:en)?|\w*vereniging(?:en)?"
    r"|\w*clubs?|bank(?:en)?|\w*bedrij(?:f|ven)|partijen|partners?|bureaus?|\w*stra(?:at|ten)|\w*plein(?:en)?"
    r"|\w*buurt(?:en)?|\w*wijk(?:en)?|\w*huis|\w*huizen|wethouders?|\w*groepen|verzekeraars?|gemeenten?|kerk(?:gebouw)?"
    r"|ministers?|ministeries?|\w*centrum|\w*centra|fonds(?:en)?|locaties?|plaats"
)
_ASKED: tuple[tuple[Form, str], ...] = (
    ("name", rf"\b(?:heet|heten|naam|namen)\b|\b(?:welke?|wat voor)\s+(?:[\w-]+\s+){{0,2}}\w*(?:{_NAMEABLE})\b"),
    ("percentage", r"percentage|procent|welk (?:deel|gedeelte)|aandeel"),
    (
        "amount",
        r"bedrag\b|hoeveel (?:euro|geld|subsidie|budget)|welk budget"
        r"|\bhoe (?:hoog|groot) .*(?:budget(?:ten)?|bijdragen?|subsidies?)\b",
    ),
)
_MONEY = re.compile(r"\b(?:budget|bijdrage|kosten|kost|bedrag|subsidie|geld|euro)\b")
_WRITTEN = (
    "één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|twintig|dertig|veertig|vijftig"
    "|zestig|honderd|duizend|helft|kwart|tientallen|beide|enkele"
)
_NO_QUANTITY = re.compile(
    rf"^\s*[-•]?\s*\d{{1,2}}[.)]\s|\b\d{{1,2}}\s+(?:{_MONTH})\b(?:\s+\d{{4}})?|\b(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?\b",
    re.I,
)
_HOLDS: dict[Form, re.Pattern[str]] = {
    "number": re.compile(rf"\d|\b(?:{_WRITTEN})\b", re.I),
    "percentage": re.compile(r"\d\s*%|\b(?:procent|helft|kwart|derde|allemaal)\b|\d\s*op de\s*\d|\d/\d", re.I),
    "amount": re.compile(
        r"(?:€|\beuro)\s*\d|\d[\d.,]*\s*(?:euro|mln|miljoen|miljard|ton\b|,-|€)|\d{1,3}(?:\.\d{3})+", re.I
    ),
    "date": re.compile(
        rf"\b(?:19|20)\d\d\b|\b(?:{_MONTH})\b|\b\d{{1,2}}\s?[-/]\s?\d{{1,2}}\s?[-/]\s?\d{{2,4}}"
        r"|\b(?:jaar|jaarlijks|maand|maanden|weken|kwartaal|voorjaar|najaar|zomer|eind|begin)\b",
        re.I,
    ),
}
_NAME = re.compile(r"(?<=[^.!?:\s]\s)\(?(?P<name>[A-Z][\w'’-]{2,}|[A-Z]{2,})")
_STATE = frozenset(
    ["wwi", "vrom", "ocw", "szw", "vws", "bzk", "ez", "lnv", "rijk", "justitie", "gezin", "jeugd", "nederland", "eu"]
)


def form_of(question: Question) -> Form | None:
    """Return the form that the answer must have; None where any sentence may answer."""
    text = fold(question.text)
    for form, pattern in _ASKED:
        if re.search(pattern, text):
            return form
    if question.asked == "amount" or (question.asked == "number" and _MONEY.search(text)):
        return "amount"
    if question.asked == "number" or (question.asked == "fact" and re.search(r"\baantal(?:len)?\b", text)):
        return "number"
    if question.asked == "date" or (question.asked == "fact" and re.search(r"\b(?:jaar|datum)\W*$", text)):
        return "date"
    return "name" if question.asked == "person" else None


def holds(form: Form, text: str, asked: str, places: Collection[str]) -> bool:
    """Whether a text holds something of a form; ``places`` are words that name places of the corpus, folded."""
    if form == "name":
        return bool(names_in(text) - frozenset(words(asked)) - _STATE - frozenset(places))
    return bool(_HOLDS[form].search(_NO_QUANTITY.sub(" ", text) if form == "number" else text))


@lru_cache(maxsize=20_000)
def names_in(text: str) -> frozenset[str]:
    """Return the words with a capital inside the sentences of a text, folded."""
    return frozenset(words(match["name"])[0] for match in _NAME.finditer(text) if words(match["name"]))
