"""Questions over all charters: every charter searched by itself, a verdict for each, list and count computed."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from index.dutch import STOP_WORDS, stem, words
from index.search import Hit, Query, Searcher
from qa.certainty import certainty
from qa.compose import Citations, sentence_line
from qa.evidence import FEATURES, Evidence, Features, Topic, evidence, fitted, sentence_terms, topic_of
from qa.model import Answer, Kind, Status, Verdict, retrieved
from qa.question import Question
from qa.settings import Settings
from qa.single import READ, RETRIEVED, notes, shortened
from qa.values import NO_YEAR, NUMERALS, DateLimit, date_limit, dates, value_of, written_date

PASSAGES = 4  # of each charter are read
VERDICT = (
    "coverage",  # the most of the subject that one sentence names
    "coverage_passage",  # the most that one passage names, with its header
    "rarest",  # the subject's most telling word is named in the best passages
    "rarest_sentence",  # and in one sentence
    "phrase",  # share of the subject's neighbouring words that stand next to each other
    "focus",  # the best fit of the subject's words in one sentence
    "weakest",  # the worst-fitting word of the subject, in its best sentence
    "score",  # the best sentence's score
    "behind",  # how far that lies behind the best charter's
    "above",  # how far above the mean of all charters, in standard deviations
)


@dataclass(frozen=True)
class Reading:
    """What one charter has to say: its best sentences (best first) and the features of its verdict."""

    charter: str
    ranked: tuple[Evidence, ...]
    features: Features
    mentions: bool = True


def read_charters(
    question: Question, query: Query, searcher: Searcher, charters: tuple[str, ...], passages: int = PASSAGES
) -> list[Reading]:
    """Search every charter by itself and weigh its sentences."""
    topic = topic_of(question, query, searcher)
    hits = searcher.search_each(query, charters, question.only, passages)
    ranked = {name: evidence(question, query, hits[name], searcher) for name in charters}
    best = np.array([ranked[name][0].score if ranked[name] else -np.inf for name in charters])
    known = best[np.isfinite(best)]
    mean, spread, top = (known.mean(), known.std() + 1e-6, known.max()) if len(known) else (0.0, 1.0, 0.0)
    return [
        Reading(name, tuple(ranked[name]), _features(topic, ranked[name], searcher, (top, mean, spread)))
        for name in charters
    ]


def _features(
    topic: Topic, ranked: list[Evidence], searcher: Searcher, over_all: tuple[float, float, float]
) -> Features:
    if not ranked:
        return np.zeros(len(VERDICT), np.float32)
    rows = np.stack([one.features for one in ranked])
    column = {name: rows[:, i] for i, name in enumerate(FEATURES)}
    compounds = searcher.index.compounds
    sentences = [sentence_terms(one.sentence.text, compounds) for one in ranked]
    passages = [
        sentence_terms(f"{one.hit.passage.header} {one.hit.passage.text}", compounds)
        for one in {one.hit.row: one for one in ranked}.values()
    ]
    rarest = topic.terms[int(topic.weights.argmax())] if len(topic.terms) else frozenset()
    top, mean, spread = over_all
    return np.array(
        (
            column["coverage"].max(),
            column["coverage_passage"].max(),
            max((_named(rarest, terms) for terms in passages), default=0.0),
            max((_named(rarest, terms) for terms in sentences), default=0.0),
            max((_phrase(topic, one) for one in ranked), default=0.0),
            column["focus"].max(),
            column["weakest"][column["focus"].argmax()],
            ranked[0].score,
            top - ranked[0].score,
            (ranked[0].score - mean) / spread,
        ),
        np.float32,
    )


def _named(terms: frozenset[str], present: frozenset[str]) -> float:
    return len(terms & present) / len(terms) if terms else 0.0


def _phrase(topic: Topic, one: Evidence) -> float:
    """Share of the subject's neighbouring words that also stand next to each other in the sentence."""
    if len(topic.terms) < 2:
        return 0.0
    stems = [stem(word) for word in words(one.sentence.text)]
    beside = set(pairwise(stems))
    pairs = list(pairwise(topic.stems))
    return sum(pair in beside for pair in pairs) / len(pairs)


NOWHERE = 0.13  # certainty over all charters together under which the subject is in none of them
YES, PARTLY = 0.45, 0.36  # probabilities of a mention; chosen on the gold questions, each judged by the others
STOP_STEMS = frozenset(map(stem, STOP_WORDS))
TURNED: dict[Status, Status] = {"yes": "no", "partly": "partly", "no": "yes"}
QUOTED = 2  # sentences quoted for a charter
SHOWN = 25  # words of a quote in the answer's text
# How sentences are weighed as proof of a mention: what they name, who acts, whole phrases of the question.
NAMING, ACTING, NAMED, PHRASE, PLACING, CLOSE = 6.0, 2.0, 1.5, 3.0, 3.0, 1.5
DATED_PASSAGES = 10  # of each charter are read where a date decides


def answer_collection(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Answer:
    """Give every charter a verdict with its proof; list and count are computed from these."""
    charters = question.within or tuple(charter.name for charter in searcher.index.charters)
    limit = date_limit(question.text)
    mask = searcher.mask(charters, question.only)
    hits = searcher.search(query, mask, RETRIEVED)
    sure = certainty(question, evidence(question, query, hits[:READ], searcher), hits, searcher, mask)
    readings = read_charters(question, query, searcher, charters, PASSAGES if limit is None else DATED_PASSAGES)
    if sure < NOWHERE:  # a subject that no charter has: the least bad sentences are no mention
        readings = [replace(reading, mentions=False) for reading in readings]
    citations = Citations(searcher.index.documents)
    places = {charter.name: charter.places for charter in searcher.index.charters} if question.about_places else {}
    items = [
        _verdict(replace(question, places=places.get(reading.charter, ())), reading, limit, citations)
        for reading in readings
    ]
    return _collected(question, items, hits, sure, citations, "collection")


def _verdict(question: Question, reading: Reading, limit: DateLimit | None, citations: Citations) -> Verdict:
    """The verdict on one charter; for "which do not", the mention is turned round."""
    if limit is not None and reading.mentions:
        return _dated(question, reading, limit, citations)
    sure = _mentioned(reading)
    status: Status = "yes" if sure >= YES else "partly" if sure >= PARTLY else "no"
    if question.negated:
        status = TURNED[status]
        chosen = reading.ranked[:1]  # the nearest passage: what an official checks before believing an absence
    else:
        chosen = _proofs(question, reading) if status != "no" else ()
    value = None if question.negated else _value(question, reading, chosen)
    numbers = tuple(citations.cite(one).n for one in chosen) if status != "no" else ()
    return Verdict(reading.charter, status, value if status != "no" else None, numbers)


def _mentioned(reading: Reading) -> float:
    if not reading.ranked or not reading.mentions:
        return 0.0
    weights = fitted("verdict", (*VERDICT, "intercept"))
    return float(1 / (1 + np.exp(-(reading.features @ weights[:-1] + weights[-1]))))


def _proofs(question: Question, reading: Reading) -> tuple[Evidence, ...]:
    """The sentences that name most of the subject, the party asked about and the charter itself before others."""
    order = sorted(reading.ranked, key=lambda one: -_proof(question, reading.charter, one))
    best = _proof(question, reading.charter, order[0])
    return (
        order[0],
        *(one for one in order[1:QUOTED] if _proof(question, reading.charter, one) >= best - CLOSE),
    )


def _proof(question: Question, charter: str, one: Evidence) -> float:
    """How well a sentence proves a mention: what it names counts for more than how well its passage was found."""
    text = one.sentence.text
    party = question.actor or "gemeente"  # "welke steden doen …" asks what the city does
    return float(
        one.score
        + NAMING * float(one.features[FEATURES.index("coverage")])
        + ACTING * float(one.sentence.actor == party)
        + NAMED * float(charter in text)
        + PHRASE * _shared_pairs(question.search, text)
        + 0.5 * float(one.features[FEATURES.index("typed")])
        + PLACING * len(_places(question, text)) ** 0.5
    )


def _shared_pairs(question: str, text: str) -> float:
    """How many pairs of neighbouring words of the question ("gezonde wijk") stand so in the text, at most two."""
    asked = [stem(word) for word in words(question)]
    said = set(pairwise([stem(word) for word in words(text)]))
    telling = [pair for pair in pairwise(asked) if not set(pair) & STOP_STEMS]
    return float(min(2, sum(pair in said for pair in telling)))


def _places(question: Question, text: str) -> list[str]:
    """The charter's own neighbourhoods in a text, longest names first, where the question asks for neighbourhoods."""
    found: list[str] = []
    for place in sorted(question.places, key=len, reverse=True):
        if place in text and not any(place in other for other in found):
            found.append(place)
    return sorted(found, key=text.index)


def _value(question: Question, reading: Reading, chosen: tuple[Evidence, ...]) -> str | None:
    """The amount, number, date or name in the proof; for other questions the proof itself, shortened."""
    for one in chosen:
        value = ", ".join(_places(question, one.sentence.text)) or value_of(
            question.asked, one.sentence.text, question.search, reading.charter
        )
        if value:
            return value
    return shortened(chosen[0].sentence.text, SHOWN) if chosen else None


def _dated(question: Question, reading: Reading, limit: DateLimit, citations: Citations) -> Verdict:
    """Verdict on a question with a date in it ("vóór 1 mei 2008"): the best sentence with a date is held against it."""
    for one in reading.ranked[:12]:
        found = [
            day.replace(year=limit.day.year) if day.year == NO_YEAR else day for _, day in dates(one.sentence.text)
        ]
        if found:
            holds = any(limit.holds(day) for day in found)
            status: Status = "yes" if holds != question.negated else "no"
            day = next((day for day in found if limit.holds(day)), found[0])
            numbers = (citations.cite(one).n,) if status == "yes" else ()
            return Verdict(reading.charter, status, written_date(day), numbers)
    return Verdict(reading.charter, "no", None, ())


def _collected(
    question: Question, items: list[Verdict], hits: list[Hit], sure: float, citations: Citations, kind: Kind
) -> Answer:
    tally = {status: sum(item.verdict == status for item in items) for status in ("yes", "partly", "no")}
    nothing = not tally["yes"] and not tally["partly"]
    return Answer(
        question=question.text,
        kind=kind,
        answer=_said(question, items, question.unit),
        refused=nothing and kind == "collection" and not question.negated,
        citations=tuple(citations.made),
        retrieved=tuple(retrieved(hit) for hit in hits),
        items=tuple(items),
        coverage={"searched": len(items), "total": len(items), **tally},
        confidence=sure,
        notes=notes(question),
    )


def _said(question: Question, items: list[Verdict], unit: str) -> str:
    """Opening sentence with the computed count, then every charter of the list with its value and marker."""
    yes = [item for item in items if item.verdict == "yes"]
    partly = [item for item in items if item.verdict == "partly"]
    total = len(items)
    count = NUMERALS.get(len(yes), str(len(yes))).capitalize()
    if not yes and not partly:
        return f"In geen van de {total} doorzochte {unit} staat dit."
    opening = f"{count} ({len(yes)}) van de {total} {unit}: " if total > 1 else ""
    listed = "; ".join(f"{item.charter}{_detail(question, item)} {_markers(item)}".rstrip() for item in yes)
    out = f"{opening}{listed}." if yes else f"Geen van de {total} zeker."
    if partly:
        names = ", ".join(f"{item.charter} {_markers(item)}".rstrip() for item in partly)
        out += f" Mogelijk of ten dele: {names}."
    return out


def _detail(question: Question, item: Verdict) -> str:
    if item.value is None or question.negated:
        return ""
    asks_value = question.asked in ("number", "amount", "date", "person", "list", "fact", "place")
    return f" – {shortened(item.value, 12)}" if asks_value else ""


def _markers(item: Verdict) -> str:
    return "".join(f"[{n}]" for n in item.citations)


def answer_compare(question: Question, query: Query, searcher: Searcher, settings: Settings) -> Answer:
    """Put the named charters side by side: of each the sentences that answer, or that it says nothing."""
    charters = question.within or question.charters
    readings = read_charters(question, query, searcher, charters)
    citations = Citations(searcher.index.documents)
    items, parts = [], []
    for reading in readings:
        chosen = _side(reading, max(40, settings.answer_words // len(charters)))
        numbers = tuple(citations.cite(one).n for one in chosen)
        said = " ".join(f"{sentence_line(one.sentence.text)} [{n}]" for one, n in zip(chosen, numbers, strict=True))
        items.append(Verdict(reading.charter, "yes" if chosen else "no", _value(question, reading, chosen), numbers))
        parts.append(f"{reading.charter}: {said or 'daarover staat niets in het charter.'}")
    hits = searcher.search(query, searcher.mask(charters, question.only), RETRIEVED)
    sure = max((_mentioned(reading) for reading in readings), default=0.0)
    answer = _collected(question, items, hits, sure, citations, "compare")
    return replace(answer, answer=" ".join(parts), refused=not any(item.citations for item in items))


def _side(reading: Reading, budget: int) -> tuple[Evidence, ...]:
    """The sentences of one charter in a comparison, about ``budget`` words; none where nothing fits the subject."""
    if not reading.ranked:
        return ()
    chosen: list[Evidence] = []
    spent = 0
    for one in reading.ranked[:3]:
        length = len(one.sentence.text.split())
        if not chosen or (spent + length <= budget and one.score >= reading.ranked[0].score - 2):
            chosen.append(one)
            spent += length
    return tuple(chosen)
