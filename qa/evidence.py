"""Evidence: which sentence of the passages found proves an answer, and how sure that is.

Every sentence of the best passages is scored by a linear model over a handful of features that anyone would name:
how well the passage fits, how well the sentence fits, whether the words of the subject are in it, whether it holds the
kind of thing that is asked (a number, a date, a name), and whether it speaks of the party that is asked about.
The best are then read together with the question (``index.reader``), and scored again with what the reader thinks.
The weights are fitted by ``python -m eval.fit`` and live in ``qa/weights.json``; without a reader, which only the
packaged model has, the models whose names end in ``_unread`` decide.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from index.dutch import NUMERAL, Compounds, stem, words
from index.reader import Chunk
from index.search import Hit, Query, Searcher
from ingest.model import Passage, Sentence
from qa.form import Form, form_of, holds
from qa.question import Question

FEATURES = (
    "passage",  # the passage's final search score
    "sentence",  # mean over the question's tokens of the best similarity in the sentence
    "focus",  # the same over the tokens of the subject's words only
    "weakest",  # the subject's word that fits worst
    "coverage",  # share of the subject's weight whose words occur in the sentence
    "coverage_passage",  # the same in the passage with its header
    "typed",  # the sentence holds the form of thing that is asked (1) or does not (-1), see ``qa.form``
    "counted",  # the sentence gives a number of the very thing that "hoeveel …" asks about
    "party",  # the sentence's party is the one asked about (1), another (-1), or none was asked about (0)
    "rank",  # 1 / (1 + rank of the passage)
    "short",  # the sentence has fewer than five words
    "lead",  # the sentence announces a list
    "read",  # the reader's logit that it answers the question
)
CHUNKS = 4  # that are read for one question; ten were no better, and took twice as long
UNREAD = -6.0  # the logit of what was not read, and the least that counts
Features = NDArray[np.float32]

_COUNT = re.compile(rf"(?!(?:19|20)\d\d$)\d[\d.,]*%?|een|{NUMERAL}")


@cache
def fitted(model: str, names: tuple[str, ...]) -> Features:
    """Return the weights (len(names),) of a model in ``weights.json``; a missing name is a programming error."""
    stored = json.loads(files("qa").joinpath("weights.json").read_text(encoding="utf-8"))[model]
    return np.array([stored[name] for name in names], np.float32)


def probability(model: str, names: tuple[str, ...], features: Features) -> float:
    """Return what a logistic model of ``weights.json`` makes of its features (len(names),): 0 to 1."""
    weights = fitted(model, (*names, "intercept"))
    return float(1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1]))))


@dataclass(frozen=True)
class Evidence:
    """One sentence as proof: where it was found, its place in the passage, its features and score."""

    hit: Hit
    position: int
    features: Features
    score: float

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.hit.passage.sentences[self.position]

    def feature(self, name: str) -> float:
        """Return one of the features ``FEATURES``."""
        return float(self.features[FEATURES.index(name)])


@dataclass(frozen=True)
class Topic:
    """The subject of a question: per word its weight, its terms, and the question's tokens that spell it."""

    weights: NDArray[np.float32]
    terms: tuple[frozenset[str], ...]
    tokens: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[int, ...], ...]  # words of which any one will do; most stand alone


def topic_of(question: Question, query: Query, searcher: Searcher) -> Topic:
    """Return the subject's words with how much each says (inverse document frequency)."""
    compounds = searcher.index.compounds
    term_sets = tuple(frozenset({stem(word), *map(stem, compounds.parts(word))}) for word in question.topic)
    weights = np.array([searcher.idf(stem(word)) for word in question.topic], np.float32)
    spans = _word_spans(query.text, question.topic)
    tokens = tuple(
        tuple(i for i, (start, end) in enumerate(query.encoded.offsets) if end > start and a <= start and end <= b + 1)
        for a, b in spans
    )
    return Topic(weights, term_sets, tokens, _groups(question))


def _groups(question: Question) -> tuple[tuple[int, ...], ...]:
    places = {word: place for place, word in enumerate(question.topic)}
    joined = [{places[word] for word in pair if word in places} for pair in question.alternatives]
    together = [tuple(sorted(group)) for group in joined if len(group) > 1]
    taken = {place for group in together for place in group}
    return (*together, *((place,) for place in places.values() if place not in taken))


def _word_spans(text: str, topic: Sequence[str]) -> list[tuple[int, int]]:
    folded = text.lower()
    found = [folded.find(word) for word in topic]
    return [(start, start + len(word)) if start >= 0 else (0, 0) for start, word in zip(found, topic, strict=True)]


def evidence(question: Question, query: Query, hits: Sequence[Hit], searcher: Searcher) -> list[Evidence]:
    """Return every sentence of the hits with its features and score, best first.

    A filter on party holds here, for every kind of answer: a passage of the State may hold a promise of the city.
    """
    return read([weighed(question, query, hits, searcher)], question, searcher, CHUNKS)[0]


def weighed(question: Question, query: Query, hits: Sequence[Hit], searcher: Searcher) -> list[Evidence]:
    """Return every sentence of the hits with its features and score before anything is read, best first."""
    topic = topic_of(question, query, searcher)
    form = form_of(question)
    weights = fitted("evidence_unread", FEATURES)
    out = []
    for rank, hit in enumerate(hits):
        for position, features in enumerate(_features_of(question, query, topic, form, hit, rank, searcher)):
            if question.only in (None, hit.passage.sentences[position].actor):
                out.append(Evidence(hit, position, features, float(features @ weights)))
    return sorted(out, key=lambda one: -one.score)


def read(
    lists: Sequence[Sequence[Evidence]], question: Question, searcher: Searcher, most: int
) -> list[list[Evidence]]:
    """Have the best ``most`` chunks of every list read, all at once, and return the lists by the score that follows."""
    if searcher.reader is None:
        return [list(ranked) for ranked in lists]
    chunks = [chunk for ranked in lists for chunk in _best_chunks(ranked, searcher, most)]
    logits = searcher.read(question.text, chunks)
    weights = fitted("evidence", FEATURES)
    return [sorted((_read(one, logits, weights) for one in ranked), key=lambda one: -one.score) for ranked in lists]


def _best_chunks(ranked: Sequence[Evidence], searcher: Searcher, most: int) -> list[Chunk]:
    found: dict[Chunk, None] = {}
    for one in ranked:
        if len(found) == most:
            break
        found.setdefault(searcher.chunk_at(one.hit.row, one.position))
    return list(found)


def _read(one: Evidence, logits: dict[tuple[int, int], float], weights: Features) -> Evidence:
    features = one.features.copy()
    features[-1] = max(UNREAD, logits.get((one.hit.row, one.position), UNREAD))
    return Evidence(one.hit, one.position, features, float(features @ weights))


def _features_of(
    question: Question, query: Query, topic: Topic, form: Form | None, hit: Hit, rank: int, searcher: Searcher
) -> list[Features]:
    sentences = hit.passage.sentences
    similar = searcher.index.tokens.sentence_sims(query.encoded.tokens, hit.row, len(sentences))
    compounds = searcher.index.compounds
    around = _coverage(topic, sentence_terms(f"{hit.passage.header} {hit.passage.text}", compounds))
    rows = []
    for position, sentence in enumerate(sentences):
        focus, weakest = _fit(topic, similar[position])
        row = (
            hit.score,
            float(similar[position].mean()),
            focus,
            weakest,
            _coverage(topic, sentence_terms(sentence.text, compounds)),
            around,
            _typed(form, hit.passage, position, question, searcher),
            _counted(question, sentence.text),
            _party(question, sentence),
            1 / (1 + rank),
            float(len(sentence.text.split()) < 5),
            float(sentence.text.rstrip().endswith(":")),
            UNREAD,
        )
        rows.append(np.array(row, np.float32))
    return rows


def _fit(topic: Topic, similar: NDArray[np.float32]) -> tuple[float, float]:
    """Weighted mean and minimum over the subject's words of how well the sentence fits each."""
    fits = np.array([similar[list(tokens)].mean() if tokens else np.nan for tokens in topic.tokens], np.float32)
    known = ~np.isnan(fits)
    if not known.any():
        return float(similar.mean()), float(similar.mean())
    return float(np.average(fits[known], weights=topic.weights[known])), float(fits[known].min())


def _coverage(topic: Topic, present: frozenset[str]) -> float:
    if not topic.terms:
        return 0.0
    shares = [share(terms, present) for terms in topic.terms]
    best = [max(shares[place] for place in group) for group in topic.groups]
    return float(np.average(best, weights=[topic.weights[list(group)].max() for group in topic.groups]))


def share(terms: frozenset[str], present: frozenset[str]) -> float:
    """1 where the word itself occurs, else the share of its parts that do (a compound) or 0."""
    found = len(terms & present)
    return 1.0 if found and len(terms) == 1 else min(1.0, found / max(1, len(terms) - 1))


@lru_cache(maxsize=20_000)
def sentence_terms(text: str, compounds: Compounds) -> frozenset[str]:
    """Return the stems of a text's words and of the parts of its compounds."""
    parts = compounds.parts
    return frozenset(stem(piece) for word in words(text) for piece in (word, *parts(word)))


def _typed(form: Form | None, passage: Passage, position: int, question: Question, searcher: Searcher) -> float:
    """1 where the sentence holds what must be in the answer, -1 where it does not, 0 where anything may answer.

    A sentence that announces a list holds what the list does.
    """
    if form is None:
        return 0.0
    texts = (passage.sentences[at].text for at in (position, *passage.items(position)))
    return 1.0 if any(holds(form, text, question.text, searcher.place_words) for text in texts) else -1.0


def _counted(question: Question, text: str) -> float:
    """1 where a number stands right before the thing counted ("25 extra straatcoaches"), -1 where none does."""
    if not question.counted:
        return 0.0
    pieces = words(text)
    for place, piece in enumerate(pieces):
        term = stem(piece)
        same = term == question.counted or (len(question.counted) > 4 and term.endswith(question.counted))
        if same and any(_COUNT.fullmatch(near) for near in pieces[max(0, place - 4) : place]):
            return 1.0
    return -1.0


def _party(question: Question, sentence: Sentence) -> float:
    if question.actor is None or sentence.actor == "gezamenlijk":
        return 0.0
    return 1.0 if sentence.actor == question.actor else -1.0
