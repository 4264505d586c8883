"""Dates, names, persons and neighbourhoods looked up in a whole charter, for questions that ask them of every charter.

A list of names or a date under a signature is often in no passage that resembles the question: the sentences are gone
through one by one, and what is found is the proof.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from index.dutch import fold, stem, words
from index.search import Hit, Searcher
from ingest.model import Charter
from qa.evidence import FEATURES, Evidence
from qa.question import Question
from qa.subject import Place, Subject, lexicon_of
from qa.values import NO_YEAR, DateLimit, dates, names_after, person, value_of, written_date

PROOFS = 3  # sentences at most that are given as proof
_HEAD = 25  # sentences: what a charter is about, and who made it, stands at its head
SIGNED_THERE = 4  # more than any sentence of a plan that others signed is worth
_SIGNED = re.compile(r"\b(?:aldus|opgemaakt|tweevoud|plaats|datum)\b", re.I)
_ROLE = re.compile(r"\b(?P<role>wethouder|burgemeester|voorzitter|directeur|projectleider|gedeputeerde)s?\b")
# In a list the office itself must be asked for: not "welke steden stellen er een aan".
_WHICH_ROLE = re.compile(rf"\b(?:welke|noem(?: de)?|namen van de) {_ROLE.pattern}")
_NAMING = frozenset(map(stem, ("naam", "namen", "noemen", "noem", "heten", "genoemd", "welke", "tekenen", "namens")))
_EVERYWHERE = 1 / 3  # share of the charters in which a name is no longer a charter's own
_UNREADABLE = re.compile(r"\bop\W*([\d][\d./ -]{4,}\d)")


@dataclass(frozen=True)
class Found:
    """What one charter gives: the value in words, its proof, and whether it meets the question's condition.

    ``holds`` is None where that cannot be told: a date that was torn or misread.
    """

    value: str
    proofs: tuple[Evidence, ...]
    holds: bool | None = True


def evidence_at(searcher: Searcher, place: Place) -> Evidence:
    """Return a sentence as evidence without a search that found it."""
    row, position = place
    return Evidence(Hit(searcher.index.passages[row], row, 0.0), position, np.zeros(len(FEATURES), np.float32), 0.0)


def sentences_of(searcher: Searcher, charter: str, question: Question) -> Iterator[tuple[Place, str]]:
    """Go through the sentences of a charter as they are read; a filter on party holds."""
    for row in np.flatnonzero(searcher.mask((charter,), question.only)).tolist():
        for position, sentence in enumerate(searcher.index.passages[row].sentences):
            if question.only in (None, sentence.actor):
                yield (row, position), sentence.text


def find_places(question: Question, searcher: Searcher, charter: Charter) -> Found | None:
    """The neighbourhoods of a charter: the sentences, at its head if possible, that name most of them."""
    named = [
        (place, own_places(text, charter.places) if number < _HEAD else ())
        for number, (place, text) in enumerate(sentences_of(searcher, charter.name, question))
    ]
    if not any(found for _, found in named):
        named = [
            (place, own_places(text, charter.places)) for place, text in sentences_of(searcher, charter.name, question)
        ]
    listed: list[str] = []
    proofs: list[Place] = []
    while len(proofs) < PROOFS:
        new = [(place, [one for one in found if one not in listed]) for place, found in named]
        place, most = max(new, key=lambda one: len(one[1]), default=((0, 0), []))
        if not most:
            break
        listed += most
        proofs.append(place)
    return Found(", ".join(listed), tuple(evidence_at(searcher, place) for place in proofs)) if proofs else None


def own_places(text: str, places: Collection[str]) -> tuple[str, ...]:
    """Return the places named in a text, in its order; of "Oud-Overdie" and "Overdie" the longer where it stands."""
    taken: list[tuple[int, int, str]] = []
    for place in sorted(places, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(place)}(?!\w)", text):
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), place))
    return tuple(dict.fromkeys(place for _, _, place in sorted(taken)))


def find_date(
    question: Question, searcher: Searcher, subject: Subject, charter: str, limit: DateLimit | None
) -> Found | None:
    """The sentence with a date that says most of the subject; held against the question's condition, if it has one."""
    said = list(sentences_of(searcher, charter, question))
    dated = [
        number for number, (_, text) in enumerate(said) if dates(text) or (question.about_signing and _unreadable(text))
    ]
    best = max(dated, key=lambda number: (_date_score(question, subject, charter, said, number), -number), default=None)
    if best is None or _date_score(question, subject, charter, said, best) < 1:
        return None
    text = said[best][1]
    proofs = tuple(evidence_at(searcher, place) for place, _ in said[_lead(said, best) : best + 1])
    value = value_of("date", text, question.text, charter)
    if value is None:
        return Found(f"{_unreadable(text)} (datum slecht leesbaar)", proofs, True if limit is None else None)
    if limit is None:
        return Found(value, proofs)
    days = [day.replace(year=limit.day.year) if day.year == NO_YEAR else day for _, day in dates(text)]
    meeting = [day for day in days if limit.holds(day)]
    return Found(written_date((meeting or days)[0]), proofs, bool(meeting))


def _lead(said: list[tuple[Place, str]], number: int) -> int:
    """The sentence that a date by itself ("20 juni 2008") belongs to: the one before it."""
    rest = said[number][1]
    for written, _ in dates(rest):
        rest = rest.replace(written, "")
    return number if number == 0 or re.search(r"[^\W\d_]", rest) else number - 1


def _date_score(
    question: Question, subject: Subject, charter: str, said: list[tuple[Place, str]], number: int
) -> float:
    """How well a sentence with a date fits the question: what it says, what is said around it, whose date it is."""
    own = said[_lead(said, number) : number + 1]
    around = [place for place, _ in said[max(0, number - 2) : number + 2]]
    text = " ".join(piece for _, piece in own)
    formal = question.about_signing and bool(_SIGNED.search(text))
    return (
        3 * subject.share(place for place, _ in own)
        + subject.share(around)
        + formal * (SIGNED_THERE if question.of_signing_alone else 1)
        + 0.5 * (formal and charter in text)
    )


def _unreadable(text: str) -> str:
    """The date after "ondertekend … op" that is none, as it stands."""
    match = _UNREADABLE.search(text) if "ondertekend" in text and not dates(text) else None
    return match[1] if match else ""


def find_names(question: Question, searcher: Searcher, charters: Collection[str]) -> dict[str, Found]:
    """The proper names that each charter gives of the thing asked about, without those of the country as a whole."""
    things = _things(question, searcher)
    places = [name for charter in searcher.index.charters for name in (charter.name, *charter.aliases, *charter.places)]
    lexicon = lexicon_of(searcher)
    saying = frozenset[Place]().union(*(lexicon.of(frozenset({thing})) for thing in things))
    given: dict[str, list[tuple[Place, tuple[str, ...]]]] = {}
    for charter in charters:
        sentences = [(place, text) for place, text in sentences_of(searcher, charter, question) if place in saying]
        given[charter] = [(place, found) for place, text in sentences if (found := names_after(text, things, places))]
    spread = Counter(name for found in given.values() for name in {name for _, names in found for name in names})
    most = max(2.0, _EVERYWHERE * len(given))
    out = {}
    for charter, mentions in given.items():
        own = [(place, [name for name in names if spread[name] <= most]) for place, names in mentions]
        chosen = _covering(own)
        if chosen:
            listed = dict.fromkeys(name for _, some in chosen for name in some)
            out[charter] = Found(", ".join(listed), tuple(evidence_at(searcher, place) for place, _ in chosen))
    return out


def _things(question: Question, searcher: Searcher) -> set[str]:
    """Stems of what is to be named: the subject's words, and of a compound its last part ("woningcorporaties")."""
    found = set()
    for word in question.topic:
        parts = searcher.index.compounds.parts(word)
        if stem(word) not in _NAMING:
            found.add(stem(parts[-1]) if parts else stem(word))
    return found


def _covering(named: list[tuple[Place, list[str]]]) -> list[tuple[Place, list[str]]]:
    """The few sentences that give most of the names, those with more names first."""
    chosen: list[tuple[Place, list[str]]] = []
    listed: set[str] = set()
    for place, names in sorted(named, key=lambda one: -len(set(one[1]))):
        if set(names) - listed and len(chosen) < PROOFS:
            chosen.append((place, names))
            listed |= set(names)
    return chosen


def role_of(question: Question) -> str | None:
    """The office of a person that a question asks for ("welke wethouder …"), or None."""
    if question.asked not in ("person", "list"):
        return None
    match = (_ROLE if question.asked == "person" else _WHICH_ROLE).search(fold(question.text))
    return match["role"] if match else None


def find_person(question: Question, searcher: Searcher, charter: str, role: str) -> Found | None:
    """The persons in an office: a name beside it, or on the lines after it; the first in the charter."""
    said = list(sentences_of(searcher, charter, question))
    for number, (place, text) in enumerate(said):
        if not any(word.endswith(role) for word in words(text)):
            continue
        for near in range(number, min(number + 3, len(said))):
            name = person(said[near][1], role)
            if name is not None and charter not in name:
                proofs = dict.fromkeys((said[near][0], place))
                return Found(name, tuple(evidence_at(searcher, one) for one in proofs))
    return None
