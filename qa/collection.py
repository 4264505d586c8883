"""Questions over all charters: every charter searched by itself, a verdict for each, list and count computed."""

from dataclasses import dataclass, replace

import numpy as np

from index.dutch import stem, words
from index.search import Query, Searcher
from qa.compose import Citations
from qa.evidence import FEATURES, Evidence, Features, Topic, evidence, sentence_terms, topic_of
from qa.model import Answer, Status, Verdict, retrieved
from qa.question import Question
from qa.settings import Settings

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


def read_charters(question: Question, query: Query, searcher: Searcher, charters: tuple[str, ...]) -> list[Reading]:
    """Search every charter by itself and weigh its sentences."""
    topic = topic_of(question, query, searcher)
    hits = searcher.search_each(query, charters, question.only, PASSAGES)
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
            max((_phrase(topic, one, searcher) for one in ranked), default=0.0),
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


def _phrase(topic: Topic, one: Evidence, searcher: Searcher) -> float:
    """Share of the subject's neighbouring words that also stand next to each other in the sentence."""
    if len(topic.terms) < 2:
        return 0.0
    stems = [stem(word) for word in words(one.sentence.text)]
    beside = set(zip(stems, stems[1:], strict=False))
    pairs = list(zip(topic.stems, topic.stems[1:], strict=False))
    return sum(pair in beside for pair in pairs) / len(pairs)
