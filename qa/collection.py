"""Questions over all charters: every charter searched by itself, a verdict for each, list and count computed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from index.dutch import stem, words
from index.search import Hit, Mask, Query, Searcher
from qa.certainty import certainty
from qa.compose import Citations, sentence_line
from qa.evidence import evidence
from qa.finding import Found, find_date, find_names, find_person, find_places, role_of
from qa.model import Answer, Kind, Status, Verdict, retrieved
from qa.question import Question
from qa.reading import Read, Reading, read_charters, read_on
from qa.settings import Settings
from qa.signing import asks_who_signed, find_signatories
from qa.single import READ, RETRIEVED, notes, refusal
from qa.subject import Subject, subject_of
from qa.synonyms import synonyms_of
from qa.values import NUMERALS, clause, date_limit, names_after, value_of

# Under these the subject is in none of the charters, unless a sentence says all of it or a charter evidently does: the
# most that the reader thinks of any sentence, more where most of the subject's words stand nowhere; without a reader
# the certainty over all.
NOWHERE_READ, NOWHERE_ABSENT, NOWHERE_UNREAD = 1.0, 2.0, 0.13
MOSTLY = 0.5  # of a subject, by weight
EVIDENT = 0.9  # probability of a mention
YES, PARTLY = 0.47, 0.2  # probabilities of a mention; from 0.2 on a third of our own is one, below it one in seven
TURNED: dict[Status, Status] = {"yes": "no", "partly": "partly", "no": "yes"}
QUOTED, CLOSE = 3, 1.2  # sentences quoted for a charter at most, and how much worse than the best they may be
SHOWN, LISTED = 25, 16  # words of a value in the table, and in the answer's text
FEW = 5  # charters without an answer that are still named
SILENT = 0.15  # probability of a mention under which a charter in a comparison is asked whether it says anything
VALUED = 2.0  # how much better a sentence proves that holds the kind of value asked for
SHARED = 3.0  # how much less a sentence proves in a comparison that another charter has word for word
Finder = Callable[[str], Found | None]


def answer_collection(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Answer:
    """Give every charter a verdict with its proof; list and count are computed from these."""
    charters = question.within or tuple(charter.name for charter in searcher.index.charters)
    mask = searcher.mask(charters, question.only)
    hits = searcher.search(query, mask, RETRIEVED)
    subject = subject_of(question, searcher, synonyms_of(searcher.index))
    citations = Citations(searcher.index.documents)
    find = finder(question, searcher, subject, charters)
    if find is not None:
        sure = 1.0
        items = [_found(question, name, find(name), citations) for name in charters]
    else:
        readings = read_charters(question, query, searcher, subject, charters)
        over_all = partial(_certain, question, query, hits, searcher, mask)
        if _nowhere(readings, subject, searcher, over_all):  # the least bad sentences are no mention
            readings = [replace(reading, ranked=(), sure=0.0) for reading in readings]
        sure = max(reading.sure for reading in readings)
        quoted = [one for one in readings if one.sure >= PARTLY] if not question.negated else []
        proven = {one.charter: one for one in read_on(question, searcher, subject, quoted)}
        items = [_verdict(question, proven.get(one.charter, one), citations) for one in readings]
    answer = _collected(question, items, len(searcher.index.charters), hits, sure, citations, "collection")
    return _refused(answer, question, hits, query, searcher, settings)


def _certain(question: Question, query: Query, hits: Sequence[Hit], searcher: Searcher, mask: Mask) -> float:
    """How certain it is that the best of all hits answer the question."""
    return certainty(question, evidence(question, query, hits[:READ], searcher), hits, searcher, mask)


def _nowhere(readings: Sequence[Reading], subject: Subject, searcher: Searcher, certain: Callable[[], float]) -> bool:
    """Whether the subject is in none of the charters; it is not where some sentence says every word of it."""
    every = [one for reading in readings for one in reading.ranked]
    if any(one.feature("share") >= 1 for one in every):
        return False
    if searcher.reader is None:
        return certain() < NOWHERE_UNREAD
    absent = subject.unsaid >= MOSTLY
    if not absent and max((reading.sure for reading in readings), default=0.0) >= EVIDENT:
        return False
    return max((one.feature("read") for one in every), default=0.0) < (NOWHERE_ABSENT if absent else NOWHERE_READ)


def finder(question: Question, searcher: Searcher, subject: Subject, charters: Sequence[str]) -> Finder | None:
    """Return how dates, names, persons or neighbourhoods are looked up where those are asked for, else None."""
    own = {charter.name: charter for charter in searcher.index.charters}
    if question.about_places and all(own[name].places for name in charters):
        return lambda name: find_places(question, searcher, own[name])
    limit = date_limit(question.text)
    if limit is not None:
        return lambda name: find_date(question, searcher, subject, name, limit)
    if question.asked == "date" and question.about_term:
        return lambda name: find_date(question, searcher, subject, name, None)
    if asks_who_signed(question):
        return lambda name: find_signatories(question, searcher, name)
    role = role_of(question)
    if role is not None:
        return lambda name: find_person(question, searcher, name, role)
    if question.about_names:
        return find_names(question, searcher, charters).get
    return None


def _found(question: Question, charter: str, found: Found | None, citations: Citations, kept: bool = False) -> Verdict:
    """The verdict where something was looked up: found or not, and whether it meets the question's condition.

    What does not is ``kept`` in a comparison: there it tells how the charters differ.
    """
    if found is None:
        return Verdict(charter, "yes" if question.negated else "no", None, ())
    status: Status = "partly" if found.holds is None else "yes" if found.holds != question.negated else "no"
    shown = kept or status != "no"
    numbers = tuple(citations.cite(one).n for one in found.proofs) if shown else ()
    return Verdict(charter, status, found.value if shown else None, numbers)


def _whether(question: Question, found: Found | None) -> str:
    """Whether what was found meets the question's condition, in a word; nothing where it has none."""
    if found is None or date_limit(question.text) is None or found.holds is None:
        return ""
    return "ja, " if found.holds else "nee, "


def _verdict(question: Question, reading: Reading, citations: Citations) -> Verdict:
    """The verdict on one charter; for "which do not", the mention is turned round."""
    sure = reading.sure
    status: Status = "yes" if sure >= YES else "partly" if sure >= PARTLY else "no"
    if question.negated:
        status = TURNED[status]
        chosen = reading.ranked[:1]  # the nearest passage: what an official checks before believing an absence
    else:
        chosen = proofs(question, reading) if status != "no" else ()
    value = None if question.negated else _value(question, reading.charter, chosen)
    numbers = tuple(citations.cite(one.evidence).n for one in chosen) if status != "no" else ()
    return Verdict(reading.charter, status, value if status != "no" else None, numbers)


def proofs(question: Question, reading: Reading) -> tuple[Read, ...]:
    """The sentences that prove a mention: the best, and what proves it nearly as well."""
    ranked = sorted(reading.ranked, key=lambda one: -_worth(question, one))
    best, *others = ranked[:QUOTED]
    return (best, *(one for one in others if _worth(question, one) >= _worth(question, best) - CLOSE))


def _worth(question: Question, one: Read) -> float:
    """How well a sentence proves; where a number, amount or date is asked, one that holds it goes before."""
    return one.score + VALUED * (question.asked in ("number", "amount", "date")) * max(0.0, one.feature("typed"))


def _value(question: Question, charter: str, chosen: Sequence[Read]) -> str | None:
    """The amount, number, date or name in the proof; for other questions the proof itself, to the end of a clause."""
    thing = _asked_thing(question)
    for one in chosen:
        names = names_after(one.text, {thing}, (charter,)) if thing else ()
        value = ", ".join(names) or value_of(question.asked, one.text, question.text, charter)
        if value:
            return value
    return clause(chosen[0].text, SHOWN) if chosen else None


def _asked_thing(question: Question) -> str | None:
    """The stem of the thing that each charter is to name: "welk politiekorps … per stad"."""
    match = re.search(r"\bwelke? (\w{4,})", question.text.lower()) if question.every else None
    return stem(words(match[1])[0]) if match else None


def _collected(
    question: Question, items: list[Verdict], total: int, hits: list[Hit], sure: float, citations: Citations, kind: Kind
) -> Answer:
    tally = {status: sum(item.verdict == status for item in items) for status in ("yes", "partly", "no")}
    nothing = not tally["yes"] and not tally["partly"]
    return Answer(
        question=question.text,
        kind=kind,
        answer=_listed(question, items),
        refused=nothing and kind == "collection" and not question.negated,
        citations=tuple(citations.made),
        retrieved=tuple(retrieved(hit) for hit in hits),
        items=tuple(items),
        coverage={"searched": len(items), "total": total, **tally},
        confidence=sure,
        notes=notes(question),
    )


def _listed(question: Question, items: list[Verdict]) -> str:
    """Opening sentence with the computed count, then every charter of the list with its value and marker."""
    yes = [item for item in items if item.verdict == "yes"]
    partly = [item for item in items if item.verdict == "partly"]
    total = len(items)
    count = NUMERALS.get(len(yes), str(len(yes))).capitalize()
    if not yes and not partly:
        alone = f"Dat staat niet in {question.unit.of([item.charter for item in items])}."
        return f"In geen van de {total} doorzochte {question.unit.many} staat dit." if total > 1 else alone
    opening = f"{count} ({len(yes)}) van de {total} {question.unit.many}{_which(question)}: " if total > 1 else ""
    between = "; " if _asks_value(question) else ", "
    listed = between.join(f"{item.charter}{_detail(question, item, total)} {_markers(item)}".rstrip() for item in yes)
    out = f"{opening}{listed}." if yes else f"Geen van de {total} zeker."
    if partly:
        out += f" Mogelijk of ten dele: {_names(partly)}."
    without = [item.charter for item in items if item.verdict == "no"]
    if question.every and 0 < len(without) <= FEW and not question.negated:
        out += f" Niet gevonden in: {', '.join(without)}."
    return out


def _which(question: Question) -> str:
    absent = question.negated and date_limit(question.text) is None
    return " zeggen hierover niets (met de passage die er het dichtst bij komt)" if absent else ""


def _names(items: Sequence[Verdict]) -> str:
    return ", ".join(f"{item.charter} {_markers(item)}".rstrip() for item in items)


def _detail(question: Question, item: Verdict, total: int) -> str:
    """What a charter says, where that is asked; of one alone, its name would be no answer."""
    if item.value is None or (question.negated and date_limit(question.text) is None):
        return ""
    return f" – {clause(item.value, LISTED)}" if _asks_value(question) or total == 1 else ""


def _asks_value(question: Question) -> bool:
    """Whether each charter is to give something of its own: else the list says who, and the table what."""
    looked_up = question.about_places or question.about_names or date_limit(question.text) is not None
    return looked_up or question.every or question.opens or question.asked in ("number", "amount", "date", "person")


def _markers(item: Verdict) -> str:
    return "".join(f"[{n}]" for n in item.citations)


def answer_compare(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Answer:
    """Put the named charters side by side: of each the sentences that answer, or that it says nothing."""
    charters = question.within or question.charters
    mask = searcher.mask(charters, question.only)
    hits = searcher.search(query, mask, RETRIEVED)
    subject = subject_of(question, searcher, synonyms_of(searcher.index))
    find = finder(question, searcher, subject, charters)
    citations = Citations(searcher.index.documents)
    if find is not None:
        sure = 1.0
        looked_up = {name: find(name) for name in charters}
        items = [_found(question, name, found, citations, kept=True) for name, found in looked_up.items()]
        parts = [
            f"{item.charter}: {_whether(question, looked_up[item.charter])}{item.value} {_markers(item)}."
            if item.value
            else _nothing(question, item)
            for item in items
        ]
    else:
        every = tuple(charter.name for charter in searcher.index.charters)  # what one says is weighed against all
        read = read_charters(question, query, searcher, subject, every)
        readings = [one for one in read if one.charter in charters]
        over_all = cache(partial(_certain, question, query, hits, searcher, mask))
        if _nowhere(readings, subject, searcher, over_all) and over_all() < settings.refusal_threshold:
            readings = [replace(one, ranked=(), sure=0.0) for one in readings]
        sure = max(reading.sure for reading in readings)
        readings = [_unless_silent(one, question, query, searcher, settings) for one in readings]
        readings = _apart(question, read_on(question, searcher, subject, readings))
        budget = max(40, settings.answer_words // len(charters))
        told = [_told(question, reading, budget, citations) for reading in readings]
        items, parts = [item for item, _ in told], [part for _, part in told]
    answer = _collected(question, items, len(searcher.index.charters), hits, sure, citations, "compare")
    answer = replace(answer, answer=" ".join(parts), refused=not any(item.citations for item in items))
    return _refused(answer, question, hits, query, searcher, settings)


def _refused(
    answer: Answer, question: Question, hits: Sequence[Hit], query: Query, searcher: Searcher, settings: Settings
) -> Answer:
    """The answer; where it is that nothing is said, with what comes nearest and whether another charter says it."""
    if not answer.refused or answer.citations:
        return answer
    return refusal(answer, question, evidence(question, query, hits[:READ], searcher), query, searcher, settings)


def _nothing(question: Question, item: Verdict) -> str:
    return f"{item.charter}: daarover staat niets in het {question.unit.one}."


def _told(question: Question, reading: Reading, budget: int, citations: Citations) -> tuple[Verdict, str]:
    """What one charter says in a comparison, as an item and in words."""
    chosen = _side(reading, budget)
    numbers = tuple(citations.cite(one.evidence).n for one in chosen)
    value = _value(question, reading.charter, chosen)
    item = Verdict(reading.charter, "yes" if chosen else "no", value, numbers)
    said = " ".join(f"{sentence_line(one.text)} [{n}]" for one, n in zip(chosen, numbers, strict=True))
    return item, f"{reading.charter}: {said}" if chosen else _nothing(question, item)


def _unless_silent(
    reading: Reading, question: Question, query: Query, searcher: Searcher, settings: Settings
) -> Reading:
    """The reading, or an empty one where the charter, searched by itself, says nothing of what is asked."""
    nameless = all(one.feature("name") == 0 for one in reading.ranked)
    if not reading.ranked or (not nameless and reading.sure >= SILENT):
        return reading
    mask = searcher.mask((reading.charter,), question.only)
    hits = searcher.search(query, mask, RETRIEVED)
    sure = _certain(question, query, hits, searcher, mask)
    return replace(reading, ranked=(), sure=0.0) if nameless or sure < settings.refusal_threshold else reading


def _apart(question: Question, readings: Sequence[Reading]) -> list[Reading]:
    """The readings with what others say in the same words put back: in a comparison it tells nothing."""
    speakers: dict[str, set[str]] = {}
    for one in readings:
        for read in one.ranked:
            speakers.setdefault(_wording(read.text), set()).add(one.charter)

    def worth(read: Read) -> float:
        return _worth(question, read) - SHARED * (len(speakers[_wording(read.text)]) > 1)

    weighed_anew = [[replace(read, score=worth(read)) for read in one.ranked] for one in readings]
    return [
        replace(one, ranked=tuple(sorted(ranked, key=lambda read: -read.score)))
        for one, ranked in zip(readings, weighed_anew, strict=True)
    ]


def _wording(text: str) -> str:
    return " ".join(words(text))


def _side(reading: Reading, budget: int) -> tuple[Read, ...]:
    """The sentences of one charter in a comparison: the best, and what is nearly as good, in about ``budget`` words."""
    chosen: list[Read] = []
    spent = 0
    for one in reading.ranked[:QUOTED]:
        length = len(one.text.split())
        if not chosen or (spent + length <= budget and one.score >= reading.ranked[0].score - CLOSE):
            chosen.append(one)
            spent += length
    return tuple(chosen)
