"""How certain it is that the corpus holds the answer: a logistic model over the evidence as a whole.

Weak evidence means refusal. What gives an absent answer away is that no passage stands out from the rest, that no
single sentence has both the subject and the kind of thing asked, or that a word of the subject occurs nowhere.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.dutch import stem, words
from index.search import Hit, Mask, Searcher
from qa.evidence import FEATURES, UNREAD, Evidence, Features, probability, sentence_terms, share
from qa.form import STATE, form_of, names_in
from qa.question import Question

CERTAINTY = (
    "top",  # search score of the best passage
    "score",  # of the best sentence
    "spread",  # how far the best passage stands above the tenth
    "gap2",  # how far the best sentence stands above the second
    "gap5",  # and above the ninth
    "sent",  # the best fit of any sentence with the whole question
    "focus",  # the best fit of the subject's words in one sentence
    "weak0",  # how well the worst-fitting word of the subject fits in the best sentence
    "cov",  # the most of the subject that occurs literally in one sentence
    "cov0",  # the same in the best sentence
    "covp0",  # the same in the best sentence's passage
    "joint_c",  # subject and quantity together in one sentence, where a quantity of something is asked
    "typed0",  # the best sentence holds the kind of thing asked
    "counted",  # some good sentence counts the very thing that is asked
    "absent",  # share of the subject that occurs nowhere in what was searched
    "absent_key",  # the same where search terms are given and no sentence: each of them counts then
    "nt",  # ln(1 + words of the subject)
    "form",  # the answer must have a form: a number, amount, date or name
    "lst",  # a list is asked
    "sd",  # spread of the scores of the best twenty sentences
    "read",  # the most that the reader thinks of any sentence
    "read0",  # what it thinks of the best one
    "typed_share",  # of the best sentences that hold the form asked; 0 where none is asked
    "typed_score",  # how far the best sentence that holds it lies behind the best of all
    "typed_read",  # the same in what the reader thinks
    "typed_focus",  # the same in how well the subject's words fit
    "unnamed",  # a name in the question stands in none of the best sentences
)
AGREEMENT = ("certainty", "verdict")  # log odds of an answer in the best sentences, and of a mention in the charter
NEAR = 6  # of the best sentences one should hold the form that is asked
NAMING = 3  # of the best sentences one should hold a name that the question gives
SENTENCES = 40
SAID = 0.75  # where whatever is said of a subject answers, and some sentence says all of it


def certainty(
    question: Question, ranked: Sequence[Evidence], hits: Sequence[Hit], searcher: Searcher, mask: Mask
) -> float:
    """Return the probability (0 to 1) that the best sentences answer the question; 0 without any evidence.

    ``ranked`` and ``hits`` come best first, from the passages that ``mask`` (n,) allows.
    """
    if not ranked:
        return 0.0
    form = form_of(question)
    if form == "expansion" and ranked[0].feature("typed") > 0:
        return 1.0  # what letters stand for is read off, not weighed
    features = certainty_features(question, ranked, hits, searcher, mask)
    sure = probability("certainty" if searcher.reader else "certainty_unread", CERTAINTY, features)
    whole = question.broad and form is None and any(_says_it(one) for one in ranked[:SENTENCES])
    return max(sure, SAID) if whole else sure


def agreed(sure: float, says: float) -> float:
    """Return the probability that a charter says what is asked, of two: of its best sentences and of its verdict."""
    return probability("agreement", AGREEMENT, np.array([log_odds(sure), log_odds(says)], np.float32))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability, of none nearer to 0 or 1 than a thousandth."""
    kept = min(max(probability, 0.001), 0.999)
    return float(np.log(kept / (1 - kept)))


def certainty_features(
    question: Question, ranked: Sequence[Evidence], hits: Sequence[Hit], searcher: Searcher, mask: Mask
) -> Features:
    """Return the features (len(CERTAINTY),) of evidence that is not empty, best first."""
    ranked = ranked[:SENTENCES]
    absent = absent_share(question, searcher, mask)
    rows = np.stack([one.features for one in ranked])
    column = {name: rows[:, i] for i, name in enumerate(FEATURES)}
    scores = np.array([one.score for one in ranked])
    found = [hit.score for hit in hits]
    counts = column["counted"] >= 0
    joint = column["focus"] + 0.15 * column["coverage"]
    values = (
        found[0],
        scores[0],
        found[0] - found[min(9, len(found) - 1)],
        scores[0] - scores[min(1, len(scores) - 1)],
        scores[0] - scores[min(8, len(scores) - 1)],
        column["sentence"].max(),
        column["focus"].max(),
        column["weakest"][0],
        column["coverage"].max(),
        column["coverage"][0],
        column["coverage_passage"][0],
        joint[counts].max() if counts.any() else joint.min(),
        column["typed"][0],
        column["counted"][:8].max(),
        absent,
        absent * question.keywords,
        np.log1p(len(question.topic)),
        float(column["typed"][0] != 0),
        float(question.asked == "list"),
        scores[:20].std(),
        column["read"].max(),
        column["read"][0],
        *_typed(column, scores),
        _unnamed(question, ranked[:NAMING], searcher),
    )
    return np.array(values, np.float32)


def _says_it(one: Evidence) -> bool:
    """Whether a sentence holds every word of the subject, and is not another party's than that which is asked about."""
    return one.feature("coverage") > 0.999 and one.feature("party") >= 0


def _typed(column: dict[str, Features], scores: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """How far the sentences that hold the form asked lie behind the best ones; all zero where none is asked."""
    holding = column["typed"][:NEAR] > 0
    if not column["typed"][0]:
        return 0.0, 0.0, 0.0, 0.0
    gaps = [
        float(values[holding].max() if holding.any() else values.min()) - float(values.max())
        for values in (scores[:NEAR], column["read"][:NEAR], column["focus"][:NEAR])
    ]
    return float(holding.mean()), gaps[0], gaps[1] if holding.any() else UNREAD - float(column["read"].max()), gaps[2]


def _unnamed(question: Question, best: Sequence[Evidence], searcher: Searcher) -> float:
    names = names_in(question.text) - STATE - searcher.place_words
    said = words(" ".join([best[0].hit.passage.header, *(one.sentence.text for one in best)]))
    return float(not names <= set(said))


def absent_share(question: Question, searcher: Searcher, mask: Mask) -> float:
    """Return the share (0 to 1) of the subject's weight that occurs in no allowed passage, not even as a part."""
    if not question.topic:
        return 0.0
    compounds, passages = searcher.index.compounds, searcher.index.passages
    present: set[str] = set()
    for row in np.flatnonzero(mask):
        present |= sentence_terms(f"{passages[row].header} {passages[row].text}", compounds)
    found = frozenset(present)
    missing = [1 - share(frozenset({stem(word), *map(stem, compounds.parts(word))}), found) for word in question.topic]
    return float(np.average(missing, weights=[searcher.idf(stem(word)) for word in question.topic]))
