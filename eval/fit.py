"""``python -m eval.fit QUESTIONS.jsonl``: fit the weights of ``qa/weights.json`` again and write them.

Four logistic models, all on features that ``qa`` computes itself:

- evidence: within one question, sentences in the lines of the answer against the other sentences found (pairs);
- certainty: questions with their answer against the same questions with every passage of the answer taken away,
  and the bundled single gold questions, the unanswerable ones counting three times;
- verdict: charter by charter, the bundled collection gold questions, without those where a date, name or person is
  looked up and those held out;
- proof: within one charter of these questions, sentences that hit the gold evidence against the others (pairs).

QUESTIONS.jsonl holds ``question``, ``style``, ``charter`` and the lines ``start`` to ``end`` of the answer.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.gold import Evidence as GoldEvidence
from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.metrics import hits_some
from eval.program import program
from index.dutch import words
from index.search import Hit, Mask
from ingest.errors import UsageError
from qa.certainty import CERTAINTY, certainty_features
from qa.collection import finder, read_all
from qa.compose import Citations
from qa.engine import Engine
from qa.evidence import FEATURES, Evidence, evidence
from qa.question import Question
from qa.reading import PROOF, VERDICT, Reading
from qa.settings import load_settings
from qa.single import READ, RETRIEVED

SAMPLE, SEED = 1500, 7
VERDICT_STRENGTH, PROOF_STRENGTH = 0.05, 0.03  # best when each question is judged by weights fitted without it
HELD_OUT = frozenset(f"own2-{number:02}" for number in range(2, 25, 2))  # never fitted on: they check the rest
Rows = NDArray[np.float64]


def logistic(
    rows: Rows, labels: Rows, weights: Rows | None = None, intercept: bool = True, strength: float = 0.3
) -> tuple[Rows, float]:
    """Return coefficients (features,) in the features' own units, and the intercept; low strength: small ones."""
    from sklearn.linear_model import LogisticRegression

    mean = rows.mean(axis=0) if intercept else np.zeros(rows.shape[1])
    spread = rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=strength, fit_intercept=intercept, max_iter=5000)
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


def collection_readings(
    engine: Engine, gold: Sequence[GoldQuestion]
) -> list[tuple[GoldQuestion, Question, list[Reading]]]:
    """Return the collection questions with what every charter says; without those that are looked up, or held out."""
    names = tuple(charter.name for charter in engine.index.charters)
    out = []
    for one in gold:
        question = engine.understand(one.question)
        if one.roll is None or one.id in HELD_OUT or question.kind != "collection":
            continue
        query = engine.searcher.query(question.search)
        subject, readings = read_all(question, query, engine.searcher, names)
        if finder(question, engine.searcher, subject, names) is None:
            out.append((one, question, readings))
    return out


def verdict_rows(read: Sequence[tuple[GoldQuestion, Question, list[Reading]]]) -> tuple[Rows, Rows]:
    """Return features (charters of all questions, features) and labels (1 mentioned)."""
    rows, labels = [], []
    for one, question, readings in read:
        for reading in readings:
            label = one.roll.items[reading.charter] if one.roll else "deels"
            if label != "deels" and reading.ranked:
                rows.append(reading.features)
                labels.append(float((label == "ja") != question.negated))
    return np.array(rows, np.float64), np.array(labels)


def proof_pairs(engine: Engine, source: Source, read: Sequence[tuple[GoldQuestion, Question, list[Reading]]]) -> Rows:
    """Return differences (pairs, features) of a sentence that hits the evidence of a charter and one that does not."""
    chance = np.random.default_rng(SEED)
    pairs = []
    for one, question, readings in read:
        for reading in readings if not question.negated else ():
            needed = [entry for entry in one.evidence if entry.charter == reading.charter]
            right = [_hits(engine, source, found.evidence, needed) for found in reading.ranked]
            good = [found.features for found, hit in zip(reading.ranked, right, strict=True) if hit][:4]
            bad = [found.features for found, hit in zip(reading.ranked, right, strict=True) if not hit]
            if good and bad:
                chosen = chance.choice(len(bad), min(12, len(bad)), replace=False)
                pairs += [first - bad[second] for first in good for second in chosen]
    return np.array(pairs, np.float64)


def _hits(engine: Engine, source: Source, found: Evidence, needed: Sequence[GoldEvidence]) -> bool:
    citation = asdict(Citations(engine.index.documents).cite(found))
    return hits_some(citation, needed, source)


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
    read = collection_readings(engine, gold)
    slopes, intercept = logistic(*verdict_rows(read), strength=VERDICT_STRENGTH)
    fitted["verdict"] = _named(VERDICT, slopes) | {"intercept": round(intercept, 4)}
    pairs = proof_pairs(engine, source, read)
    labels = np.repeat([1.0, 0.0], len(pairs))
    slopes, _ = logistic(np.concatenate([pairs, -pairs]), labels, intercept=False, strength=PROOF_STRENGTH)
    fitted["proof"] = _named(PROOF, slopes)
    target.write_text(json.dumps(fitted, indent=1), encoding="utf-8")


def _named(names: Sequence[str], slopes: Rows) -> dict[str, float]:
    return {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}


if __name__ == "__main__":
    program(main)
