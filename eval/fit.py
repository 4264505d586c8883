"""``python -m eval.fit QUESTIONS.jsonl``: fit the weights of ``qa/weights.json`` again and write them.

Three logistic models, all on features that ``qa`` computes itself:

- evidence: within one question, sentences in the lines of the answer against the other sentences found (pairs);
- certainty: questions with their answer against the same questions with every passage of the answer taken away,
  and the bundled single gold questions, the unanswerable ones counting three times;
- verdict: charter by charter, the bundled collection gold questions without those that a date decides.

QUESTIONS.jsonl holds ``question``, ``style``, ``charter`` and the lines ``start`` to ``end`` of the answer.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.program import program
from index.dutch import words
from index.search import Hit, Mask
from ingest.errors import UsageError
from qa.certainty import CERTAINTY, certainty_features
from qa.collection import VERDICT, read_charters
from qa.engine import Engine
from qa.evidence import FEATURES, Evidence, evidence
from qa.question import Question
from qa.settings import load_settings
from qa.single import READ, RETRIEVED
from qa.values import date_limit

SAMPLE, SEED = 1500, 7
Rows = NDArray[np.float64]


def logistic(rows: Rows, labels: Rows, weights: Rows | None = None, intercept: bool = True) -> tuple[Rows, float]:
    """Return coefficients (features,) in the features' own units, and the intercept."""
    from sklearn.linear_model import LogisticRegression

    mean = rows.mean(axis=0) if intercept else np.zeros(rows.shape[1])
    spread = rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=0.3, fit_intercept=intercept, max_iter=5000)
    model.fit((rows - mean) / spread, labels, sample_weight=weights)
    slopes: Rows = model.coef_[0] / spread
    return slopes, float(model.intercept_[0] - slopes @ mean) if intercept else 0.0


def evidence_pairs(engine: Engine, asked: Sequence[dict[str, Any]]) -> Rows:
    """Return differences (pairs, features) of a sentence of the answer and one that is not."""
    chance = np.random.default_rng(SEED)
    pairs = []
    for one in asked:
        ranked = _searched(engine, one["question"], (one["charter"],), None)[1]
        right = [_overlaps(engine, found, one) for found in ranked]
        good = [found.features for found, hit in zip(ranked, right, strict=True) if hit][:3]
        bad = [found.features for found, hit in zip(ranked, right, strict=True) if not hit]
        if good and bad:
            chosen = chance.choice(len(bad), min(12, len(bad)), replace=False)
            pairs += [first - bad[second] for first in good for second in chosen]
    return np.array(pairs, np.float64)


def certainty_rows(
    engine: Engine, asked: Sequence[dict[str, Any]], gold: Sequence[GoldQuestion]
) -> tuple[Rows, Rows, Rows]:
    """Return features (questions, features), labels (1 answerable) and weights (questions,)."""
    rows, labels, weights = [], [], []
    for one in asked:
        for label, without in ((1.0, None), (0.0, one)):
            row = _certainty_row(engine, one["question"], (one["charter"],), without)
            if row is not None:
                rows.append(row)
                labels.append(label)
                weights.append(1.0)
    for question in gold:
        row = _certainty_row(engine, question.standalone or question.question, (), None)
        if row is not None:
            rows.append(row)
            labels.append(float(question.answerable))
            weights.append(3.0 if question.answerable else 9.0)
    return np.array(rows, np.float64), np.array(labels), np.array(weights)


def verdict_rows(engine: Engine, gold: Sequence[GoldQuestion]) -> tuple[Rows, Rows]:
    """Return features (charters of all questions, features) and labels (1 mentioned)."""
    rows, labels = [], []
    names = tuple(charter.name for charter in engine.index.charters)
    for one in gold:
        if one.roll is None or date_limit(one.question):
            continue
        question = engine.understand(one.standalone or one.question)
        readings = read_charters(question, engine.searcher.query(question.search), engine.searcher, names)
        for reading in readings:
            label = one.roll.items[reading.charter]
            if label != "deels":
                rows.append(reading.features)
                labels.append(float((label == "ja") != question.negated))
    return np.array(rows, np.float64), np.array(labels)


def _searched(
    engine: Engine, text: str, charters: tuple[str, ...], without: dict[str, Any] | None
) -> tuple[Question, list[Evidence], list[Hit], Mask]:
    """Search as an answer does; ``without`` takes away every passage that holds the answer or its twin."""
    question, searcher = engine.understand(text), engine.searcher
    mask = searcher.mask(question.charters or charters).copy()
    if without is not None:
        mask[_rows_of_answer(engine, without)] = False
    query = searcher.query(question.search)
    hits = searcher.search(query, mask, RETRIEVED)
    return question, evidence(question, query, hits[:READ], searcher), hits, mask


def _certainty_row(
    engine: Engine, text: str, charters: tuple[str, ...], without: dict[str, Any] | None
) -> NDArray[np.float32] | None:
    question, ranked, hits, mask = _searched(engine, text, charters, without)
    if question.kind != "single" or not ranked:
        return None
    return certainty_features(question, ranked, hits, engine.searcher, mask)


def _rows_of_answer(engine: Engine, one: dict[str, Any]) -> list[int]:
    """Rows of the charter's passages that overlap the lines of the answer or share most of their words."""
    document = next(iter(engine.index.documents.values()))
    lines = document.text.split("\n")[one["start"] - 1 : one["end"]]
    said = set(words(" ".join(lines)))
    return [
        row
        for row, passage in enumerate(engine.index.passages)
        if passage.charter == one["charter"]
        and (
            (passage.span.start_line <= one["end"] and passage.span.end_line >= one["start"])
            or len(said & set(words(passage.text))) > 0.55 * len(said)
        )
    ]


def _overlaps(engine: Engine, found: Evidence, one: dict[str, Any]) -> bool:
    document = engine.index.documents[found.hit.passage.span.document]
    span = document.span(found.sentence.start, found.sentence.end)
    return bool(span.start_line <= one["end"] and span.end_line >= one["start"])


def main(arguments: Sequence[str]) -> None:
    """Fit the three models one after another on a file of questions, and write them to the second file named."""
    if len(arguments) not in (1, 2):
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.fit VRAGEN.jsonl [GEWICHTEN.json]")
    questions, target = Path(arguments[0]), Path(arguments[1] if len(arguments) > 1 else "qa/weights.json")
    settings = load_settings()
    engine = Engine.open(settings.index_dir, settings)
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    asked = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    asked = [one for one in asked if one["style"] != "collection"]
    random.Random(SEED).shuffle(asked)
    gold = read_gold(bundled_gold(), source)
    fitted: dict[str, dict[str, float]] = {}
    pairs = evidence_pairs(engine, asked[:SAMPLE])
    slopes, _ = logistic(np.concatenate([pairs, -pairs]), np.repeat([1.0, 0.0], len(pairs)), intercept=False)
    fitted["evidence"] = _named(FEATURES, slopes)
    rows, labels, weights = certainty_rows(engine, asked[: SAMPLE // 2], [one for one in gold if one.roll is None])
    slopes, intercept = logistic(rows, labels, weights)
    fitted["certainty"] = _named(CERTAINTY, slopes) | {"intercept": round(intercept, 4)}
    slopes, intercept = logistic(*verdict_rows(engine, gold))
    fitted["verdict"] = _named(VERDICT, slopes) | {"intercept": round(intercept, 4)}
    target.write_text(json.dumps(fitted, indent=1), encoding="utf-8")


def _named(names: Sequence[str], slopes: Rows) -> dict[str, float]:
    return {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}


if __name__ == "__main__":
    program(main)
