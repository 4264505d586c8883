"""Every charter read by itself: its best sentences, how surely it says what is asked, and which sentences prove it.

Two linear models over features that any reader would name, fitted by ``python -m eval.fit``: ``verdict`` (logistic) on
what the charter as a whole says, also held against what the other charters say; ``proof`` on single sentences, fitted
on pairs of a sentence that proves a verdict and one of the same charter that does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search import Hit, Query, Searcher
from qa.evidence import FEATURES, UNREAD, Evidence, Features, fitted, probability, read, weighed
from qa.question import Question
from qa.subject import Place, Subject, subject_of
from qa.synonyms import synonyms_of

PASSAGES = 5  # of each charter are read, as found by the search
SAYING = 3  # and as many that say most of the subject's words, where the search passed them over
AROUND = (-2, 1)  # sentences before and after that a sentence leans on
PROOF = (
    "focus",  # how well the sentence fits the subject's words
    "sentence",  # and the whole question
    "passage",  # the passage's search score
    "half",  # share of the subject whose words occur, half for half a compound
    "share",  # share of the subject that the sentence says
    "near",  # and together with the sentences around it
    "pair",  # share of the question's neighbouring words that stand side by side
    "name",  # share of the question's names that the sentence has
    "joint",  # share of the subject that it says, halved where the question's neighbouring words stand apart
    "typed",  # it holds the kind of thing that is asked
    "counted",  # it gives a number of the very thing that "hoeveel …" asks about
    "city",  # the city acts in it, or both parties do where none is asked about
    "own",  # it names its charter
    "lead",  # it announces a list
    "length",  # ln(1 + words)
    "read",  # the reader's logit that it answers the question
)
VERDICT = (
    "share",  # the most of the subject that one sentence says
    "share_behind",  # how far that lies behind the best charter's
    "near",  # the most that a sentence says together with those around it
    "near_behind",
    "pair",  # the most of the question's neighbouring words that stand side by side in one sentence
    "pair_behind",
    "joint",  # the most that one sentence says with its words side by side
    "joint_behind",
    "joint_above",
    "focus",  # the best fit of the subject's words in one sentence
    "focus_behind",
    "focus_above",  # how far above the mean of all charters, in standard deviations
    "sentence",  # the best fit of the whole question in one sentence
    "sentence_behind",
    "sentence_above",
    "passage_behind",  # the best passage's search score against the best charter's
    "passage_above",
    "half",  # the most of the subject that one sentence has words of
    "half_behind",
    "weakest",  # the worst-fitting word of the subject in the best-fitting sentence
    "nameless",  # names of the question that no sentence of the charter has
    "wordless",  # a subject of one word that other charters say and this one does not
    "every",  # "elke stad", "per charter": something is expected of all
    "read",  # the most that the reader thinks of any sentence
    "read_behind",
    "read_above",
)
CHUNKS = 1  # of each charter is read together with the question; with three the verdicts were no better
MORE, MORE_IN_ALL = 2, 18  # of a charter that is quoted, to find its best proof; one of each in a long list
_SPREAD = 0.02  # the least standard deviation that counts as one: where all charters are alike, none stands out


@dataclass(frozen=True)
class Read:
    """One sentence read as proof: its evidence, its features and how well it proves; only differences of that count."""

    evidence: Evidence
    features: Features
    score: float

    @property
    def text(self) -> str:
        """The sentence for reading."""
        return self.evidence.sentence.text

    def feature(self, name: str) -> float:
        """Return one of the features ``PROOF``."""
        return float(self.features[PROOF.index(name)])


@dataclass(frozen=True)
class Reading:
    """What one charter has to say: its sentences (best proof first) and the features of its verdict.

    ``sure`` is the probability (0 to 1) that the charter says what is asked.
    """

    charter: str
    ranked: tuple[Read, ...]
    features: Features
    sure: float


def read_all(
    question: Question, query: Query, searcher: Searcher, charters: Sequence[str]
) -> tuple[Subject, list[Reading]]:
    """Read every charter for a question, synonyms and all."""
    subject = subject_of(question, searcher, synonyms_of(searcher.index))
    return subject, read_charters(question, query, searcher, subject, charters)


def read_charters(
    question: Question, query: Query, searcher: Searcher, subject: Subject, charters: Sequence[str]
) -> list[Reading]:
    """Search every charter by itself and weigh its sentences."""
    query = _widened(query, subject)
    found = searcher.search_each(query, tuple(charters), question.only, PASSAGES)
    saying = _saying(subject, searcher, charters, found, query)
    lists = [
        _ranked(
            weighed(question, query, found[name] + saying[name], searcher),
            question,
            subject,
            name,
            "proof_unread",
        )
        for name in charters
    ]
    if searcher.reader is not None:
        given = read([[one.evidence for one in ranked] for ranked in lists], question, searcher, CHUNKS)
        lists = [_ranked(some, question, subject, name, "proof") for some, name in zip(given, charters, strict=True)]
    rows = dict(zip(charters, lists, strict=True))
    features = _verdict_features(question, rows, subject)
    model = "verdict" if searcher.reader else "verdict_unread"
    return [Reading(name, tuple(rows[name]), features[name], _sure(features[name], model)) for name in charters]


def _widened(query: Query, subject: Subject) -> Query:
    """Return the query with the other ways of saying its words, for the search by words."""
    forms = {term for ways in subject.forms for form in ways for term in form}
    return replace(query, terms=(*query.terms, *sorted(forms - set(query.terms))))


def read_on(question: Question, searcher: Searcher, subject: Subject, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings with more of each charter read, all at once, and its sentences ranked anew; verdicts stay."""
    if searcher.reader is None:
        return list(readings)
    seen = [[one.evidence for one in reading.ranked if one.feature("read") > UNREAD] for reading in readings]
    rest = [[one.evidence for one in reading.ranked if one.feature("read") <= UNREAD] for reading in readings]
    more = read(rest, question, searcher, max(1, min(MORE, MORE_IN_ALL // max(1, len(readings)))))
    return [
        replace(reading, ranked=tuple(_ranked([*old, *new], question, subject, reading.charter, "proof")))
        for reading, old, new in zip(readings, seen, more, strict=True)
    ]


def _sure(features: Features, model: str) -> float:
    """The probability of a mention; none where nothing was found, whose features are all zero."""
    return probability(model, VERDICT, features) if features.any() else 0.0


def _ranked(some: Sequence[Evidence], question: Question, subject: Subject, charter: str, model: str) -> list[Read]:
    weights = fitted(model, PROOF)
    return sorted((_read(one, question, subject, charter, weights) for one in some), key=lambda one: -one.score)


def _saying(
    subject: Subject, searcher: Searcher, charters: Sequence[str], found: dict[str, list[Hit]], query: Query
) -> dict[str, list[Hit]]:
    """Of every charter the passages that say most of the subject's words in one sentence and were not found."""
    weights: dict[Place, float] = {}
    for weight, said in zip(subject.weights, subject.said, strict=True):
        for place in said:
            weights[place] = weights.get(place, 0.0) + weight
    best: dict[int, tuple[float, int]] = {}
    for (row, _), weight in weights.items():
        most, sentences = best.get(row, (0.0, 0))
        best[row] = (max(most, weight), sentences + 1)
    out: dict[str, list[int]] = {name: [] for name in charters}
    known = {hit.row for hits in found.values() for hit in hits}
    for row in sorted(best, key=lambda row: (-best[row][0], -best[row][1], row)):
        charter = searcher.index.passages[row].charter
        if charter in out and row not in known and len(out[charter]) < SAYING:
            out[charter].append(row)
    chosen = [row for rows in out.values() for row in rows]
    scores = dict(zip(chosen, searcher.scores(query, chosen).tolist(), strict=True))  # all at once
    return {name: [Hit(searcher.index.passages[row], row, scores[row]) for row in rows] for name, rows in out.items()}


def _read(one: Evidence, question: Question, subject: Subject, charter: str, weights: Features) -> Read:
    column = dict(zip(FEATURES, one.features.tolist(), strict=True))
    place = (one.hit.row, one.position)
    last = len(one.hit.passage.sentences) - 1
    near = range(max(0, one.position + AROUND[0]), min(last, one.position + AROUND[1]) + 1)
    actor, text = one.sentence.actor, one.sentence.text
    asked = question.actor or "gemeente"  # "welke steden doen …" asks what the city does
    row = (
        column["focus"],
        column["sentence"],
        column["passage"],
        column["coverage"],
        subject.share([place]),
        subject.share((one.hit.row, position) for position in near),
        subject.paired(place),
        subject.named([place]),
        subject.share([place]) * ((1 + subject.paired(place)) / 2 if subject.pairs else 1),
        column["typed"],
        column["counted"],
        float(actor == asked or (actor == "gezamenlijk" and question.actor is None)),
        float(charter in text),
        column["lead"],
        float(np.log1p(len(text.split()))),
        column["read"],
    )
    features = np.array(row, np.float32)
    return Read(one, features, float(features @ weights))


def _verdict_features(question: Question, read: dict[str, list[Read]], subject: Subject) -> dict[str, Features]:
    best = {name: _best(rows) for name, rows in read.items() if rows}
    table = np.array(list(best.values()), np.float32).reshape(len(best), len(_BEST))
    top, mean = (table.max(axis=0), table.mean(axis=0)) if best else (np.zeros(len(_BEST)),) * 2
    spread = np.maximum(table.std(axis=0), _SPREAD) if best else np.ones(len(_BEST))
    every = float(question.every)
    out = {name: np.zeros(len(VERDICT), np.float32) for name in read}
    for name, row in best.items():
        own = dict(zip(_BEST, row.tolist(), strict=True))
        behind = dict(zip(_BEST, (top - row).tolist(), strict=True))
        above = dict(zip(_BEST, ((row - mean) / spread).tolist(), strict=True))
        values = {
            **own,
            **{f"{key}_behind": value for key, value in behind.items()},
            **{f"{key}_above": value for key, value in above.items()},
            "nameless": 1 - own["name"],
            "wordless": float(len(subject.said) == 1 and own["share"] == 0 and behind["share"] > 0),
            "every": every,
        }
        out[name] = np.array([values[key] for key in VERDICT], np.float32)
    return out


_BEST = ("share", "near", "pair", "joint", "focus", "sentence", "passage", "half", "name", "weakest", "read")


def _best(rows: list[Read]) -> NDArray[np.float32]:
    """The best of every feature over a charter's sentences."""
    table = np.stack([one.features for one in rows])
    most = dict(zip(PROOF, table.max(axis=0).tolist(), strict=True))
    fitting = rows[int(table[:, PROOF.index("focus")].argmax())].evidence
    most["weakest"] = float(fitting.features[FEATURES.index("weakest")])
    return np.array([most[key] for key in _BEST], np.float32)
