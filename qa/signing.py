"""Who signed a charter and when: looked up where the parties introduce themselves and where they sign.

These lines resemble no question: an office on one line, a name on the next, and the same pair at both ends. So they are
gone through, as for dates and names that are asked of every charter (``qa.finding``).
"""

import re

from rapidfuzz.distance import DamerauLevenshtein

from index.dutch import fold, words
from index.search import Searcher
from ingest.model import Actor
from qa.evidence import Evidence
from qa.finding import Found, evidence_at, find_date, own_places, sentences_of
from qa.question import Question
from qa.subject import Place, subject_of
from qa.values import TITLE, person

_HEAD = 60  # sentences, of which the first introduce the parties
_DRAWN_UP = re.compile(r"\baldus\b.*\bondertekend\b", re.I)
_OFFICE = re.compile(r"\b(wethouder|burgemeester(?! en wethouders))\b", re.I)
_COLLEGE = re.compile(r"\bcollege van burgemeesters? en wethouders\b", re.I)
_MINISTER = re.compile(r"^(?:en )?(?:de )?minister\b", re.I)
_WHO = re.compile(r"\bwie\b|\bwelke (?:\w+ )?(?:bestuurder|wethouder)")


def signing(question: Question, searcher: Searcher) -> tuple[Evidence, ...]:
    """Return the lines that say who signed, or when, where just that is asked of one charter; else nothing."""
    if not question.of_signing_alone or len(question.scope) != 1:
        return ()
    if question.asked == "date":
        found = find_date(question, searcher, subject_of(question, searcher), question.scope[0], None)
        return found.proofs if found else ()
    return _signatories(question, searcher, question.scope[0]) if asks_who_signed(question) else ()


def find_signatories(question: Question, searcher: Searcher, charter: str) -> Found | None:
    """Who signed a charter: the names, and the lines that give them with their offices."""
    proofs = _signatories(question, searcher, charter)
    names = [name for one in proofs if (name := _name(one.sentence.text))]
    return Found(", ".join(dict.fromkeys(names)), proofs) if names else None


def _name(line: str) -> str | None:
    """The name that a line under a charter gives; none where an office is only announced."""
    titled = TITLE.search(line)
    if _MINISTER.search(line):
        return line[titled.start() :].strip(" ,.") if titled else None
    if line.rstrip().endswith(":") or (_COLLEGE.search(line) and not titled):
        return None
    return person(line, "wethouder")


def _signatories(question: Question, searcher: Searcher, charter: str) -> tuple[Evidence, ...]:
    """The city's own come first; those of the party that is asked about alone, where one is."""
    said = list(sentences_of(searcher, charter, question))
    drawn_up = max((n for n, (_, text) in enumerate(said) if _DRAWN_UP.search(text)), default=len(said))
    where = [*said[: min(_HEAD, drawn_up)], *said[drawn_up:]]
    found = _of_places(said[drawn_up:], question, searcher, charter)
    if not found:
        found = [] if question.actor == "rijk" else _of_city(where)
        found += [] if _party(question) == "gemeente" else _of_state(where)
    return tuple(evidence_at(searcher, place) for place in dict.fromkeys(found))


def asks_who_signed(question: Question) -> bool:
    """Whether who signed is all that is asked."""
    if not question.of_signing_alone:
        return False
    return question.asked == "person" or bool(_WHO.search(fold(question.text)))


def _party(question: Question) -> Actor | None:
    return "gemeente" if re.search(r"\b(?:wethouder|bestuurder)", fold(question.text)) else question.actor


def _of_places(said: list[tuple[Place, str]], question: Question, searcher: Searcher, charter: str) -> list[Place]:
    """Who signed for the neighbourhoods that the question names, with the line that says so before the name."""
    known = next(one.places for one in searcher.index.charters if one.name == charter)
    asked = own_places(question.text, known)
    lines = [n for n, (_, text) in enumerate(said[:-1]) if set(asked) & set(own_places(text, known))]
    return [said[near][0] for n in lines if person(said[n + 1][1], "voorzitter") for near in (n, n + 1)]


def _of_city(said: list[tuple[Place, str]]) -> list[Place]:
    """The offices with their names, each person once, as introduced before as signed: there the portfolio stands."""
    found: list[Place] = []
    known: list[str] = []
    for number, (place, text) in enumerate(said):
        office = _OFFICE.search(text)
        nearby = said[number : number + (2 if office else 1)] if office or _COLLEGE.search(text) else []
        for near, following in nearby:
            name = person(following, office[1].lower() if office else "wethouder")
            if name is None:
                continue
            surname = next(word for word in reversed(words(name)) if word not in ("sr", "jr"))
            if all(DamerauLevenshtein.distance(surname, one) > 2 for one in known):
                known.append(surname)
                found += [place, near]
            break
    return found


def _of_state(said: list[tuple[Place, str]]) -> list[Place]:
    """The first minister with the name, which may be on the next line."""
    for number, (place, text) in enumerate(said):
        if _MINISTER.search(text):
            following = [near for near, _ in said[number + 1 : number + 2]] if text.rstrip().endswith(",") else []
            return [place, *([] if TITLE.search(text) else following)]
    return []
