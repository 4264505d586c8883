"""Runs: ask every gold question, score the answers, and keep everything in one folder.

A run folder holds ``run.json`` (settings, versions, commit), ``results.jsonl`` (question, answer and figures,
one question a line, written as they come) and ``figures.json`` (the means). Reading it again needs no corpus.
"""

import json
import platform
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eval.gold import Evidence, GoldQuestion, Roll, Source
from eval.judge import Agreement, Judge, Judgement, agreement, to_be_judged
from eval.legs import FINAL, Legs, Rankings
from eval.metrics import Answer, Figures, first_hit, retrieved, score
from eval.retrieval import ir_figures
from eval.summary import (
    SLICES,
    Estimate,
    Scored,
    SliceKey,
    estimates,
    groups,
    latency,
    means,
    refusal_precision,
    slices,
)
from ingest.errors import GoldError

Ask = Callable[[GoldQuestion], Mapping[str, Any]]
PACKAGES = (
    "charterwijzer",
    "torch",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "llama-index-core",
    "ir-measures",
    "txtai",
)
SLICE_FIGURES = (
    "correct",
    "nugget_recall",
    "cite_recall",
    "recall@5",
    "refused_unanswerable",
    "false_refusal",
)
COMMIT = ("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


@dataclass(frozen=True)
class Result(Scored):
    """One question of a run; ``answer`` is None and ``error`` the reason where asking failed.

    ``ranks`` says at what rank each leg of the search had evidence first; None where it had none.
    """

    answer: Mapping[str, Any] | None = None
    error: str | None = None
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    judgement: Judgement | None = None


@dataclass(frozen=True)
class Run:
    """A run folder that was read: what was run, and every question with its answer and figures."""

    folder: Path
    info: Mapping[str, Any]
    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        """The name for people."""
        return str(self.info.get("name") or self.folder.name)

    @cached_property
    def figures(self) -> dict[str, Any]:
        """What ``figures.json`` holds."""
        found: dict[str, Any] = json.loads((self.folder / "figures.json").read_text(encoding="utf-8"))
        return found

    @property
    def by_id(self) -> dict[str, Result]:
        """The results by question."""
        return {result.question.id: result for result in self.results}


def run(
    questions: Iterable[GoldQuestion],
    ask: Ask,
    source: Source,
    folder: Path,
    settings: Mapping[str, Any],
    legs: Legs | None = None,
    judge: Judge | None = None,
) -> Run:
    """Ask and score every question; return the run, kept in ``folder``.

    A question at which ``ask`` raises counts as zero and is recorded with the reason; the run goes on.

    Args:
        questions: what is asked, in this order.
        ask: the system under test.
        source: the documents that gold and answers point into.
        folder: where the run is kept; what an earlier run left there is replaced.
        settings: kept as they are; ``name`` among them is the name of the run.
        legs: gives what each leg of the search found, to be measured apart.
        judge: a second opinion on every answer.

    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").unlink(missing_ok=True)  # its absence is how a run that broke off is known
    info = {"name": folder.name, **settings, **environment()} | ({"judge": dict(judge.pinned)} if judge else {})
    _write(folder / "run.json", info)
    began = time.monotonic()
    found: dict[str, dict[str, Answer]] = defaultdict(dict)
    results: list[Result] = []
    with (folder / "results.jsonl").open("w", encoding="utf-8") as file:
        for question in questions:
            result = _result(question, ask, source)
            if legs and result.answer:
                result = _with_legs(result, legs, source, found)
            if judge and result.answer and to_be_judged(question, result.answer):
                result = replace(result, judgement=judge.judge(question, result.answer))
            results.append(result)
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
            file.flush()
    spent = {"seconds": round(time.monotonic() - began, 1)}
    _write(folder / "figures.json", figures(results, source, found) | spent)
    return Run(folder, info, tuple(results))


def _with_legs(result: Result, legs: Legs, source: Source, found: dict[str, dict[str, Answer]]) -> Result:
    """Return the result with the rank of the evidence in each leg; what the leg found goes to ``found``."""
    rankings = legs(result.question, result.answer or {})
    for name, passages in rankings.items():
        found[name][result.question.id] = {"retrieved": passages}
    return replace(result, ranks=_ranks(result.question, rankings, source))


def _result(question: GoldQuestion, ask: Ask, source: Source) -> Result:
    began = time.perf_counter()
    try:
        answer = json.loads(json.dumps(ask(question)))
        answer.setdefault("timings_ms", {"total": round((time.perf_counter() - began) * 1000, 1)})
        return Result(question, score(question, answer, source), answer, answer.get("error"))
    except Exception as error:  # whatever goes wrong in the system under test is a zero, not the end of the run
        return Result(question, score(question, None, source), None, f"{type(error).__name__}: {error}")


def _ranks(question: GoldQuestion, rankings: Rankings, source: Source) -> dict[str, int | None]:
    if not question.evidence:
        return {}
    return {name: first_hit(question, {"retrieved": passages}, source) for name, passages in rankings.items()}


def figures(
    results: Sequence[Result], source: Source, found: Mapping[str, Mapping[str, Answer]] | None = None
) -> dict[str, Any]:
    """Return the figures of a run: means with intervals, retrieval leg by leg, slices, latency and failures.

    ``found`` holds for each leg, by question, an object whose ``retrieved`` is what that leg found.
    """
    parts = groups(results)
    judged = judged_agreement(results)
    return {
        "questions": len(results),
        "errors": {result.question.id: result.error for result in results if result.error},
        "figures": {group: _as_dicts(estimates(part)) for group, part in parts.items()},
        "refusal_precision": refusal_precision(results),
        "ir_measures": ir_by_group(results, source),
        "legs": leg_figures(parts.get("single", []), source, found or {}),
        "slices": {name: _slice(parts.get("single", []), by) for name, by in SLICES.items()},
        "latency_ms": {group: latency(result.answer or {} for result in part) for group, part in parts.items()},
        "judge": asdict(judged) if judged else None,
    }


def ir_by_group(results: Sequence[Result], source: Source) -> dict[str, Figures]:
    """Return what ir-measures says of ``retrieved``, for single questions and collections apart."""
    if not find_spec("ir_measures"):
        return {}
    answers = {result.question.id: result.answer or {} for result in results}
    measured = ir_figures([result.question for result in results], answers, source)
    return {group: _ir_means(part, measured) for group, part in groups(results).items()}


def leg_figures(single: Sequence[Result], source: Source, found: Mapping[str, Mapping[str, Any]]) -> dict[str, Figures]:
    """Return what ir-measures says of each leg over the single questions; the last one is ``retrieved`` itself."""
    if not found or not find_spec("ir_measures"):
        return {}
    asked = [result.question for result in single if result.question.evidence]
    last = {result.question.id: {"retrieved": retrieved(result.answer or {})} for result in single}
    legs = {**found, FINAL: last}
    return {name: _ir_means(single, ir_figures(asked, answers, source)) for name, answers in legs.items()}


def judged_agreement(results: Sequence[Result]) -> Agreement | None:
    """Return how far the judge of a run agrees with its score; None where nothing was judged."""
    return agreement([(one.judgement, one.figures["correct"] == 1) for one in results if one.judgement])


def _as_dicts(found: Mapping[str, Estimate]) -> dict[str, dict[str, float]]:
    return {name: asdict(estimate) for name, estimate in found.items()}


def _slice(part: Sequence[Scored], by: SliceKey) -> dict[str, Figures]:
    return {key: {"n": len(some)} | means(some, SLICE_FIGURES) for key, some in slices(part, by).items()}


def _ir_means(part: Sequence[Scored], measured: Mapping[str, Figures]) -> Figures:
    rows = [measured[one.question.id] for one in part if one.question.id in measured]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]} if rows else {}


def environment() -> dict[str, Any]:
    """Return when, with what versions, from which commit and on what machine a run is made."""
    return {
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _commit() -> str | None:
    try:
        found = subprocess.run(COMMIT, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # installed from a wheel
    return found.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_run(folder: Path) -> Run:
    """Read a run folder; raise GoldError when it is none, or when the run was broken off."""
    if not (folder / "figures.json").is_file():
        raise GoldError(
            f"{folder} is geen voltooide meting",
            "een map met run.json, results.jsonl en figures.json",
            "Maak er een met charterwijzer eval --out MAP",
        )
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return Run(folder, info, tuple(_read_result(json.loads(line)) for line in lines))


def _read_result(record: Mapping[str, Any]) -> Result:
    return Result(
        _question(record["question"]),
        record["figures"],
        record["answer"],
        record["error"],
        record.get("ranks", {}),
        Judgement(**record["judgement"]) if record.get("judgement") else None,
    )


def _question(given: dict[str, Any]) -> GoldQuestion:
    roll = given["roll"]
    if roll:
        values = {charter: tuple(variants) for charter, variants in roll["values"].items()}
        roll = Roll(**roll | {"values": values})
    records = {
        "charters": tuple(given["charters"]),
        "nuggets": tuple(tuple(variants) for variants in given["nuggets"]),
        "evidence": tuple(Evidence(**entry) for entry in given["evidence"]),
        "roll": roll,
    }
    return GoldQuestion(**given | records)
