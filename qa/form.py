"""What form an answer must have, and whether a text holds it: a number, amount, date, name, who acts, a full name.

A passage that speaks of the very thing but gives no number is the commonest near miss of all. Years, dates, ordinals,
references and the numbers of lists are no quantities, nor are durations where things are counted. What the question
says itself answers nothing, and a name of the charters' own places only where a place is asked.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

from index.dutch import MONTH, NUMERAL, fold, words
from qa.question import Question

Form = Literal["number", "percentage", "amount", "date", "name", "agent", "expansion"]

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
_EXPANSION = re.compile(r"\bwaar(?:voor)? staa(?:t|n)\b.*\bvoor\b|\bafkorting\b")
_LETTERS = re.compile(r"\b\w*[A-Z]\w*[A-Z]\w*\b|(?<=afkorting )\w+")
_COUNTING = re.compile(r"(?:voor |met |van |in |op )?hoeveel\b")
_MONEY = re.compile(r"\b(?:budget|bijdrage|kosten|kost|bedrag|subsidie|geld|euro)\b")
_WRITTEN = rf"één|{NUMERAL}|helft|kwart|beide"
_QUANTITY = re.compile(rf"\d(?:[\d.,]*\d)?|\b(?:{_WRITTEN})\b", re.I)
_NO_QUANTITY = re.compile(
    rf"^\s*[-•]?\s*\d{{1,2}}[.)]\s|\b\d{{1,2}}\s+(?:{MONTH})\b(?:\s+\d{{4}})?|\b(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?\b"
    r"|\b\d+\s*(?:e|de|ste)\b|\b(?:paragraaf|artikel|bijlage|hoofdstuk|zie|tabel|lid|punt|§)\s*\d[\d.]*"
    r"|\bin één\b|\béén (?:van de|of)\b",
    re.I,
)
_DURATION = re.compile(
    rf"\b(?:\d+|{_WRITTEN})\s*(?:-?jarig\w*|(?:jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|uren|minuten)\b)", re.I
)
_COUNTS_TIME = re.compile(
    r"(?<!\bper )\b(?:jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|uren|minuten|lang|vaak)\b"
)
_HOLDS: dict[Form, re.Pattern[str]] = {
    "percentage": re.compile(r"\d\s*%|\b(?:procent|helft|kwart|derde|allemaal)\b|\d\s*op de\s*\d|\d/\d", re.I),
    "amount": re.compile(
        r"(?:€|\beuro)\s*\d|\d[\d.,]*\s*(?:euro|mln|miljoen|miljard|ton\b|,-|€)|\d{1,3}(?:\.\d{3})+", re.I
    ),
    "date": re.compile(
        rf"\b(?:19|20)\d\d\b|\b(?:{MONTH})\b|\b\d{{1,2}}\s?[-/]\s?\d{{1,2}}\s?[-/]\s?\d{{2,4}}"
        r"|\b(?:jaar|jaarlijks|maand|maanden|weken|kwartaal|voorjaar|najaar|zomer|eind|begin)\b",
        re.I,
    ),
}
# Who acts in policy texts, apart from names: bodies, offices, and people by what they do or are.
_AGENT = re.compile(
    r"\b(?:gemeenten?|rijk|provincie|college|raad|\w*raden|\w*corporaties?|\w*politie|bewoners?\w*|burgers?|huurders?|ouders?"
    r"|jongeren|vrijwilligers?|ondernemers?|\w*coach(?:es)?|\w*makelaars?|\w*werkers?|\w*beheerders?|\w*meesters?|regisseurs?"
    r"|\w*leiders?|\w*manager\w*|\w*ministeri\w+|ministers?|wethouders?|burgemeester|\w*teams?|\w*overleg|\w*groep(?:en)?"
    r"|stichting(?:en)?|partners?|partijen|\w*instelling(?:en)?|\w*instanties?|\w*organisaties?|\w*scho(?:ol|len)"
    r"|\w*bedrij(?:f|ven)|\w*vereniging(?:en)?|\w*bureaus?|\w*diensten?|\w*fonds|\w*huis|consortium)\b",
    re.I,
)
_PLACE_ASKED = re.compile(
    r"\b(?:welke|naam|namen|heet|heten)\b.*\b(?:\w*wijk(?:en)?|\w*buurt(?:en)?|gemeenten?|steden|stad|\w*stra(?:at|ten)"
    r"|\w*plein(?:en)?|gebied(?:en)?)\b"
)
_NAME = re.compile(r"(?<=[^.!?:\s]\s)\(?(?P<name>[A-Z][\w'’-]{2,}|[A-Z]{2,})")
STATE = frozenset(
    ["wwi", "vrom", "ocw", "szw", "vws", "bzk", "ez", "lnv", "rijk", "justitie", "gezin", "jeugd", "nederland", "eu"]
)


def form_of(question: Question) -> Form | None:
    """Return the form that the answer must have; None where any sentence may answer."""
    text = fold(question.text)
    if _EXPANSION.search(text) and _LETTERS.search(question.text):
        return "expansion"
    if question.asked == "person" or re.search(r"\bwie\b", text):
        return "agent"
    for form, pattern in _ASKED:
        if re.search(pattern, text) and not (form == "name" and _COUNTING.match(text)):
            return form
    if question.asked == "amount" or (question.asked == "number" and _MONEY.search(text)):
        return "amount"
    if question.asked == "number" or (question.asked == "fact" and re.search(r"\baantal(?:len)?\b", text)):
        return "number"
    if question.asked == "date" or (question.asked == "fact" and re.search(r"\b(?:jaar|datum)\W*$", text)):
        return "date"
    return None


def holds(form: Form, text: str, asked: str, places: Collection[str]) -> bool:
    """Whether a text holds something of a form that the question ``asked`` does not say itself.

    ``places`` are words that name places of the corpus, folded.
    """
    if form == "number":
        return bool(_quantities(text, not _COUNTS_TIME.search(fold(asked))) - _quantities(asked, False))
    if form in ("name", "agent"):
        agents = _agents_in(text) if form == "agent" else frozenset()
        known = frozenset() if form == "name" and _PLACE_ASKED.search(fold(asked)) else frozenset(places)
        return bool((agents | (names_in(text) - STATE - known)) - frozenset(words(asked)))
    if form == "expansion":
        return any(_spelled_out(fold(letters), fold(text)) for letters in _LETTERS.findall(asked))
    return bool(_HOLDS[form].search(_without(text, asked)))


def _spelled_out(letters: str, text: str) -> bool:
    """Whether a text says what letters stand for: "Centrum voor Jeugd en Gezin (CJG)", or the other way round."""
    beside = re.findall(rf"([^().;:]+)\(\s*{letters}\s*\)", text) + re.findall(rf"\b{letters}\s*\(([^()]+)\)", text)
    for piece in beside:
        spoken = words(piece)[-3 * len(letters) :]
        starts = (place for place, word in enumerate(spoken) if word[0] == letters[0])
        if any(_in_order(letters, "".join(spoken[place:])) for place in starts):
            return True
    return False


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


@lru_cache(maxsize=20_000)
def _quantities(text: str, of_things: bool) -> frozenset[str]:
    """The numbers of a text that count something; durations only where time is counted."""
    plain = _NO_QUANTITY.sub(" ", text)
    return frozenset(fold(found) for found in _QUANTITY.findall(_DURATION.sub(" ", plain) if of_things else plain))


def _without(text: str, asked: str) -> str:
    """A text without the numbers that the question gives."""
    given = frozenset(_QUANTITY.findall(asked))
    return _QUANTITY.sub(lambda found: " " if found[0] in given else found[0], text)


@lru_cache(maxsize=20_000)
def names_in(text: str) -> frozenset[str]:
    """Return the words with a capital inside the sentences of a text, folded."""
    return frozenset(words(match["name"])[0] for match in _NAME.finditer(text) if words(match["name"]))


@lru_cache(maxsize=20_000)
def _agents_in(text: str) -> frozenset[str]:
    return frozenset(words(" ".join(_AGENT.findall(text))))
