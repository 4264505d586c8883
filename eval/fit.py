"""``python -m eval.fit qa/weights.json``: fit the weights of ``qa/weights.json`` again and write them.

Five logistic models, all on features that ``qa`` computes itself, and all on the bundled gold questions of our own,
which neither encoder nor reader was tuned on; the dev questions are left to measure with:

- evidence: within one question, sentences that hit the gold evidence against the other sentences found (pairs);
- certainty: questions that have an answer against those that have none, also near misses on facts that no question to
  train on is about (``UNFAMILIAR``): of what it was trained on nearly, the reader is surer than it is of other text;
- verdict: charter by charter, the collection questions, without those where a date, name or person is looked up;
- agreement: questions whether a charter says a thing, of how far certainty and verdict are each to be trusted then;
- proof: within one charter of these questions, sentences that hit the gold evidence against the others (pairs).

What is fitted is for the model of the settings: the packaged one, which has a reader, or for any other the certainty
and verdict whose names end in ``_unread``; the agreement of these two serves both. The evidence and proof of that name
also choose what the reader reads, so they stay what they were fitted to be: those of the packaged encoder by itself.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.gold import Evidence as GoldEvidence
from eval.gold import GoldQuestion, Source, bundled_gold, read_gold
from eval.metrics import hits_some
from eval.program import program
from index.search import Hit, Mask
from ingest.errors import UsageError
from qa.certainty import AGREEMENT, CERTAINTY, certainty, certainty_features, log_odds
from qa.collection import finder
from qa.compose import Citations
from qa.engine import Engine
from qa.evidence import FEATURES, Evidence, evidence
from qa.evidence import fitted as stored
from qa.question import Question
from qa.reading import PROOF, VERDICT, Reading, read_all, read_on
from qa.settings import load_settings
from qa.single import READ, RETRIEVED, said_beside_others, whether_said
from qa.subject import subject_of
from qa.synonyms import synonyms_of

SEED, WRONG = 7, 40  # of the wrong sentences of a question; with twelve, chance decided too much
FITTED_ON = ("near_single", "own_*", "fresh_single")
WHETHER = ("yesno",)
UNFAMILIAR = ("near_more",)  # not for evidence: with these, no set had the best sentence first more often
CERTAINTY_STRENGTH, VERDICT_STRENGTH, PROOF_STRENGTH = 0.1, 0.05, 0.03  # best where charters or questions are left out
ORDINARY = 4.0  # how much a question counts that was not written to be a near miss: those are what people ask
# Left out where any other model may take the encoder's place: similarities lie on a scale of its own, and with weights
# that were fitted on one, another refused everything.
OF_SCALE = frozenset(
    ["top", "score", "spread", "gap2", "gap5", "sent", "focus", "weak0", "joint_c", "sd", "typed_score", "typed_focus"]
    + ["sentence", "weakest", "focus_behind", "sentence_behind", "passage_behind"]
    + [name for name in (*CERTAINTY, *VERDICT) if "read" in name]
)
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


def evidence_pairs(engine: Engine, source: Source, gold: Sequence[GoldQuestion]) -> Rows:
    """Return differences (pairs, features) of a sentence that hits the evidence and one that does not."""
    chance = np.random.default_rng(SEED)
    pairs: list[NDArray[np.float32]] = []
    for one in gold:
        if one.answerable and one.evidence:
            ranked = _searched(engine, one)[1]
            pairs += _pairs(engine, source, ranked, [found.features for found in ranked], one.evidence, 3, chance)
    return np.array(pairs, np.float64)


def _pairs(
    engine: Engine,
    source: Source,
    found: Sequence[Evidence],
    features: Sequence[NDArray[np.float32]],
    needed: Sequence[GoldEvidence],
    most: int,
    chance: np.random.Generator,
) -> list[NDArray[np.float32]]:
    right = [_hits(engine, source, one, needed) for one in found]
    good = [row for row, hit in zip(features, right, strict=True) if hit][:most]
    bad = [row for row, hit in zip(features, right, strict=True) if not hit]
    if not good or not bad:
        return []
    chosen = chance.choice(len(bad), min(WRONG, len(bad)), replace=False)
    return [first - bad[second] for first in good for second in chosen]


def certainty_rows(engine: Engine, gold: Sequence[GoldQuestion]) -> tuple[Rows, Rows, Rows]:
    """Return features (questions, features), labels (1 answerable) and how much each question counts."""
    rows, labels, weights = [], [], []
    for one in gold:
        question, ranked, hits, mask = _searched(engine, one)
        if question.kind == "single" and ranked:
            rows.append(certainty_features(question, ranked, hits, engine.searcher, mask))
            labels.append(float(one.answerable))
            weights.append(1.0 if one.id.startswith("near") else ORDINARY)
    return np.array(rows, np.float64), np.array(labels), np.array(weights)


def agreement_rows(engine: Engine, gold: Sequence[GoldQuestion]) -> tuple[Rows, Rows]:
    """Return the log odds (questions, 2) of both, and labels (1 answerable), of the questions whether it is said."""
    rows, labels = [], []
    for one in gold:
        question = engine.understand(one.standalone or one.question)
        if question.kind == "single" and whether_said(question, engine.searcher):
            _, ranked, hits, mask = _searched(engine, one)
            sure = certainty(question, ranked, hits, engine.searcher, mask)
            rows.append([log_odds(sure), log_odds(said_beside_others(question, engine.searcher))])
            labels.append(float(one.answerable))
    return np.array(rows, np.float64), np.array(labels)


def collection_readings(
    engine: Engine, gold: Sequence[GoldQuestion]
) -> list[tuple[GoldQuestion, Question, list[Reading]]]:
    """Return the collection questions with what every charter says; without those that are looked up."""
    names = tuple(charter.name for charter in engine.index.charters)
    out = []
    for one in gold:
        question = engine.understand(one.question)
        if one.roll is None or question.kind != "collection":
            continue
        query = engine.searcher.query(question.search)
        subject, readings = read_all(question, query, engine.searcher, names)
        if finder(question, engine.searcher, subject, names) is None:
            out.append((one, question, readings))
    return out


def verdict_rows(read: Sequence[tuple[GoldQuestion, Question, list[Reading]]]) -> tuple[Rows, Rows]:
    """Return features (charters of all questions, features) and labels (1 mentioned)."""
    rows, labels = [], []
    for one, _, readings in read:
        for reading in readings:
            says = one.roll.says(reading.charter) if one.roll else None
            if says is not None and reading.ranked:
                rows.append(reading.features)
                labels.append(float(says))
    return np.array(rows, np.float64), np.array(labels)


def proof_pairs(engine: Engine, source: Source, read: Sequence[tuple[GoldQuestion, Question, list[Reading]]]) -> Rows:
    """Return differences (pairs, features) of a sentence that hits the evidence of a charter and one that does not."""
    chance = np.random.default_rng(SEED)
    pairs: list[NDArray[np.float32]] = []
    for one, question, readings in read:
        if question.negated or one.roll is None:
            continue
        subject = subject_of(question, engine.searcher, synonyms_of(engine.index))
        saying = [reading for reading in readings if one.roll.items[reading.charter] != "nee"]
        for reading in read_on(question, engine.searcher, subject, saying):
            needed = [entry for entry in one.evidence if entry.charter == reading.charter]
            found, features = [one.evidence for one in reading.ranked], [one.features for one in reading.ranked]
            pairs += _pairs(engine, source, found, features, needed, 4, chance)
    return np.array(pairs, np.float64)


def _hits(engine: Engine, source: Source, found: Evidence, needed: Sequence[GoldEvidence]) -> bool:
    citation = asdict(Citations(engine.index.documents).cite(found))
    return hits_some(citation, needed, source)


def _searched(engine: Engine, one: GoldQuestion) -> tuple[Question, list[Evidence], list[Hit], Mask]:
    """Search and read as an answer does."""
    question, searcher = engine.understand(one.standalone or one.question), engine.searcher
    mask = searcher.mask(question.scope)
    query = searcher.query(question.search)
    hits = searcher.search(query, mask, RETRIEVED)
    return question, evidence(question, query, hits[:READ], searcher), hits, mask


def main(arguments: Sequence[str]) -> None:
    """Fit the models one after another, and write them to the file that is named."""
    if len(arguments) != 1:
        raise UsageError("Verkeerd aantal argumenten", "python -m eval.fit qa/weights.json")
    target = Path(arguments[0])
    settings = load_settings()
    engine = Engine.open(settings.index_dir, settings)
    source = Source.of(engine.index.documents.values(), engine.index.charters)
    gold = read_gold([path for sets in FITTED_ON for path in bundled_gold(sets)], source)
    single = [one for one in gold if one.roll is None]
    more = read_gold([path for sets in UNFAMILIAR for path in bundled_gold(sets)], source)
    whether = read_gold([path for sets in WHETHER for path in bundled_gold(sets)], source)
    fitted: dict[str, dict[str, float]] = json.loads(target.read_text(encoding="utf-8"))
    kind, left_out = ("", frozenset[str]()) if engine.searcher.reader else ("_unread", OF_SCALE)

    if engine.searcher.reader:
        fitted["evidence"] = _named(FEATURES, _ranking(evidence_pairs(engine, source, single), 0.3))
        _use(fitted, target)
    rows, labels, weights = certainty_rows(engine, [*single, *more])
    slopes, intercept = logistic(_without(left_out, rows, CERTAINTY), labels, weights, strength=CERTAINTY_STRENGTH)
    fitted[f"certainty{kind}"] = _named(CERTAINTY, slopes) | {"intercept": round(intercept, 4)}
    read = collection_readings(engine, gold)
    rows, labels = verdict_rows(read)
    slopes, intercept = logistic(_without(left_out, rows, VERDICT), labels, strength=VERDICT_STRENGTH)
    fitted[f"verdict{kind}"] = _named(VERDICT, slopes) | {"intercept": round(intercept, 4)}
    if engine.searcher.reader:
        _use(fitted, target)
        slopes, intercept = logistic(*agreement_rows(engine, [*single, *more, *whether]), strength=1.0)
        fitted["agreement"] = _named(AGREEMENT, slopes) | {"intercept": round(intercept, 4)}
        fitted["proof"] = _named(PROOF, _ranking(proof_pairs(engine, source, read), PROOF_STRENGTH))
    _use(fitted, target)


def _without(left_out: frozenset[str], rows: Rows, names: Sequence[str]) -> Rows:
    kept: Rows = np.array([name not in left_out for name in names], np.float64)
    return rows * kept


def _ranking(pairs: Rows, strength: float) -> Rows:
    """Return the weights that put the first of every pair before the second."""
    labels = np.repeat([1.0, 0.0], len(pairs))
    return logistic(np.concatenate([pairs, -pairs]), labels, intercept=False, strength=strength)[0]


def _use(fitted: dict[str, dict[str, float]], target: Path) -> None:
    """Write the weights; what is fitted next rests on them where the target is the program's own file."""
    target.write_text(json.dumps(fitted, indent=1), encoding="utf-8")
    stored.cache_clear()


def _named(names: Sequence[str], slopes: Rows) -> dict[str, float]:
    return {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}


if __name__ == "__main__":
    program(main)
