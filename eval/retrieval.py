"""Retrieval figures by ir-measures (MacAvaney et al. 2022), a second opinion on our own recall@k and mrr.

The gold evidence judges the passages: a passage is worth the number of evidence entries that it is the first
to hit, so that nDCG is 1 when the evidence stands on top, in one passage or in several. What was never
retrieved stays in the judgements, so that missing it costs. ``Success@k`` is the gold README's ``recall@k``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eval.gold import GoldQuestion, Source
from eval.metrics import RECALL_AT, Answer, Figures, hits, hits_some, retrieved

MEASURES = (*(f"Success@{k}" for k in RECALL_AT), "RR", "nDCG@10", "R@10")


def judgements(question: GoldQuestion, answer: Answer, source: Source) -> dict[str, int]:
    """Return the worth of each useful passage, named by its rank, and 1 for each entry that was not found."""
    entries = [evidence for evidence in question.evidence if not evidence.alt]
    alternatives = [evidence for evidence in question.evidence if evidence.alt]
    missing, worth = dict(enumerate(entries or alternatives)), dict[str, int]()
    for rank, passage in enumerate(retrieved(answer), start=1):
        found = {n for n, evidence in missing.items() if hits(passage, evidence, source)}
        if hits_some(passage, alternatives, source):
            found = set(missing)
        missing = {n: evidence for n, evidence in missing.items() if n not in found}
        if found:
            worth[str(rank)] = len(found)
    return worth | {f"gemist-{n}": 1 for n in missing}


def ir_figures(questions: Iterable[GoldQuestion], answers: Mapping[str, Answer], source: Source) -> dict[str, Figures]:
    """Return every measure for each question that has evidence; a question the run forgot counts as zero."""
    import ir_measures

    asked = [question for question in questions if question.evidence]
    given = {question.id: answers.get(question.id, {}) for question in asked}
    judged = {question.id: judgements(question, given[question.id], source) for question in asked}
    qrels = [ir_measures.Qrel(q, name, worth) for q, named in judged.items() for name, worth in named.items()]
    ranking = [ir_measures.ScoredDoc(q, name, score) for q, name, score in _ranking(given)]
    found: dict[str, Figures] = {question.id: {} for question in asked}
    for metric in ir_measures.iter_calc([ir_measures.parse_measure(m) for m in MEASURES], qrels, ranking):
        found[metric.query_id][str(metric.measure)] = metric.value
    return found


def _ranking(given: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, float]]:
    for question, answer in given.items():
        for rank, _ in enumerate(retrieved(answer), start=1):
            yield question, str(rank), 1 / rank
