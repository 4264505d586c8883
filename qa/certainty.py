"""How certain it is that the corpus holds the answer: a logistic model over the evidence as a whole.

Weak evidence means refusal. What gives an absent answer away is that no single sentence has both the subject and the
kind of thing asked, or that a word of the subject does not occur in the charter at all.
"""

from collections.abc import Sequence

import numpy as np

from qa.evidence import FEATURES, Evidence, Features
from qa.question import Question

CERTAINTY = (
    "score",  # of the best sentence
    "passage",  # search score of the best passage
    "focus",  # the best fit of the subject's words in one sentence
    "focus_typed",  # the same among sentences that hold the kind of thing asked
    "weakest",  # how well the worst-fitting word of the subject fits in the best sentence
    "coverage",  # the most of the subject that occurs literally in one sentence
    "coverage_typed",  # the same among sentences that hold the kind of thing asked
    "coverage_passage",  # the most of the subject that occurs literally in one passage
    "counted",  # some good sentence counts the very thing that is asked
    "absent",  # share of the subject that occurs nowhere in the charters searched
    "spread",  # how far the best passage stands above the tenth
    "length",  # ln(1 + words of the subject)
    "quantity",  # a number, amount or date is asked
    "named",  # a charter is named
)
GOOD = 20  # sentences looked at


def certainty_features(question: Question, ranked: Sequence[Evidence], absent: float) -> Features:
    """Return the features (len(CERTAINTY),) of ranked evidence (best first, not empty)."""
    rows = np.stack([one.features for one in ranked[:GOOD]])
    column = {name: rows[:, i] for i, name in enumerate(FEATURES)}
    typed = column["typed"] >= 0
    passages = sorted({one.hit.row: one.hit.score for one in ranked}.values(), reverse=True)
    quantity = question.asked in ("number", "amount", "date")
    return np.array(
        (
            ranked[0].score,
            passages[0],
            column["focus"].max(),
            column["focus"][typed].max() if typed.any() else column["focus"].min(),
            column["weakest"][0],
            column["coverage"].max(),
            column["coverage"][typed].max() if typed.any() else 0.0,
            column["coverage_passage"].max(),
            column["counted"].max(),
            absent,
            passages[0] - passages[min(9, len(passages) - 1)],
            np.log(1 + len(question.topic)),
            float(quantity),
            float(bool(question.charters)),
        ),
        np.float32,
    )
