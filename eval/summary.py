"""Figures of many questions: means with intervals, slices, percentiles, and what is chance."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Any, TypeVar

from eval.gold import GoldQuestion
from eval.metrics import RECALL_AT, Figures

RETRIEVAL = (*(f"recall@{k}" for k in RECALL_AT), "mrr")
SINGLE = ("correct", "nugget_recall", "cite_recall", "cite_precision")
REFUSAL = ("refused_unanswerable", "false_refusal")
COLLECTION = ("precision", "recall", "f1", "exact", "list_cited", "list_value", "list_count")
SUPPORT = ("alce_recall", "alce_precision")
CHECKS = ("verbatim", "words")
ALL = (*SINGLE, *COLLECTION, *REFUSAL, *RETRIEVAL, *SUPPORT, *CHECKS)
NAMES = {"single": "Losse vragen", "collection": "Vragen over alle charters"}


@dataclass(frozen=True)
class Scored:
    """One question with the figures of its answer."""

    question: GoldQuestion
    figures: Figures


def decimal(value: float, form: str) -> str:
    """Return a number as Dutch writes it, in a format of Python's ("+.2f", ".1%")."""
    return format(value, form).replace(".", ",")


One = TypeVar("One", bound=Scored)
SliceKey = Callable[[GoldQuestion], Iterable[str]]


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` questions with its 95% interval."""

    mean: float
    low: float
    high: float
    n: int


def figure(scored: Iterable[Scored], name: str) -> list[float]:
    """Return the values of one figure, of the questions to which it applies."""
    return [one.figures[name] for one in scored if name in one.figures]


def means(scored: Sequence[Scored], names: Iterable[str]) -> Figures:
    """Return the mean of each figure that applies to at least one question."""
    found = {name: figure(scored, name) for name in names}
    return {name: sum(values) / len(values) for name, values in found.items() if values}


def estimates(scored: Sequence[Scored]) -> dict[str, Estimate]:
    """Return every figure with its interval: Wilson's for shares, the bootstrap's for the rest."""
    found = {name: figure(scored, name) for name in ALL} | {"refusal_precision": refusals(scored)}
    return {name: estimate(values) for name, values in found.items() if values}


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean with its 95% interval."""
    return wilson(values) if set(values) <= {0.0, 1.0} else bootstrap(values)


def refusals(scored: Iterable[Scored]) -> list[float]:
    """Return 1 for each refusal that was right and 0 for each that was not."""
    found = [(one.figures.get("refused_unanswerable", 0.0), one.figures.get("false_refusal", 0.0)) for one in scored]
    return [right for right, wrong in found if right or wrong]


def refusal_precision(scored: Iterable[Scored]) -> float | None:
    """Return the share of the refusals that were right; None when nothing was refused."""
    found = refusals(scored)
    return sum(found) / len(found) if found else None


def latency(answers: Iterable[Mapping[str, Any]]) -> dict[str, Figures]:
    """Return the median and the 95th percentile of every stage of ``timings_ms``."""
    stages: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        for stage, spent in (answer.get("timings_ms") or {}).items():
            stages[stage].append(float(spent))
    return {stage: {"p50": percentile(spent, 0.5), "p95": percentile(spent, 0.95)} for stage, spent in stages.items()}


def groups(scored: Sequence[One]) -> dict[str, list[One]]:
    """Return the two kinds of question that are never averaged together: single ones and collections."""
    parts = {
        "single": [one for one in scored if one.question.roll is None],
        "collection": [one for one in scored if one.question.roll is not None],
    }
    return {name: part for name, part in parts.items() if part}


def slices(scored: Iterable[One], key: SliceKey) -> dict[str, list[One]]:
    """Return the questions under each of their keys; one question may stand under several charters."""
    found: dict[str, list[One]] = defaultdict(list)
    for one in scored:
        for name in key(one.question):
            found[name].append(one)
    return dict(sorted(found.items()))


SLICES: dict[str, SliceKey] = {
    "type": lambda question: (question.type,),
    "style": lambda question: (question.style,) if question.style else (),
    "charter": lambda question: question.charters,
}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value under which ``share`` of the values lie, linearly between the nearest two."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def wilson(values: Sequence[float], z: float = 1.96) -> Estimate:
    """Return a share with its score interval (Wilson 1927), which stays honest at 0 and 1."""
    n = len(values)
    mean = sum(values) / n
    centre = (mean + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(mean * (1 - mean) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(mean, max(0.0, centre - half), min(1.0, centre + half), n)


def bootstrap(values: Sequence[float], rounds: int = 2000, seed: int = 0) -> Estimate:
    """Return a mean with its 95% percentile interval over resampled questions (Efron 1979).

    Given the differences of two runs, question by question, it is the paired bootstrap.
    """
    n, draw = len(values), random.Random(seed)
    resampled = [sum(draw.choices(values, k=n)) / n for _ in range(rounds)]
    return Estimate(sum(values) / n, percentile(resampled, 0.025), percentile(resampled, 0.975), n)


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided p-value of McNemar's test (1947) on the questions that changed."""
    changed = gained + lost
    tail = sum(comb(changed, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / float(2**changed))
